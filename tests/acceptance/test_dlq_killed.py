"""`kill -9` of the real command in each stage of redrive, purge and import: no job is lost, no result doubled."""

from __future__ import annotations

import random
from functools import partial
from typing import TYPE_CHECKING

import pytest

from schemas.status import Status
from tests.dying.place import CODES, Place
from tests.dying.points import IMPORT, PURGE, REDRIVE, dealt
from tests.emulated import emulator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from tests.dying.place import Ended
    from tests.dying.points import Point

JOBS = 1000
SEEDS = range(5)
#: Kills of each command for a seed: five seeds have them in every stage.
REDRIVES, PURGES, IMPORTS = 4, 2, 2
KILLED = -9


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with emulator(tmp_path / "aws") as settings, Place.at(settings) as place:
        yield place


def test_five_seeds_have_a_kill_in_every_stage():
    for points, count in ((REDRIVE, REDRIVES), (PURGE, PURGES), (IMPORT, IMPORTS)):
        met = {point.name for seed in SEEDS for point in dealt(points, seed, count)}
        assert met == {point.name for point in points}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", SEEDS)
def test_no_job_is_lost_and_no_result_doubled(place: Place, tmp_path: Path, seed: int):
    rng = random.Random(seed)
    place.bury(JOBS)

    purge_and_be_killed(place, rng, tmp_path, seed)
    found = place.found()
    assert (found.given_up, found.letters) == (JOBS, 0)

    import_and_be_killed(place, rng, seed)
    found = place.found()
    assert (found.dead, found.given_up) == (JOBS, 0)

    redrive_and_be_killed(place, rng, seed)
    found = place.found()
    assert (found.begun, found.unsent, found.letters) == (JOBS, 0, 0)

    place.work()
    assert {job.status for job in place.store.get_many(place.jobs)} == {Status.SUCCEEDED}
    assert place.workers.results == dict.fromkeys(place.jobs, 1)


def purge_and_be_killed(place: Place, rng: random.Random, folder: Path, seed: int) -> None:
    codes = rng.sample(range(CODES), CODES)
    for point, code in zip(dealt(PURGE, seed, PURGES), codes, strict=False):
        kill(place, point, rng, partial(place.purge, folder / f"{code}.jsonl", *of(code)))
    assert place.purge(folder / "rest.jsonl").code == 0


def import_and_be_killed(place: Place, rng: random.Random, seed: int) -> None:
    """Bring each file back, the largest first, which is the one that the command dies of."""
    first, *others = sorted(place.files, key=lambda file: -file.stat().st_size)
    for point in dealt(IMPORT, seed, IMPORTS):
        kill(place, point, rng, partial(place.run, "import", str(first)))
    for file in (first, *others):
        mend(file)
        assert place.run("import", str(file)).code == 0


def redrive_and_be_killed(place: Place, rng: random.Random, seed: int) -> None:
    codes = rng.sample(range(CODES), CODES)
    for point, code in zip(dealt(REDRIVE, seed, REDRIVES), codes, strict=False):
        kill(place, point, rng, partial(place.redrive, *of(code)))
        if rng.random() < 0.5:
            place.work()
            place.found()
    assert place.redrive().code == 0


def of(code: int) -> Sequence[str]:
    return ("--code", f"code-{code}")


def kill(place: Place, point: Point, rng: random.Random, command: Callable[..., Ended]) -> None:
    """Kill a command at a point, and see by what it has left that it was there."""
    before, stop = place.found(), point.stop(rng)
    assert command(stop=stop).code == KILLED, f"{point.name}: not met"
    place.show_hidden()
    after = place.found()
    assert point.shows(before, after, stop.nth), f"{point.name}, {stop}: {before} {after}"


def mend(file: Path) -> None:
    """Take a line away that was cut off, as an operator would whom the import tells of it."""
    lines = file.read_text("utf-8").splitlines(keepends=True)
    file.write_text("".join(line for line in lines if line.endswith("\n")), "utf-8")
