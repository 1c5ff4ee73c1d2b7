"""Made-up evidence of how a text was read."""

# ruff: noqa: RUF001 - IPA looks like other letters
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workers.engines.pronunciation.evidence import Evidence, GapEvidence, PhoneEvidence, Thresholds, WordEvidence
from workers.engines.pronunciation.lexicon import Lexicon, model_dictionary
from workers.engines.pronunciation.reference import reference_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workers.engines.pronunciation.reference import Reference

THRESHOLDS = Thresholds(omission=0.5, insertion=0.5, mispronunciation=0.5, match=0.5)
PHONE_FRAMES = 10
LEXICON = Lexicon(model_dictionary(), {"bulgogi": "bʊlɡˈoʊɡi"}.get)


@dataclass(frozen=True)
class Part:
    z: float
    omission: float
    mispronunciation: float
    phones: int | None


def part(*, z: float = 0.0, omission: float = 0.01, mispronunciation: float = 0.01, phones: int | None = None) -> Part:
    """How a word, or a part of a number, was said; as many phones as it has unless given."""
    return Part(z, omission, mispronunciation, phones)


@dataclass(frozen=True)
class Gap:
    insertion: float
    frames: int


def gap(*, insertion: float = 0.01, frames: int = 0) -> Gap:
    """What lies between two words."""
    return Gap(insertion, frames)


def evidence_for(text: str) -> tuple[Reference, Evidence]:
    """A good reading of a text."""
    return reading(text)


def reading(
    text: str,
    parts: Mapping[int, Part] | None = None,
    *,
    gaps: Mapping[int, Gap] | None = None,
    silences: tuple[tuple[int, int], ...] = (),
    match: float = 0.99,
) -> tuple[Reference, Evidence]:
    """A reading of a text; words and gaps of which nothing is said are as they should be."""
    reference = reference_of(text, LEXICON, engine="acoustic")
    words, found, at = [], [], 0
    for index, variants in enumerate([*reference.pronunciations, None]):
        between = (gaps or {}).get(index, gap())
        found.append(GapEvidence(insertion=between.insertion, start=at, end=at + between.frames))
        at += between.frames
        if variants is not None:
            how = (parts or {}).get(index, part())
            phones = variants[0][: how.phones]
            words.append(_word(phones, at, how))
            at += PHONE_FRAMES * len(phones)
    return reference, Evidence(words=tuple(words), gaps=tuple(found), silences=silences, match=match, frames=at)


def _word(phones: tuple[str, ...], at: int, how: Part) -> WordEvidence:
    return WordEvidence(
        phones=tuple(
            PhoneEvidence(phone=phone, start=at + PHONE_FRAMES * index, end=at + PHONE_FRAMES * (index + 1), z=how.z)
            for index, phone in enumerate(phones)
        ),
        start=at,
        end=at + PHONE_FRAMES * len(phones),
        variant=0,
        omission=how.omission,
        mispronunciation=how.mispronunciation,
    )
