r"""`python -m ops.bench.analysis`: how often the lexicon engine judges a message as people do.

Messages are lines of `sentiment \t emotion \t message` in a file per language. A message is of the tuning half, or of
the one that is held out, by a hash of its text: the lexicons were changed by what the first half shows alone.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workers.engines.lexicon.emotions import emotions
from workers.engines.lexicon.sentiment import sentiment

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SETS = Path("tests/feelings")


@dataclass(frozen=True)
class Labelled:
    """A message, and what people make of it."""

    sentiment: str
    emotion: str
    text: str

    @property
    def held_out(self) -> bool:
        """Whether it is of the half that nothing was tuned on."""
        return sha256(self.text.encode()).digest()[0] % 2 == 1


@dataclass(frozen=True)
class Figures:
    """How many were judged right."""

    messages: int
    sentiment: int
    emotion: int
    confusions: Counter[tuple[str, str]]
    """Of sentiments: right one and judged one, where they differ."""


def read(path: Path) -> list[Labelled]:
    """Read labelled messages; `#` begins a comment."""
    lines = path.read_text("utf-8").splitlines()
    return [Labelled(*line.split("\t")) for line in lines if line and not line.startswith("#")]


def judged(messages: Sequence[Labelled], feeling: Callable[[str], str], emotion: Callable[[str], str]) -> Figures:
    """Judge messages and count."""
    felt = [(one, feeling(one.text), emotion(one.text)) for one in messages]
    return Figures(
        messages=len(felt),
        sentiment=sum(one.sentiment == found for one, found, _ in felt),
        emotion=sum(one.emotion == found for one, _, found in felt),
        confusions=Counter((one.sentiment, found) for one, found, _ in felt if one.sentiment != found),
    )


def measured(messages: Sequence[Labelled]) -> Figures:
    """Judge messages by the lexicons."""
    return judged(messages, lambda text: sentiment(text, None).label, lambda text: emotions(text, None).label)


def main(
    directory: Annotated[Path, typer.Argument(help="Files of labelled messages.")] = SETS,
    *,
    misses: Annotated[bool, typer.Option(help="Show what of the tuning half is misjudged.")] = False,
) -> None:
    """Print the figures of each file and half."""
    for path in sorted(directory.glob("*.tsv")):
        messages = read(path)
        for name, half in (("tuned", False), ("held out", True)):
            chosen = [one for one in messages if one.held_out is half]
            began = time.process_time()
            figures = measured(chosen)
            ms = (time.process_time() - began) * 1_000 / max(1, len(chosen))
            sys.stdout.write(
                f"{path.stem:10} {name:9} {figures.messages:4} messages: "
                f"sentiment {_share(figures.sentiment, figures)},"
                f" emotion {_share(figures.emotion, figures)}, {ms:.2f} ms each\n"
            )
        if misses:
            _show([one for one in messages if not one.held_out])


def _share(right: int, figures: Figures) -> str:
    return f"{right / max(1, figures.messages):.3f}"


def _show(messages: Sequence[Labelled]) -> None:
    for one in messages:
        felt, shown = sentiment(one.text, None).label, emotions(one.text, None).label
        if felt != one.sentiment or shown != one.emotion:
            sys.stdout.write(f"  {one.sentiment}/{one.emotion} -> {felt}/{shown}: {one.text}\n")


if __name__ == "__main__":
    typer.run(main)
