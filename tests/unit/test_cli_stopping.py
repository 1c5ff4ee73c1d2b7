"""Commands that are told to stop: between steps, out of a sleep, and at once if they are told twice."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Any

import pytest
import typer

from ops.cli.dlq.progress import bar
from ops.cli.stopping import Stop, StoppedError, stoppable

if TYPE_CHECKING:
    from collections.abc import Iterator

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@pytest.fixture(autouse=True)
def _handlers() -> Iterator[None]:
    """Pytest's own come back, and one that kills is none for a test that fails."""
    before = {each: signal.getsignal(each) for each in SIGNALS}
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    yield
    for signum, handler in before.items():
        signal.signal(signum, handler)


def tell(signum: int) -> None:
    os.kill(os.getpid(), signum)


@pytest.mark.parametrize("signum", SIGNALS)
def test_what_is_told_to_stop_ends_after_its_step_and_by_its_signals_code(signum: int, capsys: Any):
    done: list[object] = []
    with stoppable() as stop:
        with stop.ends():
            for number in range(9):
                if number == 3:
                    tell(signum)
                done.append(number)
                stop.check()
        done.append("told")

    with pytest.raises(typer.Exit) as end:
        stop.end("The rest is as it was.")
    assert (done, end.value.exit_code) == ([0, 1, 2, 3, "told"], 128 + signum)
    assert capsys.readouterr().err == "Interrupted.\nThe rest is as it was.\n"


def test_what_nobody_stops_goes_on():
    with stoppable() as stop:
        stop.check()
        stop.sleep(0)
    stop.end("?")


def test_a_bar_ends_where_its_command_is_told_to_stop():
    with stoppable() as stop, stop.ends(), bar("Sending", 3, stop=stop) as said:
        said(1)
        tell(signal.SIGTERM)
        said(1)
        pytest.fail("it goes on")


@pytest.mark.parametrize("before", [True, False])
def test_no_sleep_outlasts_a_signal(*, before: bool):
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        if not before:
            tell(signal.SIGINT)
        slept.append(seconds)

    with stoppable(sleep) as stop, stop.ends():
        if before:
            tell(signal.SIGINT)
        stop.sleep(3600)
        pytest.fail("it goes on")
    assert slept == []


def test_the_second_signal_ends_it_wherever_it_is():
    with stoppable() as stop:
        tell(signal.SIGTERM)
        with pytest.raises(KeyboardInterrupt):
            tell(signal.SIGINT)
    assert stop.signum == signal.SIGTERM


def test_signals_are_heeded_to_the_end_of_the_block_and_ignored_ones_not_at_all():
    own = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)

    with stoppable() as stop:
        tell(signal.SIGTERM)
        stop.check()

    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == (own, signal.SIG_IGN)


def test_a_stop_is_an_error_of_its_own():
    stop = Stop()
    stop.told(signal.SIGTERM, None)
    with pytest.raises(StoppedError):
        stop.check()
