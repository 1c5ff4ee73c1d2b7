"""A night shift: two thousand jobs, a vendor in a bad night, and an operator at a terminal of 80 columns.

The commands are the real ones in a pseudo-terminal, and what they say is compared with what a checker counts that knows
nothing of them: the table's items, the queues' depths, the vendor's own calls.
"""

from __future__ import annotations

import json
import re
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from ops.picture.terminal import Terminal
from tests.acceptance.operators import COMMAND, environ
from tests.acceptance.running import RunningStack
from tests.night_shift import HOPELESS, JOBS, KIND, MISMARKED, NAMED, PACE_PER_S, Checker, Vendor, begin
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

UNREADABLE, UNAVAILABLE = "unreadable_answer", "engine_unavailable"
OWNERS = {"jun": MISMARKED, "sora": HOPELESS, "mina": JOBS - MISMARKED - HOPELESS}
RATE_PER_S = 2
CTRL_C = "\x03"


@dataclass(frozen=True)
class Operator:
    """Types commands."""

    stack: RunningStack

    def typing(self, *args: str) -> Terminal:
        """Begin a command in a terminal of 80 columns."""
        return Terminal([*COMMAND, *args], environ=environ(self.stack))

    def sayline(self, *args: str, ends: int = 0) -> str:
        """Run a command in a terminal; return what stands there at its end."""
        with self.typing(*args) as terminal:
            code = terminal.end(timeout_s=120)
        text = terminal.screen.text
        assert code == ends, text
        assert "Traceback" not in text
        return text

    def told(self, *args: str) -> list[Any]:
        """Run a command for a program; return its documents, one or one to a line."""
        command = [*COMMAND, *args, "--json"]
        done = subprocess.run(
            command, env=environ(self.stack), capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr
        found, rest = [], done.stdout.strip()
        while rest:
            document, end = json.JSONDecoder().raw_decode(rest)
            found.append(document)
            rest = rest[end:].lstrip()
        return found


@dataclass(frozen=True)
class Night:
    """Who is there."""

    vendor: Vendor
    operator: Operator
    checker: Checker
    folder: Path


@pytest.fixture
def night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Night]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with Vendor() as vendor:
        settings: dict[str, Any] = {
            "kinds": (KIND,),
            "engines": {KIND: "comprehend"},
            "engine_options": {"comprehend": {"endpoint_url": vendor.url}},
            "pool": "threads",
            "concurrency": 16,
            "rates": {KIND: PACE_PER_S},
            "long_poll_s": 1,
            "presence_s": 2,
        }
        with RunningStack(tmp_path, **settings) as stack:
            yield Night(vendor, Operator(stack), Checker(stack.settings, vendor), tmp_path)


@pytest.mark.timeout(600)
def test_a_night_shift(night: Night):
    night.vendor.down = True
    begin(night.operator.stack, night.vendor)
    wait_until(night.checker.is_quiet, timeout_s=300)
    assert night.checker.dead() == {UNREADABLE: MISMARKED + HOPELESS, UNAVAILABLE: NAMED}
    assert night.checker.run_without_reason() == []

    finds_what_has_died(night)
    looks_at_one(night)
    tries_one_of_each(night)
    changes_nothing_in_a_rehearsal(night)
    mends_a_hundred(night)
    runs_those_of_the_outage_again(night)
    gives_up_what_cannot_be_helped(night)
    throws_strays_away(night)
    leaves_everything_well(night)


def finds_what_has_died(night: Night) -> None:
    dead = night.checker.dead()

    assert groups(night.operator.sayline("dlq", "list", "--group")) == dead
    told = night.operator.told("dlq", "list", "--group")
    assert {group["code"]: group["count"] for group in told} == dead
    assert {(group["kind"], group["engine"]) for group in told} == {(KIND, "comprehend")}
    listed = night.operator.told("dlq", "list", "--code", UNREADABLE, "--owner", "sora", "--limit", "0")
    assert {job["id"] for job in listed} == set(night.checker.ids(UNREADABLE, owner="sora"))
    assert queue(night.operator.sayline("queues", KIND)) == {"WAIT": 0, "RUN": 0, "LATER": 0, "DEAD": dead.total()}
    [state] = night.operator.told("queues", KIND)[0]
    assert (state["dead"], state["visible"], state["workers"]) == (night.checker.messages(dead=True), 0, 1)


def looks_at_one(night: Night) -> None:
    job_id, *_ = night.checker.ids(UNREADABLE, owner="jun")

    shown = night.operator.sayline("dlq", "show", job_id)

    assert job_id in shown
    assert "dead_lettered" in shown
    assert '"language": "hi"' in shown
    [document] = night.operator.told("dlq", "show", job_id)
    assert [line["outcome"] for line in document["history"]] == ["retry", "retry", "dead_letter"]
    assert document["request"]["text"] == night.checker.rows()[job_id].text


def tries_one_of_each(night: Night) -> None:
    """The outage goes on, but the field is what ails the others."""
    named, *_ = night.checker.ids(UNAVAILABLE, owner="mina")
    mismarked, *_ = night.checker.ids(UNREADABLE, owner="jun")

    mended = night.operator.sayline("dlq", "redrive", mismarked, "--set", "language=en", "--yes", "--wait")
    failed = night.operator.sayline("dlq", "redrive", named, "--yes", "--wait", ends=1)

    assert counts(mended) == {"redriven": 1, "message deleted": 1, "succeeded": 1}
    assert counts(failed) == {"redriven": 1, "message deleted": 1, "failed again": 1}
    rows = night.checker.rows()
    assert (rows[named].status, rows[named].epoch) == ("dead_lettered", 1)
    assert (rows[mismarked].status, rows[mismarked].epoch) == ("succeeded", 1)


def changes_nothing_in_a_rehearsal(night: Night) -> None:
    before = night.checker.rows()
    chosen = ("dlq", "redrive", "--code", UNREADABLE)

    unfit = night.operator.sayline(*chosen, "--set", "language=klingon!", ends=65)
    fit = night.operator.sayline(*chosen, "--set", "language=en")

    number = night.checker.dead()[UNREADABLE]
    assert f"{number} requests would not fit" in unfit
    assert f"{number} would be run again" in fit
    assert groups(fit) == {UNREADABLE: number}
    assert night.checker.rows() == before


def mends_a_hundred(night: Night) -> None:
    """The vendor is back; somebody watches how the dead become fewer."""
    night.vendor.down = False
    dead = night.checker.dead().total()
    with night.operator.typing("dlq", "watch", "--kind", KIND, "--every", "1") as watching:
        watching.wait_for(lambda screen: watched(screen.text) == dead)

        mend = ("dlq", "redrive", "--code", UNREADABLE, "--set", "language=en", "--yes", "--wait")
        done = counts(night.operator.sayline(*mend, ends=1))

        left = night.checker.dead()
        died = f"{HOPELESS} {UNREADABLE}"  # since the watch began; it counts them by its next look
        watching.wait_for(lambda screen: watched(screen.text) == left.total() and died in screen.text)
        watching.type(CTRL_C)
        assert watching.end() == 0
    hundred = MISMARKED - 1
    assert left == {UNREADABLE: HOPELESS, UNAVAILABLE: NAMED}
    assert done == {
        "redriven": hundred + HOPELESS,
        "messages deleted": hundred + HOPELESS,
        "succeeded": hundred,
        "failed again": HOPELESS,
    }


def runs_those_of_the_outage_again(night: Night) -> None:
    began = time.monotonic()

    chosen = ("--kind", KIND, "--code", UNAVAILABLE)
    [report] = night.operator.told("dlq", "redrive", *chosen, "--yes", "--rate", str(RATE_PER_S), "--wait")

    assert time.monotonic() - began >= (NAMED - 1) / RATE_PER_S
    assert (report["redriven"], report["messages_deleted"]) == (NAMED, NAMED)
    assert report["outcome"] == {"succeeded": NAMED, "failed_again": 0, "cancelled": 0, "open": 0, "gone": 0}
    tells_what_became_of_redrives(night, latest=report["redrive"])


def tells_what_became_of_redrives(night: Night, *, latest: str) -> None:
    """Hours later, or from another desk: by the records."""
    table = night.operator.sayline("dlq", "outcome").splitlines()
    told = night.operator.told("dlq", "outcome")

    assert [each["jobs"] for each in told] == [NAMED, MISMARKED - 1 + HOPELESS, 1, 1]
    assert night.operator.told("dlq", "outcome", latest) == told[:1]
    for each in told:
        ends = night.checker.ends(each["redrive"])
        assert (each["succeeded"], each["failed_again"], each["open"]) == (ends["succeed"], ends["dead_letter"], 0)
        assert each["jobs"] == ends.total()
        [line] = [line for line in table if each["redrive"] in line]
        shown = [each[name] for name in ("jobs", "succeeded", "failed_again", "cancelled", "open")]
        assert [int(cell) for cell in line.split()[-5:]] == shown


def gives_up_what_cannot_be_helped(night: Night) -> None:
    hopeless = set(night.checker.ids(UNREADABLE, owner="sora"))
    assert night.checker.dead() == {UNREADABLE: len(hopeless)} == {UNREADABLE: HOPELESS}
    file = night.folder / "hopeless.jsonl"

    assert purge(night, file, "analysis").ends == 2
    assert (night.checker.dead(), file.exists()) == ({UNREADABLE: HOPELESS}, False)
    done = purge(night, file, night.operator.stack.settings.dlq_name(KIND))

    assert done.ends == 0, done.text
    assert f"given up: {HOPELESS}" in done.text
    assert f"messages deleted: {HOPELESS}" in done.text
    assert {json.loads(line)["job"]["id"] for line in file.read_text("utf-8").splitlines()} == hopeless
    assert {night.checker.rows()[job_id].status for job_id in hopeless} == {"failed"}


def throws_strays_away(night: Night) -> None:
    for _ in range(2):
        night.checker.bury_stray()
    assert "dead_letter_of_no_dead_job" in night.operator.sayline("audit", ends=1)
    assert "2 messages more" in " ".join(night.operator.sayline("dlq", "list", "--group").split())

    done = purge(night, night.folder / "strays.jsonl", night.operator.stack.settings.dlq_name(KIND), "--strays")

    assert "strays deleted: 2" in done.text


def leaves_everything_well(night: Night) -> None:
    checker = night.checker
    assert (checker.messages(), checker.messages(dead=True)) == (0, 0)
    assert checker.statuses() == {"succeeded": JOBS - HOPELESS, "failed": HOPELESS}
    assert checker.run_without_reason() == []
    rows = checker.rows().values()
    assert {owner: sum(row.owner == owner for row in rows) for owner in OWNERS} == OWNERS
    assert {row.epoch for row in rows if row.owner == "jun"} == {1}
    assert sorted(row.epoch for row in rows if row.owner == "mina")[-NAMED:] == [1] * (NAMED - 1) + [2]
    assert "no such dead letters" in night.operator.sayline("dlq", "list")
    assert queue(night.operator.sayline("queues", KIND))["DEAD"] == 0
    assert "agree" in night.operator.sayline("audit")


@dataclass(frozen=True)
class Ended:
    """A command that has ended."""

    ends: int
    text: str


def purge(night: Night, file: Path, name: str, *more: str) -> Ended:
    """Purge, and type this name at the prompt."""
    chosen = more or ("--code", UNREADABLE)
    with night.operator.typing("dlq", "purge", "--kind", KIND, *chosen, "--into", str(file)) as terminal:
        terminal.wait_for("to purge it")
        terminal.type(f"{name}\n")
        return Ended(terminal.end(), terminal.screen.text)


def groups(text: str) -> dict[str, int]:
    """Return what a table of groups says: how many died of each code."""
    lines = [line for line in text.splitlines() if KIND in line.split()]
    return {code: number(line) for line in lines for code in (UNREADABLE, UNAVAILABLE) if code in line}


def queue(text: str) -> dict[str, int]:
    """Return what a table of queues says of the kind's; the columns up to DEAD have no blanks in them."""
    head, line = (line.split() for line in text.splitlines() if line.split()[0] in {"QUEUE", KIND})
    return {name: int(cell.replace(",", "")) for name, cell in zip(head[1:5], line[1:5], strict=True)}


def watched(text: str) -> int | None:
    """Return how many dead the table says that is watched, once there is one."""
    lines = [line for line in text.splitlines() if line.startswith(f"{KIND} ")]
    return number(lines[-1]) if lines else None


def number(line: str) -> int:
    """Return the first number of a line."""
    found = re.search(r"(?<!\S)[\d,]+(?!\S)", line)
    assert found, line
    return int(found[0].replace(",", ""))


def counts(text: str) -> dict[str, int]:
    """Return what the report of a redrive says: `112 redriven, 112 messages deleted` and so on."""
    reported = [line.rpartition(": ")[2] for line in text.splitlines() if "redriven" in line or "run again:" in line]
    pairs = (re.fullmatch(r"([\d,]+) ([a-z ]+)", part) for line in reported for part in line.split(", "))
    return {pair[2]: int(pair[1].replace(",", "")) for pair in pairs if pair}
