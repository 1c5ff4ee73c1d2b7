"""From a transcript to what is said about each word of the text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemas.errors import PermanentError
from schemas.kinds.pronunciation import WordScore
from workers.engines.pronunciation.fluency import Read, delivery
from workers.engines.pronunciation.matching import align, tokens_of, units_of
from workers.engines.pronunciation.scores import mean, overall, rounded
from workers.engines.pronunciation.verdict import Verdict, insertion

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from schemas.kinds.transcription import SpokenWord
    from workers.engines.ports import Transcript
    from workers.engines.pronunciation.lexicon import Lexicon
    from workers.engines.pronunciation.matching import Match, Token

#: A word that is less like the one in the text was said wrongly, or misheard.
ALIKE = 0.6
#: A text of whose letters less than this share was heard is another one.
_MATCHES = 0.35
#: What a word scores at most that the transcriber is not sure of at all.
_UNSURE = 0.5


@dataclass(frozen=True, kw_only=True)
class _Heard:
    """What was heard for one word of the text."""

    likeness: float
    spoken: tuple[SpokenWord, ...]

    @property
    def accuracy(self) -> float:
        known = [word.confidence for word in self.spoken if word.confidence is not None]
        trust = sum(known) / len(known) if known else 1.0
        return 100 * self.likeness * (_UNSURE + (1 - _UNSURE) * trust)


def judged(text: str, language: str, transcript: Transcript, *, lexicon: Lexicon | None, engine: str) -> TextVerdict:
    """Judge a reading by what a transcriber heard.

    Raises:
        PermanentError: `nothing_to_score`: there is no word in the text.
    """
    tokens = tokens_of(text, language, lexicon)
    units = units_of(tokens)
    if not units:
        raise PermanentError("nothing_to_score", "There is no word in the text: give what was read.", engine=engine)
    spoken = [(word, token) for word in transcript.words for token in tokens_of(word.text, language, lexicon)]
    heard = units_of([token for _, token in spoken])
    words = [spoken[unit.word][0] for unit in heard]
    matches = align(units, heard)
    found = _found(tokens, [unit.word for unit in units], matches, words)
    listed = list(_listed(text, tokens, found, _extras(matches, [unit.word for unit in units], words)))
    return _verdict(tokens, found, listed, words)


@dataclass(frozen=True, kw_only=True)
class TextVerdict(Verdict):
    """What is said about a reading, with the words that the text does not have."""

    extra_words: tuple[str, ...]


def _found(
    tokens: Sequence[Token], owners: Sequence[int], matches: Sequence[Match], words: Sequence[SpokenWord]
) -> list[_Heard | None]:
    """Collect per word of the text what was heard for its parts; None where that is nothing."""
    likenesses: list[list[float]] = [[] for _ in tokens]
    spoken: list[dict[int, SpokenWord]] = [{} for _ in tokens]
    for match in matches:
        for index in match.expected:
            likenesses[owners[index]].append(match.likeness)
            spoken[owners[index]].update({place: words[place] for place in match.heard})
    return [
        _Heard(likeness=sum(values) / len(values), spoken=tuple(said.values())) if said else None
        for values, said in zip(likenesses, spoken, strict=True)
    ]


def _extras(
    matches: Sequence[Match], owners: Sequence[int], words: Sequence[SpokenWord]
) -> dict[int, list[SpokenWord]]:
    """Words beside the text, by the index of the text's word that follows them; each once, whatever its parts."""
    matched = {id(words[index]) for match in matches if match.expected for index in match.heard}
    extras: dict[int, list[SpokenWord]] = {}
    following = 0
    for match in matches:
        if match.expected:
            following = owners[match.expected[-1]] + 1
            continue
        word = words[match.heard[0]]
        if id(word) not in matched:
            matched.add(id(word))
            extras.setdefault(following, []).append(word)
    return extras


def _listed(
    text: str, tokens: Sequence[Token], found: Sequence[_Heard | None], extras: dict[int, list[SpokenWord]]
) -> Iterator[WordScore]:
    for index in range(len(tokens) + 1):
        yield from (insertion(word.start_ms, word.end_ms, word.text) for word in extras.get(index, ()))
        if index < len(tokens):
            yield _score(text, tokens[index], found[index])


def _score(text: str, token: Token, heard: _Heard | None) -> WordScore:
    return WordScore(
        text=text[token.start : token.end],
        start=token.start,
        end=token.end,
        accuracy=rounded(heard.accuracy) if heard else None,
        error_type="omission" if heard is None else "none" if heard.likeness >= ALIKE else "mispronunciation",
        start_ms=heard.spoken[0].start_ms if heard else None,
        end_ms=heard.spoken[-1].end_ms if heard else None,
    )


def _verdict(
    tokens: Sequence[Token], found: Sequence[_Heard | None], listed: Sequence[WordScore], words: Sequence[SpokenWord]
) -> TextVerdict:
    read = [heard for heard in found if heard is not None]
    told = delivery(_said(tokens, found, listed), _silences(words))
    share = min(1.0, sum(heard.likeness for heard in read) / len(found) / _MATCHES)
    return TextVerdict(
        scores=overall(
            accuracy=mean([heard.accuracy for heard in read]) or 0.0,
            fluency=told.score if told else None,
            completeness=100 * len(read) / len(found),
            share=share,
        ),
        words=tuple(listed),
        delivery=told,
        matches=share >= 1,
        extra_words=tuple(word.text for word in listed if word.error_type == "insertion" and word.text),
    )


def _said(tokens: Sequence[Token], found: Sequence[_Heard | None], listed: Sequence[WordScore]) -> list[Read]:
    read = [
        Read(
            start_ms=heard.spoken[0].start_ms,
            end_ms=heard.spoken[-1].end_ms,
            phones=None,
            pause_after=token.pause_after,
        )
        for token, heard in zip(tokens, found, strict=True)
        if heard is not None
    ]
    beside = [
        Read(start_ms=word.start_ms or 0, end_ms=word.end_ms or 0, phones=None, in_text=False)
        for word in listed
        if word.error_type == "insertion"
    ]
    return sorted([*read, *beside], key=lambda one: one.start_ms)


def _silences(words: Sequence[SpokenWord]) -> list[tuple[int, int]]:
    """Gaps between words, as far as the transcriber's times tell."""
    ordered = sorted(words, key=lambda word: word.start_ms)
    reached = 0
    silences = []
    for word in ordered:
        if word.start_ms > reached:
            silences.append((reached, word.start_ms))
        reached = max(reached, word.end_ms)
    return silences
