"""How Comprehend is set up, what it costs, and how long texts may be."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from schemas.errors import PermanentError
from workers.engines.aws import AwsOptions

if TYPE_CHECKING:
    from collections.abc import Collection

    from schemas.kinds.analysis import Feature

#: As results and errors name it.
NAME = "comprehend"
#: US dollars per unit, of each of the four operations alike, up to ten million units a month:
#: https://aws.amazon.com/comprehend/pricing/, us-east-1, as known in November 2026.
PRICE = 0.0001
#: Characters of a unit, and units of the smallest request.
_UNIT, _LEAST_UNITS = 100, 3
#: Longest text of DetectSentiment, in bytes of UTF-8. The others take 100,000, which no request has: its text has at
#: most 20,000 characters of 4 bytes. https://docs.aws.amazon.com/comprehend/latest/dg/guidelines-and-limits.html
_MAX_SENTIMENT_BYTES = 5_000


class ComprehendOptions(AwsOptions):
    """Options of Amazon Comprehend.

    The worker needs comprehend:DetectSentiment, DetectEntities, DetectKeyPhrases and DetectDominantLanguage.
    """

    usd_per_unit: Annotated[float, Field(ge=0, allow_inf_nan=False)] = PRICE
    """What a unit of 100 characters costs, for the jobs' `cost_microusd`; AWS's list price where it is not given."""
    timeout_s: Annotated[float, Field(gt=0)] = 10.0
    """How long it may be silent."""


def units_of(text: str) -> int:
    """Return how many units one request with this text is billed as."""
    return max(_LEAST_UNITS, ceil(len(text) / _UNIT))


def require_fitting(text: str, features: Collection[Feature]) -> None:
    """See that Comprehend takes the text, before anything is paid for.

    Raises:
        PermanentError: `text_too_long`.
    """
    size = len(text.encode())
    if "sentiment" in features and size > _MAX_SENTIMENT_BYTES:
        sentence = (
            f"Amazon Comprehend finds the sentiment of at most {_MAX_SENTIMENT_BYTES:,} bytes of UTF-8, about 1,600 "
            f"Korean characters, and this text has {size:,}. Shorten it, or leave out `sentiment`."
        )
        raise PermanentError("text_too_long", sentence, engine=NAME)
