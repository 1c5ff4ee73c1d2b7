"""Documents are cut into passages: by headings and pages, then by paragraphs, then by sentences."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from workers.engines.documents.refusals import MAX_PASSAGES, RefusedDocumentError
from workers.engines.documents.sentences import sentences

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from workers.engines.documents.blocks import Block, Reading

#: A passage ends with the paragraph that makes it this long, in words, and is never longer than the most.
LEAST_WORDS, MOST_WORDS = 80, 200
#: A text without spaces counts by its characters: so many are a word of Korean, and more than one of English.
_WORD_CHARACTERS = 8
_HEADING_CHARACTERS = 120
_SECTION_CHARACTERS = 400
_WORD = re.compile(r"\S+")


@dataclass(frozen=True)
class Cut:
    """A passage's place."""

    section: str
    """Headings above it, joined by ` > `, or its page."""
    start: int
    end: int


@dataclass(frozen=True)
class _Piece:
    """What is not divided: a paragraph, or a part of one that is too long."""

    start: int
    end: int
    words: int


def cut(reading: Reading) -> list[Cut]:
    """Cut a document into passages of some 80 to 200 words, shorter where a section is.

    A passage lies within one section. A heading is told with the passages below it and is itself none, unless a
    document has nothing else.

    Raises:
        RefusedDocumentError: there are too many.
    """
    text = reading.text
    cuts: list[Cut] = []
    blocks = reading.blocks
    if all(block.level is not None for block in blocks):
        blocks = [replace(block, level=None) for block in blocks]
    for section, held in _sections(blocks, text):
        pieces = [piece for block in held for piece in _pieces(text, block)]
        cuts += [Cut(section, run[0].start, run[-1].end) for run in _runs(pieces)]
        if len(cuts) > MAX_PASSAGES:
            raise RefusedDocumentError("too_large")
    return cuts


def _sections(blocks: Sequence[Block], text: str) -> Iterator[tuple[str, list[Block]]]:
    """Blocks that stand under the same headings, or on the same page."""
    path: list[Block] = []
    held: list[Block] = []
    for block in blocks:
        if held and (block.level is not None or block.page != held[-1].page):
            yield _title(path, held[-1].page, text), held
            held = []
        if block.level is None:
            held.append(block)
        else:
            path = [*(one for one in path if (one.level or 0) < block.level), block]
    if held:
        yield _title(path, held[-1].page, text), held


def _title(path: list[Block], page: int | None, text: str) -> str:
    if page is not None:
        return f"page {page}"
    headings = (text[block.start : block.end].replace("\n", " ") for block in path)
    return " > ".join(heading[:_HEADING_CHARACTERS] for heading in headings)[:_SECTION_CHARACTERS]


def _pieces(text: str, block: Block) -> Iterator[_Piece]:
    words = length(text[block.start : block.end])
    if words <= MOST_WORDS:
        yield _Piece(block.start, block.end, words)
        return
    for start, end in sentences(text[block.start : block.end]):
        yield from _short(text, block.start + start, block.start + end)


def _short(text: str, start: int, end: int) -> Iterator[_Piece]:
    """A sentence, divided where it is too long: between words, or anywhere where there are none."""
    words = length(text[start:end])
    if words <= MOST_WORDS:
        yield _Piece(start, end, words)
        return
    most = MOST_WORDS * _WORD_CHARACTERS
    while start < end:
        stop = min(start + most, end)
        space = text.rfind(" ", start + most // 2, stop) if stop < end else -1
        stop = space if space > 0 else stop
        yield _Piece(start, stop, length(text[start:stop]))
        start = stop + (space > 0)


def _runs(pieces: list[_Piece]) -> list[list[_Piece]]:
    """Group pieces; what is left in the end joins the last group, where it still fits."""
    runs: list[list[_Piece]] = []
    words = MOST_WORDS
    for piece in pieces:
        if words >= LEAST_WORDS or words + piece.words > MOST_WORDS:
            runs.append([])
            words = 0
        runs[-1].append(piece)
        words += piece.words
    if len(runs) > 1 and words < LEAST_WORDS and sum(piece.words for piece in runs[-2]) + words <= MOST_WORDS:
        last = runs.pop()
        runs[-1] += last
    return runs


def length(text: str) -> int:
    """Return a text's length in words, of which one takes at most eight characters."""
    return max(sum(1 for _ in _WORD.finditer(text)), len(text) // _WORD_CHARACTERS)
