"""From the evidence of a recording to what is said about each word of the text."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TYPE_CHECKING, Literal

from schemas.kinds.pronunciation import Phoneme, WordScore
from workers.engines.pronunciation.background import SHIFT_Z
from workers.engines.pronunciation.evidence import FRAME_MS
from workers.engines.pronunciation.fluency import Read, delivery
from workers.engines.pronunciation.phones import IPA
from workers.engines.pronunciation.scores import accuracy_of, mean, overall, rounded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from schemas.kinds.pronunciation import Scores
    from workers.engines.pronunciation.evidence import Evidence, GapEvidence, Thresholds, WordEvidence
    from workers.engines.pronunciation.fluency import Delivery
    from workers.engines.pronunciation.reference import Reference, ReferenceWord

#: A word of several parts, such as a number, counts as left out from this share of its phones on.
_LEFT_OUT = 0.5
#: In a reading of another text, the words that are not missing are less accurate than this (8 in 10 times, by
#: learners), and by the evidence as a whole it is no match. One alone is true of some poor or broken readings too.
_OTHER_ACCURACY = 72.0
#: Below this, what the text has was not read at all, but for words that sound as good as the second.
_UNREAD_ACCURACY, _CLEAR = 65.0, 75.0
#: What is left of the overall score where another text was read.
_OTHER_TEXT = 0.5


@dataclass(frozen=True, kw_only=True)
class Heard:
    """One word of the text, and what the recording tells about it."""

    reference: ReferenceWord
    evidence: tuple[WordEvidence, ...]
    """Of its parts; empty where the word can't be scored."""
    thresholds: Thresholds
    shift_z: float = 0.0
    """How much better a phone has to fit, for the noise in the recording."""
    is_unread: bool = False
    """Whether the recording is of another text altogether."""
    is_replaced: bool = False
    """Whether something was said in its place: it was not left out then."""

    @property
    def error_type(self) -> Literal["none", "omission", "mispronunciation"]:
        """What is wrong with it.

        A word whose sounds come from rules is never called mispronounced: the rules may be what is wrong.
        """
        if self.evidence and self.is_unread:
            return "none" if self.is_clear else "omission"
        missing = [part.omission >= self.thresholds.omission for part in self.evidence]
        weights = [max(1, len(part.phones)) for part in self.evidence]
        left_out = sum(weight for weight, gone in zip(weights, missing, strict=True) if gone)
        if self.evidence and left_out >= _LEFT_OUT * sum(weights):
            return "mispronunciation" if self.is_replaced else "omission"
        wrong = any(part.mispronunciation >= self.thresholds.mispronunciation for part in self.evidence)
        return "mispronunciation" if (wrong or any(missing)) and self.source == "dictionary" else "none"

    @property
    def is_clear(self) -> bool:
        """Whether it sounds as good as a word does that was read."""
        return (mean(self.accuracies) or 0.0) >= _CLEAR

    @property
    def source(self) -> Literal["dictionary", "rules", "none"]:
        """Where its sounds come from."""
        if not self.evidence:
            return "none"
        chosen = [part[heard.variant] for part, heard in zip(self.reference.parts, self.evidence, strict=True)]
        return "rules" if any(one.by_rules for one in chosen) else "dictionary"

    @property
    def accuracies(self) -> list[float]:
        """Of its phones, where the alignment put them, whether the word was read or not."""
        return [accuracy_of(phone.z - self.shift_z) for part in self.evidence for phone in part.phones]

    @property
    def span_ms(self) -> tuple[int, int]:
        """Start and end in the recording."""
        return self.evidence[0].start * FRAME_MS, self.evidence[-1].end * FRAME_MS

    def score(self, written: str) -> WordScore:
        """Say it in the result's terms."""
        word, error = self.reference.word, self.error_type
        is_read = bool(self.evidence) and error != "omission"
        start_ms, end_ms = self.span_ms if is_read else (None, None)
        return WordScore(
            text=written,
            start=word.start,
            end=word.end,
            accuracy=rounded(mean(self.accuracies)) if is_read else None,
            error_type=error,
            start_ms=start_ms,
            end_ms=end_ms,
            phonemes=tuple(self._phonemes()) if is_read else (),
            source=self.source,
        )

    def _phonemes(self) -> Iterator[Phoneme]:
        phones = (phone for part in self.evidence for phone in part.phones)
        for phone, accuracy in zip(phones, self.accuracies, strict=True):
            yield Phoneme(
                arpabet=phone.phone,
                ipa=IPA[phone.phone],
                accuracy=rounded(accuracy),
                start_ms=phone.start * FRAME_MS,
                end_ms=phone.end * FRAME_MS,
            )


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What is said about a reading."""

    scores: Scores
    words: tuple[WordScore, ...]
    delivery: Delivery | None
    matches: bool
    """Whether it is a reading of this text at all."""


def verdict_of(
    reference: Reference,
    evidence: Evidence,
    thresholds: Thresholds,
    *,
    noise: float = 0.0,
    least_accuracy: float = 0.0,
) -> Verdict:
    """Judge a reading by what the recording tells.

    Args:
        reference: the text.
        evidence: of its words, parts and gaps.
        thresholds: of the calibration.
        noise: how noisy the recording is, 0 to 1.
        least_accuracy: what the reading's accuracy is known to be at least.
    """
    open_gaps = _open_gaps(reference, evidence.gaps)
    gaps = {index: gap for index, gap in open_gaps if gap.insertion >= thresholds.insertion}
    like = Heard(reference=reference.words[0], evidence=(), thresholds=thresholds, shift_z=SHIFT_Z * noise)
    found = list(_heard(reference, evidence.words, like))
    present = _accuracy(word for word in found if word.error_type != "omission")
    matches = evidence.match >= thresholds.match or present >= _OTHER_ACCURACY
    is_unread = not matches and present < _UNREAD_ACCURACY
    heard = [
        replace(word, is_unread=True) if is_unread else _replaced(word, index, gaps) for index, word in enumerate(found)
    ]
    insertions = {index: _spoken_ms(gap, evidence.silences) for index, gap in gaps.items()}
    scorable = [word for word in heard if word.evidence]
    read = [word for word in scorable if word.error_type != "omission"]
    told = delivery(_read(read, insertions), [(start * FRAME_MS, end * FRAME_MS) for start, end in evidence.silences])
    completeness = 100 * len(read) / len(scorable)
    scores = overall(
        accuracy=max(least_accuracy, _accuracy(found)),
        fluency=told.score if told else 0.0,
        completeness=completeness,
        share=1.0 if matches else _OTHER_TEXT,
    )
    return Verdict(scores=scores, words=tuple(_listed(reference, heard, insertions)), delivery=told, matches=matches)


def _accuracy(words: Iterable[Heard]) -> float:
    """Return the mean of all phones: a word that is missing counts with what stands in its place."""
    return mean([accuracy for word in words for accuracy in word.accuracies]) or 0.0


def _replaced(word: Heard, index: int, gaps: dict[int, GapEvidence]) -> Heard:
    """Take a word that is missing where something else was said for one that was said wrongly.

    The alignment then gives the word next to no time, and its sound to the gap beside it: one error, not two.
    """
    if word.error_type != "omission" or word.source != "dictionary" or not word.accuracies:
        return word
    beside = next((place for place in (index, index + 1) if place in gaps), None)
    if beside is None:
        return word
    del gaps[beside]
    return replace(word, is_replaced=True)


def _spoken_ms(gap: GapEvidence, silences: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Where in a gap something was said: the gap without the silences at its ends."""
    start, end = gap.start, gap.end
    for first, last in sorted(silences):
        if first <= start < last < end:
            start = last
    for first, last in sorted(silences, reverse=True):
        if start < first < end <= last:
            end = first
    return start * FRAME_MS, end * FRAME_MS


def _heard(reference: Reference, words: Sequence[WordEvidence], like: Heard) -> Iterator[Heard]:
    ends = list(accumulate(len(word.parts) for word in reference.words))
    for word, end in zip(reference.words, ends, strict=True):
        parts = tuple(words[end - len(word.parts) : end])
        yield replace(like, reference=word, evidence=parts)


def _open_gaps(reference: Reference, gaps: Sequence[GapEvidence]) -> Iterator[tuple[int, GapEvidence]]:
    """Gaps in which the text has nothing, by the index of the word that follows.

    Where it has a word that can't be scored, that word is what is heard there; a gap within a number is counted
    behind it.
    """
    part, closed = 0, False
    for index, word in enumerate(reference.words):
        if not word.parts:
            closed = True
            continue
        if not closed:
            yield index, gaps[part]
        yield from ((index + 1, gaps[part + inner]) for inner in range(1, len(word.parts)))
        part += len(word.parts)
        closed = False
    if not closed:
        yield len(reference.words), gaps[part]


def _read(words: Sequence[Heard], insertions: dict[int, tuple[int, int]]) -> list[Read]:
    read = [
        Read(
            start_ms=word.span_ms[0],
            end_ms=word.span_ms[1],
            phones=len(word.accuracies),
            pause_after=word.reference.word.pause_after,
        )
        for word in words
    ]
    beside = [Read(start_ms=start, end_ms=end, phones=None, in_text=False) for start, end in insertions.values()]
    return sorted([*read, *beside], key=lambda one: one.start_ms)


def _listed(
    reference: Reference, heard: Sequence[Heard], insertions: dict[int, tuple[int, int]]
) -> Iterator[WordScore]:
    for index in range(len(heard) + 1):
        if index in insertions:
            yield insertion(*insertions[index])
        if index < len(heard):
            yield heard[index].score(reference.written(heard[index].reference.word))


def insertion(start_ms: int, end_ms: int, text: str | None = None) -> WordScore:
    """Say that something was said that the text does not have."""
    return WordScore(
        text=text, start=None, end=None, accuracy=None, error_type="insertion", start_ms=start_ms, end_ms=end_ms
    )
