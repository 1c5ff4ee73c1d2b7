"""What exists is read back, and what differs from the template is set by API, where that loses nothing."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import structlog
from botocore.exceptions import ClientError

from ops.aws.errors import message
from ops.infra.facts import GONE, Fact, LeftAloneError, is_missing

if TYPE_CHECKING:
    from collections.abc import Iterable

#: SQS says that most attributes are everywhere within a minute:
#: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
_SEEN_WITHIN_S = 60.0
_LEFT = "No request sets it: the table has to be made anew, and its items brought over."

log = structlog.get_logger(__name__)


def mend(wanted: Iterable[Fact], *, interval_s: float) -> tuple[list[str], list[str]]:
    """Set what does not hold; return what was changed, and what is still wrong, each as a line.

    One that can't be mended keeps no other from it. `interval_s` lies between looks at what was set.
    """
    changed: list[str] = []
    wrong: dict[str, None] = {}  # a set in order: a table that is gone is said once, not with each of its facts
    for fact in wanted:
        try:
            if line := _mended(fact, interval_s):
                changed.append(line)
                log.debug("set_by_api", fact=fact.name)
        except LeftAloneError as error:
            wrong[str(error)] = None
        except ClientError as error:
            wrong[f"{fact.name} cannot be read or set: {message(error)}"] = None
    return changed, list(wrong)


def _mended(fact: Fact, interval_s: float) -> str | None:
    """Set a fact that does not hold; return what was done, or None."""
    try:
        found = fact.read()
    except ClientError as error:
        if not is_missing(error):
            raise
        if not fact.is_remade:
            raise LeftAloneError(f"There is no {fact.resource}. {GONE}") from error
        done = f"made {fact.name} anew"
    else:
        if found == fact.wanted:
            return None
        done = f"mended {fact.name}: {fact.differences(found)}"
    _write(fact, interval_s)
    return done


def _write(fact: Fact, interval_s: float) -> None:
    """Set a fact, and wait until it is read back so."""
    if fact.write is None:
        raise LeftAloneError(f"{fact.name}: {fact.differences(fact.read())}. {_LEFT}")
    fact.write()
    deadline = time.monotonic() + _SEEN_WITHIN_S
    while (found := fact.read()) != fact.wanted:
        if time.monotonic() >= deadline:
            raise LeftAloneError(f"{fact.name}: {fact.differences(found)}, a minute after it was set.")
        time.sleep(interval_s)
