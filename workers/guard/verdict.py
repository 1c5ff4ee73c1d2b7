"""How an engine did in one attempt: all that the guard learns of it."""

from __future__ import annotations

from enum import StrEnum

from schemas.errors import EngineUnavailableError, ThrottledError


class Verdict(StrEnum):
    """How the engine did; the value crosses from the pool's child to its parent, and is the error's code if it has one.

    It is not `unavailable`: that is the code of an attempt that could not reach AWS, which says nothing of the engine.
    """

    OK = "ok"
    """It answered with a result."""
    THROTTLED = ThrottledError.CODE
    """It is there, and was asked for too much."""
    UNAVAILABLE = EngineUnavailableError.CODE
    """It could not be reached, failed, or the process that called it is gone."""
    NEUTRAL = "neutral"
    """Nothing is known: it was not asked, or the request was to blame."""


def verdict_of(error: BaseException | None) -> Verdict:
    """Return what an attempt's end says of its engine; None is success.

    An error that is neither of the two that engines raise for this says nothing: an AWS service out of reach, a text
    that can't be spoken, a defect of ours. A verdict too many would stop a kind whose engine is well.
    """
    match error:
        case None:
            return Verdict.OK
        case ThrottledError():
            return Verdict.THROTTLED
        case EngineUnavailableError():
            return Verdict.UNAVAILABLE
    return Verdict.NEUTRAL


def verdict_of_code(code: str | None) -> Verdict:
    """Return the verdict that a short string stands for: a verdict's own value, which for errors is their code.

    Any other string, and none at all, is neutral: a child that says nothing has not said that its engine is well.
    """
    return Verdict(code) if code in _VALUES else Verdict.NEUTRAL


_VALUES = frozenset(map(str, Verdict))
