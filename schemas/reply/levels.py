"""How much English a learner has."""

from __future__ import annotations

from typing import Literal, TypeAlias, cast

Band: TypeAlias = Literal["low", "mid", "high"]
Level: TypeAlias = Literal["low", "mid", "high", "A1", "A2", "B1", "B2", "C1", "C2"]
"""A band, or a level of the CEFR: https://www.coe.int/en/web/common-european-framework-reference-languages."""

_BANDS: dict[str, Band] = {"A": "low", "B": "mid", "C": "high"}


def band_of(level: Level) -> Band:
    """Return the band of a level: A is `low`, B `mid`, C `high`."""
    return _BANDS.get(level[0]) or cast("Band", level)
