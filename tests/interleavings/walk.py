"""The same steps, drawn by a seed: long lives full of races, where Hypothesis prefers short ones that it can shrink."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from tests.interleavings.handler import DEEDS
from tests.interleavings.machine import ALL, FAULTS, Interleavings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_STEPS = 30
_LIKELY_DEEDS = ("ok", "ok", "slow", "ok long", "slow long", *DEEDS)
_TALKS = ("ok", "ok", "ok", "slow", "slow", "ok long", "flaky", "fail", "poison", "bomb", "park", "broken")


class FoundError(AssertionError):
    """Something is wrong, and what came before."""


def walk(seed: int) -> None:
    """Live as the seed says.

    Raises:
        FoundError: with all that happened.
    """
    random = Random(seed)
    # In half of the lives all jobs are turns of one conversation.
    deeds = [f"{deed} talk" for deed in _TALKS] if seed % 2 else _LIKELY_DEEDS
    machine = Interleavings()
    try:
        machine.a_job(
            random.choice(deeds), are_stale_handles_good=random.random() < 0.5, begun=random.choice((1, 1, 2))
        )
        for _ in range(random.randint(4, _STEPS)):
            _step(machine, random, deeds)
            machine.nothing_is_wrong()
        machine.end()
    except Exception as error:
        lines = "\n".join(machine.system.stage.lines)
        raise FoundError(f"seed {seed}: {error}\n{lines}") from error
    finally:
        machine.system.close()


def _step(machine: Interleavings, random: Random, deeds: Sequence[str]) -> None:
    number, other = random.randrange(6), random.randrange(6)
    is_so = random.random() < 0.5
    steps = random.choice((1, 1, 1, 2, 2, 3, 5, ALL))
    turns = [random.random() < 0.5 for _ in range(random.randint(2, 10))]
    later = random.choice((None, None, None, 300, 3600))
    seconds = random.choice((1, 1, 16, 41, 61, 605, 3605))
    system = machine.system
    room, actors = machine.has_room, len(system.actors)
    choices: dict[Callable[[], object], int] = {
        lambda: machine.submit(random.choice(deeds), later): 2 * machine.may_submit,
        machine.submit_with_key: 2 * room,
        lambda: machine.cancel(number): 2 * room,
        lambda: machine.forget(is_so=random.random() < 0.3): room and bool(system.table.conversations.heads()),
        lambda: machine.redrive(number): 3 * room,
        lambda: machine.move_dead_letter_back(number): 2 * bool(system.queue.dead),
        lambda: machine.receive(number, other, again=is_so, begin=number > 0): 8 * room,
        lambda: machine.overtake(number, seconds, steps): 5 * (room and bool(system.children)),
        lambda: machine.begin(number): 1,
        lambda: machine.keep(number, is_whole=is_so): 2,
        lambda: machine.all_keep(16, random.randint(1, 3)): 1,
        lambda: machine.sweep(is_whole=is_so): 2 * room,
        lambda: machine.quiet(1): 2 * (actors < 2),
        lambda: machine.go_on(number, steps): 14 * bool(actors),
        lambda: machine.race(number, other, turns): 6 * (actors > 1),
        lambda: machine.fail(number, random.choice(FAULTS)): 7 * bool(actors),
        lambda: machine.time_passes(seconds): 3,
    }
    (step,) = random.choices(list(choices), list(choices.values()))
    step()
