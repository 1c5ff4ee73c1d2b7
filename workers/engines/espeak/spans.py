"""From espeak's events to speech marks: which written word, and when it is heard."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from schemas.kinds.tts import Mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from schemas.kinds.tts import MarkType
    from workers.engines.audio.loudness import Loudness
    from workers.engines.espeak.script import Script, Token

Event = tuple[str, int, int]


@dataclass(frozen=True)
class _Heard:
    token: Token
    sentence: int
    start_ms: int
    end_ms: int


def speech_marks(  # noqa: PLR0913 - all that a mark is made of
    text: str,
    script: Script,
    events: Iterable[Event],
    *,
    loudness: Loudness,
    duration_ms: int,
    wanted: Sequence[MarkType],
) -> tuple[Mark, ...]:
    """Make the marks of the wanted types, in order of time; a sentence stands before its words.

    `text` is the caller's; `events` are espeak's words and sentences with times in ms and positions in the script.
    """
    if not wanted:
        return ()
    heard = _heard(script.tokens, list(events), loudness, duration_ms)
    marks = []
    if "sentence" in wanted:
        marks += [_sentence(text, words) for words in _by_sentence(heard)]
    if "word" in wanted:
        marks += [_mark("word", text, (word.token.start, word.token.end), word.start_ms, word.end_ms) for word in heard]
    return tuple(sorted(marks, key=lambda mark: (mark.start_ms, mark.start, mark.type != "sentence")))


def _heard(tokens: Sequence[Token], events: list[Event], loudness: Loudness, duration_ms: int) -> list[_Heard]:
    starts = _starts(tokens, events, loudness, duration_ms)
    sentences = _sentence_starts(tokens, events)
    timed = [(index, at_ms) for index, at_ms in enumerate(starts) if at_ms is not None]
    heard = []
    for (index, start_ms), (_, next_ms) in pairwise([*timed, (len(tokens), duration_ms)]):
        end_ms = loudness.ends_ms(start_ms, next_ms)
        heard.append(_Heard(tokens[index], bisect_right(sentences, index), start_ms, end_ms))
    return heard


def _starts(tokens: Sequence[Token], events: list[Event], loudness: Loudness, duration_ms: int) -> list[int | None]:
    """When each token begins; None for a sign that espeak did not say."""
    starts: list[int | None] = [None] * len(tokens)
    latest, latest_ms = -1, 0
    for kind, at_ms, position in events:
        index = _token_at(tokens, position)
        # espeak says "$3.50" as six words: the first is the token's. It never goes back in the text or in time.
        if kind == "word" and latest < index < len(tokens):
            latest, latest_ms = index, min(max(at_ms, latest_ms), duration_ms)
            starts[index] = latest_ms
    _share(tokens, starts, loudness, duration_ms)
    return starts


def _share(tokens: Sequence[Token], starts: list[int | None], loudness: Loudness, duration_ms: int) -> None:
    """Give words that espeak says in one breath ("of the") their share of its time, by their length."""
    told = [index for index, at_ms in enumerate(starts) if at_ms is not None]
    if told[:1] != [0]:
        told.insert(0, 0)
    for first, following in pairwise([*told, len(tokens)]):
        together = [
            index for index in range(first, following) if starts[index] is not None or tokens[index].has_letters
        ]
        begin = starts[first] or 0
        next_ms = duration_ms if following == len(tokens) else starts[following] or begin
        end = loudness.heard_until_ms(begin, next_ms)
        lengths = [tokens[index].end - tokens[index].start for index in together]
        for place, index in enumerate(together):
            starts[index] = begin + (end - begin) * sum(lengths[:place]) // max(1, sum(lengths))


def _token_at(tokens: Sequence[Token], position: int) -> int:
    """The token that holds a position of the script, or the next one where a tag or a space stands there."""
    index = max(0, bisect_right(tokens, position, key=lambda token: token.script_start) - 1)
    return index if position < tokens[index].script_end else index + 1


def _sentence_starts(tokens: Sequence[Token], events: list[Event]) -> list[int]:
    return sorted({0, *(_token_at(tokens, position) for kind, _, position in events if kind == "sentence")})


def _by_sentence(heard: Iterable[_Heard]) -> Iterator[list[_Heard]]:
    words: list[_Heard] = []
    for word in heard:
        if words and words[0].sentence != word.sentence:
            yield words
            words = []
        words.append(word)
    if words:
        yield words


def _sentence(text: str, words: list[_Heard]) -> Mark:
    span = words[0].token.outer_start, words[-1].token.outer_end
    return _mark("sentence", text, span, words[0].start_ms, words[-1].end_ms)


def _mark(kind: MarkType, text: str, span: tuple[int, int], start_ms: int, end_ms: int) -> Mark:
    start, end = span
    return Mark(type=kind, start_ms=start_ms, end_ms=end_ms, start=start, end=end, text=text[start:end])
