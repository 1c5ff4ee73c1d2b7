"""A request in pieces that Polly takes, and the way back from a piece's bytes to the characters of the text.

Limits: https://docs.aws.amazon.com/polly/latest/dg/limits.html
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemas.errors import PermanentError
from workers.engines.polly.atoms import units
from workers.engines.polly.cuts import Cut

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workers.engines.polly.atoms import Atom, Atoms

#: Of one call, all tags and entities included, and without them.
MAX_LENGTH = 6_000
MAX_CHARACTERS = 3_000
#: Audio of one call ends after ten minutes, wherever the text is then.
MAX_AUDIO_S = 600
#: What is expected of a piece at most: expectations are rough.
_MAX_EXPECTED_S = 450.0


@dataclass(frozen=True, kw_only=True)
class Piece:
    """What one call is sent."""

    text: str
    ssml: bool
    end: Cut
    """What is cut behind it."""
    spoken: bool
    """Whether there is anything to say or to wait for."""
    characters: int
    """How many of the caller's are spoken."""
    places: tuple[tuple[int, int, int, int], ...]
    """Of each atom that stands in the caller's text: its first byte in the piece's UTF-8 and one past its last; its
    first character in the text and one past its last."""

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        """The characters of the caller's text that these bytes of the piece stand for; None for bytes of tags."""
        first = bisect_right(self.places, start, key=lambda place: place[1])
        behind = bisect_left(self.places, end, key=lambda place: place[0])
        if first >= behind:
            return None
        return self.places[first][2], self.places[behind - 1][3]


def pieces_of(atoms: Atoms) -> list[Piece]:
    """Divide a request into pieces, each as long as may be, behind a sentence where there is one.

    Tags that are open at a cut are closed before it and opened again behind it. Pieces in which nothing is said and
    nothing is waited for are left out.

    Raises:
        PermanentError: `text_too_long`: something that can't be divided is too long for one call.
    """
    cutter = _Cutter(atoms)
    pieces = []
    while cutter.more:
        pieces.append(cutter.next())
    return [piece for piece in pieces if piece.spoken]


class _Cutter:
    def __init__(self, atoms: Atoms) -> None:
        self._ssml = atoms.ssml
        self._atoms = atoms.all
        self._start = 0
        self._open: list[Atom] = []

    @property
    def more(self) -> bool:
        return self._start < len(self._atoms)

    def next(self) -> Piece:
        end = self._end()
        body = self._atoms[self._start : end]
        self._start = end
        before = list(self._open)
        for atom in body:
            if atom.closing is not None:
                self._open.append(atom)
            elif atom.closes:
                self._open.pop()
        closings = "".join(str(atom.closing) for atom in reversed(self._open))
        return _piece(before, body, closings, ssml=self._ssml)

    def _end(self) -> int:
        """One past the last atom of the piece that begins at the start."""
        size = _Size(self._open)
        best, best_cut = 0, Cut.NEVER
        for index in range(self._start, len(self._atoms)):
            atom = self._atoms[index]
            size.add(atom)
            if size.too_large:
                break
            if atom.cut >= best_cut and atom.cut > Cut.NEVER:
                best, best_cut = index + 1, atom.cut
        else:
            return len(self._atoms)
        if not best:
            raise PermanentError(
                "text_too_long", "What one <say-as> or <w> holds, or the tags around a word, are too long for Polly."
            )
        return best


class _Size:
    """Of a piece, with all that its open tags need."""

    def __init__(self, opened: Sequence[Atom]) -> None:
        self._length = sum(units(atom.written) + units(str(atom.closing)) for atom in opened)
        self._characters = 0
        self._seconds = 0.0

    def add(self, atom: Atom) -> None:
        if not atom.closes:  # what closes was counted with what it closes
            self._length += units(atom.written) + units(atom.closing or "")
        self._characters += atom.characters
        self._seconds += atom.seconds

    @property
    def too_large(self) -> bool:
        return self._length > MAX_LENGTH or self._characters > MAX_CHARACTERS or self._seconds > _MAX_EXPECTED_S


def _piece(before: Sequence[Atom], body: Sequence[Atom], closings: str, *, ssml: bool) -> Piece:
    written = [atom.written for atom in before]
    position = sum(len(opening.encode()) for opening in written)
    places = []
    for atom in body:
        written.append(atom.written)
        end = position + len(atom.written.encode())
        if atom.start >= 0:
            places.append((position, end, atom.start, atom.end))
        position = end
    return Piece(
        text="".join(written) + closings,
        ssml=ssml,
        end=max((atom.cut for atom in body[-1:]), default=Cut.NEVER),
        spoken=any(atom.spoken or (atom.seconds > 0 and atom.start < 0) for atom in body),
        characters=sum(atom.letters for atom in body),
        places=tuple(places),
    )
