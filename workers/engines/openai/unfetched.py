"""A picture that is paid for and could not be fetched: where it lies is kept for the job's next attempt.

Written where a vendor's files for the job go, which are deleted at its end, and only once fetching has failed.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

from schemas.errors import PermanentError

if TYPE_CHECKING:
    from collections.abc import Callable

    from workers.engines.ports import OutputFile
    from workers.engines.ports.image import DrawingCall

#: OpenAI's URLs are good for an hour: https://platform.openai.com/docs/api-reference/images/object
_GOOD_FOR_S = 3_600.0
_DIGEST_CHARS = 16


class _Address(BaseModel):
    model_config = ConfigDict(frozen=True)

    url: str
    since: float
    """Seconds since 1970."""


@dataclass(frozen=True)
class Unfetched:
    """What attempts of one epoch of a job leave one another, as long as the engine is the same."""

    call: DrawingCall
    identity: str
    """The engine's, settings included: what another one was given is not this one's."""
    now: Callable[[], float] = time.time

    def address(self) -> str | None:
        """Return where a picture lies that an attempt before has paid for; None where there is none, or no longer."""
        try:
            kept = _Address.model_validate_json(self._place.read())
        except ValidationError:
            return None
        except PermanentError as error:
            if error.code != "unknown_file":
                raise
            return None
        return kept.url if self.now() - kept.since < _GOOD_FOR_S else None

    def keep(self, url: str) -> None:
        """Write down where the picture lies."""
        address = _Address(url=url, since=self.now())
        self._place.write(address.model_dump_json().encode(), mime="application/json")

    @property
    def _place(self) -> OutputFile:
        digest = hashlib.sha256(self.identity.encode()).hexdigest()[:_DIGEST_CHARS]
        return self.call.output(f"unfetched-{digest}.json")
