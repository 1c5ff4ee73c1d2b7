"""What has become of redrives, told from the records afterwards; as it is typed, too."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from ops.cli.dlq import app
from ops.cli.operators import common
from ops.cli.output import command_line
from ops.dlq.amending import Amendment
from ops.dlq.outcome import Fate
from ops.dlq.pace import Pace
from ops.dlq.redrives import began_at, new_id, report
from ops.dlq.redriving import Redriver
from ops.dlq.selection import Selection, find
from schemas import purging
from schemas.redriving import begin_again
from schemas.status import Status
from tests.dead_letters import CHECK_AFTER, Night

if TYPE_CHECKING:
    from typer.testing import Result

    from tests.conftest import ManualClock

main = command_line()
main.add_typer(app)


@pytest.fixture
def night(clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> Night:
    night = Night(clock)
    monkeypatch.setattr(common, "desk", night.desk)
    return night


def redrive(night: Night, *job_ids: str) -> str:
    """Run dead letters again, and return the redrive's id."""
    desk = night.desk()
    redriver = Redriver(desk=desk, amendment=Amendment(desk=desk), pace=Pace(None))
    redriver.run(find(desk, Selection(kinds=("tts",), ids=job_ids)))
    return redriver.id


def told(night: Night) -> dict[str, dict[Fate, int]]:
    return {each.id: dict(each.fates) for each in report(night.store.redriven(), lambda _: True)}


def run(*args: str) -> Result:
    return CliRunner().invoke(main, ["dlq", "outcome", *args], terminal_width=80)


def test_an_id_says_when_its_redrive_began_and_is_no_others():
    now = datetime(2026, 11, 21, 2, 3, 55, 987_000, tzinfo=UTC)
    here = now.astimezone(datetime.now().astimezone().tzinfo)

    assert began_at(new_id(here)) == now.replace(microsecond=0)
    assert len({new_id(now) for _ in range(100)}) == 100
    assert min(new_id(now + timedelta(seconds=1)), new_id(now)).startswith("20261121T020355Z")


@pytest.mark.parametrize(
    "text", ["", "latest", "20261121T020355Z", "20261321T020355Z8c1f0a", "20261121T020355Z8c1f0a "]
)
def test_other_words_are_no_ids(text: str):
    with pytest.raises(ValueError, match=r"no redrive's id|does not match"):
        began_at(text)


def test_a_redrive_is_told_by_how_its_own_epoch_has_gone_whatever_came_after(night: Night):
    for name in "abcd":
        night.dead(name)
    first = redrive(night, "a", "b", "c", "d")
    night.work(fails=lambda job: job.id in "bc")
    night.clock.advance(1)
    second = redrive(night, "b", "c")
    night.work(fails=lambda job: job.id == "c")
    night.clock.advance(1)
    third = redrive(night, "c")

    assert told(night) == {
        first: {Fate.SUCCEEDED: 2, Fate.FAILED_AGAIN: 2},
        second: {Fate.SUCCEEDED: 1, Fate.FAILED_AGAIN: 1},
        third: {Fate.OPEN: 1},
    }
    assert list(told(night)) == [third, second, first]  # the latest first


def test_who_was_given_up_or_erased_afterwards_has_failed_or_is_not_counted(night: Night):
    for name in "abc":
        night.dead(name)
    begun = redrive(night, "a", "b", "c")
    night.work(fails=lambda _: True)
    night.store.apply(purging.discard(night.job("a"), now=night.clock()))
    night.store._jobs.pop("b")  # noqa: SLF001 - its retention is over

    assert (night.job("a").status, told(night)) == (Status.FAILED, {begun: {Fate.FAILED_AGAIN: 2}})


def test_of_two_operators_who_choose_the_same_each_job_is_one_ones(night: Night):
    for name in "ab":
        night.dead(name)
    desk = night.desk()
    seen = list(find(desk, Selection(kinds=("tts",))))
    first = redrive(night, "a")
    second = Redriver(desk=desk, amendment=Amendment(desk=desk), pace=Pace(None))
    second.run(seen)
    night.work()

    assert told(night) == {first: {Fate.SUCCEEDED: 1}, second.id: {Fate.SUCCEEDED: 1}}


def test_what_an_owner_runs_again_is_in_no_redrive(night: Night):
    dead = night.dead("a")
    begin_again(night.store, dead, next_check_at=night.clock() + CHECK_AFTER, now=night.clock())

    assert told(night) == {}


def test_the_command_tells_of_each_redrive_of_late_the_latest_first(night: Night):
    for name in "abc":
        night.dead(name)
    old = redrive(night, "c")
    night.clock.advance(86_401)
    first = redrive(night, "a", "b")
    night.work(fails=lambda job: job.id == "b")
    night.clock.advance(3600)
    second = redrive(night, "b")

    head, *lines = run().stdout.splitlines()

    assert head.split() == ["REDRIVE", "AGE", "JOBS", "SUCCEEDED", "FAILED", "AGAIN", "CANCELLED", "OPEN"]
    assert [line.split() for line in lines] == [
        [second, "0", "s", "1", "0", "0", "0", "1"],
        [first, "1", "h", "2", "1", "1", "0", "0"],
    ]
    assert [json.loads(line)["redrive"] for line in run("--newer", "2d", "--json").stdout.splitlines()] == [
        second,
        first,
        old,
    ]


def test_the_command_tells_of_one_by_its_id_however_old_it_is(night: Night):
    night.dead("a")
    begun = redrive(night, "a")
    night.work()
    night.clock.advance(5 * 86_400)

    done = run(begun, "--json")

    assert json.loads(done.stdout) == {
        "redrive": begun,
        "began_at": began_at(begun).isoformat(),
        "jobs": 1,
        "succeeded": 1,
        "failed_again": 0,
        "cancelled": 0,
        "open": 0,
    }
    assert done.stderr == ""


def test_where_some_failed_again_the_command_says_where_their_reasons_are(night: Night):
    night.dead("a")
    begun = redrive(night, "a")
    night.work(fails=lambda _: True)

    assert "sayline dlq list --group" in run(begun).stderr


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        ((), 0, "Nothing was run again within 1d."),
        (("20261121T020355Z8c1f0a",), 66, "There is no such redrive."),
        (("latest",), 2, "'latest' is no redrive"),
        (("--newer", "soon"), 2, "'soon' is no age"),
    ],
)
@pytest.mark.usefixtures("night")
def test_what_there_is_not_is_a_sentence(args: tuple[str, ...], code: int, said: str):
    done = run(*args)

    assert (done.exit_code, said in done.stderr) == (code, True), done.stderr
    assert "Traceback" not in done.stderr
