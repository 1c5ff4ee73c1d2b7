"""What a recording tells about a text: phones, words, gaps and silences in time, with calibrated probabilities."""

from __future__ import annotations

from dataclasses import dataclass

#: Evidence counts time in frames of this many milliseconds.
FRAME_MS = 10


@dataclass(frozen=True, kw_only=True)
class PhoneEvidence:
    """One phone where the alignment found it."""

    phone: str
    """ARPAbet without stress, such as `AE`."""
    start: int
    """First frame."""
    end: int
    """One past the last frame."""
    z: float
    """How well it fits, in standard deviations from learners' phones of this sort: 0 is typical, negative is worse."""


@dataclass(frozen=True, kw_only=True)
class WordEvidence:
    """One word of the text."""

    phones: tuple[PhoneEvidence, ...]
    """Empty where the recording is too short to hold the word; its omission is 1 then, and start equals end."""
    start: int
    end: int
    variant: int
    """Which of its pronunciations fitted best."""
    omission: float
    """Probability that the word was left out, 0 to 1."""
    mispronunciation: float
    """Probability that something else than the word was said, 0 to 1."""


@dataclass(frozen=True, kw_only=True)
class GapEvidence:
    """What lies before the first word, between two words or after the last."""

    insertion: float
    """Probability that something was said there that the text does not have, 0 to 1."""
    start: int
    """End of the word before, or 0."""
    end: int
    """Start of the word after, or the recording's number of frames."""


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """All that the alignment of one recording with one text tells."""

    words: tuple[WordEvidence, ...]
    """N, in the text's order."""
    gaps: tuple[GapEvidence, ...]
    """N + 1; gap i is before word i."""
    silences: tuple[tuple[int, int], ...]
    """Start and end of each, in frames; before, between and after words."""
    match: float
    """Probability that the recording is a reading of this text at all, 0 to 1; low is another sentence, or noise."""
    frames: int
    """How long the recording is."""


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """From which probability on something is flagged; chosen on learners' speech: `docs/speech/pronunciation.md`."""

    omission: float
    """A word at or above it is missing."""
    insertion: float
    """A gap at or above it holds something else."""
    mispronunciation: float
    """A word at or above it, and not missing, was said wrongly."""
    match: float
    """A recording below it is of another text."""
