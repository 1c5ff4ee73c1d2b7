"""The corpus as an argument of a command."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ops.calibrate.corpus import read_corpus
from ops.cli.output import fail

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ops.calibrate.corpus import Utterance

Corpus = Annotated[Path, typer.Argument(help="Folder with manifest.tsv and FLAC files, or Kaldi's lists.")]


def utterances_of(corpus: Path, limit: int | None = None) -> Sequence[Utterance]:
    """Return a corpus's utterances, so many at most, or end the command where there is none."""
    try:
        return read_corpus(corpus)[:limit]
    except FileNotFoundError:
        fail(f"{corpus} has neither manifest.tsv nor Kaldi's wav.scp, text, utt2spk and spk2age.")
