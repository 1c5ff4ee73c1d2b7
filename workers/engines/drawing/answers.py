"""What vendors answer: read within limits of time and size, and seen to be a picture.

What is in the picture's file is not looked at here but for its first bytes: that is for the process that decodes it.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING

from schemas.errors import EngineUnavailableError, PermanentError, TransientError
from workers.engines.calling import Clock
from workers.engines.pictures.refusals import MAX_BYTES
from workers.engines.watching import watched

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workers.engines.drawing.options import ImagePrice
    from workers.engines.ports import Call

#: The longest picture that is processed, in base64, and what stands around it.
MAX_ANSWER_BYTES = MAX_BYTES // 3 * 4 + 100_000
#: Kept of the attempt's time to process and store the picture.
ENDING_S = 15.0

#: PNG, JPEG, WebP: https://mimesniff.spec.whatwg.org/#matching-an-image-type-pattern
_PICTURE = re.compile(rb"\x89PNG\r\n\x1a\n|\xff\xd8\xff|RIFF....WEBPVP", re.DOTALL)
#: Before the base64, in answers of some servers: https://www.rfc-editor.org/rfc/rfc2397
_DATA_URL = re.compile(r"data:image/[a-z0-9.+-]+;base64,")


def clock_for(call: Call, timeout_s: float, *, engine: str) -> Clock:
    """Begin the time that a request may take: the settings', or what is left of the attempt's; positive."""

    def late() -> EngineUnavailableError:
        return EngineUnavailableError("The picture took too long.", engine=engine)

    return Clock(max(0.1, min(timeout_s, call.remaining_s - ENDING_S)), late)


def gathered(parts: Iterable[bytes], clock: Clock, call: Call, *, at_most: int, engine: str) -> bytes:
    """Put an answer together, as long as there is time, the job is wanted, and it is not longer than allowed.

    Raises:
        EngineUnavailableError: it took too long.
        PermanentError: `picture_too_large`.
    """

    def look() -> None:
        clock.check()
        call.progress(None)

    whole = bytearray()
    for part in watched(parts, look):
        whole += part
        if len(whole) > at_most:
            raise _too_large(engine)
    return bytes(whole)


def picture_of(encoded: str, *, engine: str) -> bytes:
    """Read a picture that came in base64, with or without the head of a `data:` URL.

    Raises:
        TransientError: `unreadable_answer`.
        PermanentError: `picture_too_large`.
    """
    bare = "".join(_DATA_URL.sub("", encoded, count=1).split())
    try:
        data = base64.b64decode(bare, validate=True)
    except (binascii.Error, ValueError):
        raise unreadable(engine) from None
    return seen(data, engine=engine)


def seen(data: bytes, *, engine: str) -> bytes:
    """Return a file that begins as a PNG, JPEG or WebP does.

    Raises:
        TransientError: `unreadable_answer`: it does not.
        PermanentError: `picture_too_large`.
    """
    if len(data) > MAX_BYTES:
        raise _too_large(engine)
    if not _PICTURE.match(data):
        raise unreadable(engine)
    return data


def _too_large(engine: str) -> PermanentError:
    sentence = f"The vendor's picture has more than {MAX_BYTES // 1_000_000} MB."
    return PermanentError("picture_too_large", sentence, engine=engine)


def unreadable(engine: str) -> TransientError:
    """Make the error of an answer that is none."""
    return TransientError("unreadable_answer", "The vendor answered, but not with a picture.", engine=engine)


def refused_by_policy(engine: str) -> PermanentError:
    """Make the error of a filter, be it before the model or behind it."""
    sentence = "A content filter refuses this picture. Describe it in other words."
    return PermanentError("refused_by_policy", sentence, engine=engine)


def cost_of(price: ImagePrice | None) -> int:
    """Return what a picture has cost, in micro-dollars; 0 where no price is set."""
    return price.microusd_per_image if price else 0


#: What to know about whatever an image model draws.
NOTICE = "Drawn by an image model: look whether it shows what was described before learners see it."
