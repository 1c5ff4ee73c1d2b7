"""Operators that die at any call, before it or after it, and others that go on: nothing is lost, no result doubled."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ops.dlq.amending import Amendment
from ops.dlq.clearing import Clearing
from ops.dlq.importing import Importer
from ops.dlq.lines import JobLine, line_of, read
from ops.dlq.pace import Pace
from ops.dlq.purging import Purger, export
from ops.dlq.redriving import Redriver
from ops.dlq.selection import Selection, find
from schemas.status import Status
from tests.conftest import ManualClock
from tests.dead_letters import KilledError, Life, Night

if TYPE_CHECKING:
    from collections.abc import Callable

    from ops.desk import Desk
    from schemas.job import JsonObject

TTS = Selection(kinds=("tts",))
JOBS = 3
#: After this all that a pass has hidden is seen again.
HIDDEN_S = 120
#: More calls than any of these processes makes.
MOST_CALLS = 60


def longer(_: str, request: JsonObject) -> JsonObject:
    return {**request, "text": "z" * 300}


def redrive(desk: Desk, *, amends: bool = False) -> None:
    operator = Redriver(desk=desk, amendment=Amendment(desk=desk, change=longer if amends else None), pace=Pace(None))
    operator.run(find(desk, TTS))
    Clearing(desk=desk, kind="tts", sent=operator.tally.runs).run()


def purge(desk: Desk, file: Path) -> None:
    export(desk, find(desk, TTS), file)
    Purger(desk=desk).run(file)
    Clearing(desk=desk, kind="tts").run()


def bring_back(desk: Desk, file: Path) -> None:
    with file.open(encoding="utf-8") as lines:
        Importer(desk=desk).run(read(lines))


def a_night() -> Night:
    night = Night(ManualClock())
    for number in range(JOBS):
        night.dead(f"job-{number}", text="x" * 300 if number else "Hello")
    return night


def killed(night: Night, act: Callable[[Desk], None], calls: int, *, after: bool) -> bool:
    """Let a process act until it dies; false where it was done before that."""
    try:
        act(night.desk(Life(calls, after=after)))
    except KilledError:
        return True
    return False


def everybody_else(night: Night) -> None:
    """Workers work off what was sent, the clock sends what was not, and what was hidden is seen again."""
    for _ in range(3):
        night.work()
        night.clock.advance(HIDDEN_S)
        night.sweep()
    night.work()


def states(night: Night) -> list[Status]:
    return [night.job(f"job-{number}").status for number in range(JOBS)]


@pytest.mark.parametrize("amends", [False, True])
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("works_between", [False, True])
def test_a_redrive_may_die_anywhere_and_the_next_one_ends_it(*, amends: bool, after: bool, works_between: bool):
    for calls in range(MOST_CALLS):
        night = a_night()
        was_killed = killed(night, lambda desk: redrive(desk, amends=amends), calls, after=after)
        assert set(states(night)) <= {Status.DEAD_LETTERED, Status.QUEUED}
        if works_between:
            everybody_else(night)
            assert set(states(night)) <= {Status.DEAD_LETTERED, Status.SUCCEEDED}
        night.clock.advance(HIDDEN_S)

        redrive(night.desk(), amends=amends)
        everybody_else(night)
        Clearing(desk=night.desk(), kind="tts").run()

        assert states(night) == [Status.SUCCEEDED] * JOBS
        assert set(night.results.values()) == {1}
        assert night.letters() == []
        texts = {night.desk().payloads.load(night.job(f"job-{n}").request)["text"] for n in range(JOBS)}
        assert texts == ({"z" * 300} if amends else {"x" * 300, "Hello"})
        if not was_killed:
            return
    pytest.fail("it makes more calls than were tried")


@pytest.mark.parametrize("after", [False, True])
def test_a_purge_may_die_anywhere_and_each_job_is_dead_still_or_in_a_file(tmp_path: Path, *, after: bool):
    for calls in range(MOST_CALLS):
        night = a_night()
        first, second = tmp_path / f"{calls}-1.jsonl", tmp_path / f"{calls}-2.jsonl"
        was_killed = killed(night, lambda desk, file=first: purge(desk, file), calls, after=after)  # type: ignore[misc]
        night.clock.advance(HIDDEN_S)
        given_up = {n for n, state in enumerate(states(night)) if state is Status.FAILED}
        assert given_up <= ids_in(first)

        purge(night.desk(), second)

        assert (set(states(night)), night.letters()) == ({Status.FAILED}, [])
        assert ids_in(first) | ids_in(second) == set(range(JOBS))
        for file in filter(Path.exists, (first, second)):
            bring_back(night.desk(), file)
        assert states(night) == [Status.DEAD_LETTERED] * JOBS
        if not was_killed:
            return
    pytest.fail("it makes more calls than were tried")


def ids_in(file: Path) -> set[int]:
    """The jobs that a file has; a line that was cut off is none."""
    if not file.exists():
        return set()
    lines = [line for line in file.read_text().splitlines(keepends=True) if line.endswith("\n")]
    return {int(line.job.id[-1]) for line in read(iter(lines)) if isinstance(line, JobLine)}


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("anew", [False, True])
def test_an_import_may_die_anywhere_and_be_begun_again(tmp_path: Path, *, after: bool, anew: bool):
    for calls in range(MOST_CALLS):
        night = a_night()
        before = [line_of(night.job(f"job-{n}"), night.desk().payloads).request for n in range(JOBS)]
        file = tmp_path / f"{calls}.jsonl"
        purge(night.desk(), file)
        night = Night(night.clock) if anew else night
        was_killed = killed(night, lambda desk, file=file: bring_back(desk, file), calls, after=after)  # type: ignore[misc]

        bring_back(night.desk(), file)

        assert states(night) == [Status.DEAD_LETTERED] * JOBS
        assert {job_id for job_id, _ in night.letters()} == {f"job-{n}" for n in range(JOBS)}
        assert [line_of(night.job(f"job-{n}"), night.desk().payloads).request for n in range(JOBS)] == before
        redrive(night.desk())
        everybody_else(night)
        assert set(night.results.values()) == {1}
        if not was_killed:
            return
    pytest.fail("it makes more calls than were tried")


@settings(max_examples=150)
@given(
    acts=st.lists(
        st.tuples(
            st.sampled_from(["redrive", "amend", "purge", "import", "work", "fail", "sweep", "wait"]),
            st.integers(0, MOST_CALLS),
            st.booleans(),
        ),
        max_size=8,
    )
)
def test_any_operators_in_any_order_lose_no_job_and_double_no_result(
    tmp_path_factory: pytest.TempPathFactory, acts: list[tuple[str, int, bool]]
):
    night, folder = a_night(), tmp_path_factory.mktemp("files")
    files: list[Path] = []
    for number, (act, calls, after) in enumerate(acts):
        do(night, act, folder / f"{number}.jsonl", files, calls, after=after)
    for file in files:
        if file.exists():
            bring_back(night.desk(), whole(file))
    everybody_else(night)
    night.clock.advance(HIDDEN_S)

    redrive(night.desk())
    everybody_else(night)

    assert states(night) == [Status.SUCCEEDED] * JOBS
    assert set(night.results.values()) == {1}
    Clearing(desk=night.desk(), kind="tts").run()
    assert night.letters() == []


def do(  # noqa: PLR0913 - who, what, where, and when it dies
    night: Night, act: str, file: Path, files: list[Path], calls: int, *, after: bool
) -> None:
    """Let one of them act, and die after so many calls."""
    match act:
        case "redrive" | "amend":
            killed(night, lambda desk: redrive(desk, amends=act == "amend"), calls, after=after)
        case "purge":
            files.append(file)
            killed(night, lambda desk: purge(desk, file), calls, after=after)
        case "import" if files and files[-1].exists():
            killed(night, lambda desk: bring_back(desk, whole(files[-1])), calls, after=after)
        case "work":
            night.work()
        case "fail":
            night.work(fails=lambda _: True)
        case "sweep":
            night.sweep()
        case "wait":
            night.clock.advance(HIDDEN_S)


def whole(file: Path) -> Path:
    """The file without a line that was cut off, as an operator would mend it."""
    lines = file.read_text().splitlines(keepends=True)
    mended = file.with_suffix(".mended")
    mended.write_text("".join(line for line in lines if line.endswith("\n")))
    return mended
