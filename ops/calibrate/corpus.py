"""A corpus folder: recordings, who speaks, and the text that was read."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

ADULT_AGE = 16


@dataclass(frozen=True)
class Utterance:
    """A recording of one sentence."""

    name: str
    speaker: str
    age: int
    words: tuple[str, ...]
    """In lower case."""
    path: Path

    @property
    def adult(self) -> bool:
        """Whether the speaker is 16 or older."""
        return self.age >= ADULT_AGE

    def samples(self) -> NDArray[np.int16]:
        """Return mono PCM s16 at 16 kHz."""
        import av  # noqa: PLC0415 - heavy
        import numpy as np  # noqa: PLC0415

        with av.open(str(self.path)) as container:
            resampler = av.AudioResampler(format="s16", layout="mono", rate=16_000)
            frames = [*container.decode(audio=0), None]
            parts = [part.to_ndarray().ravel() for frame in frames for part in resampler.resample(frame)]
        return np.concatenate(parts)


def read_corpus(folder: Path) -> list[Utterance]:
    """Read a folder with `manifest.tsv` and FLAC files, or with Kaldi's `wav.scp`, `text`, `utt2spk`, `spk2age`.

    Sorted by name.

    Raises:
        FileNotFoundError: it is neither.
    """
    utterances = _of_manifest(folder) if (folder / "manifest.tsv").exists() else _of_kaldi(folder)
    return sorted(utterances, key=lambda utterance: utterance.name)


def _of_manifest(folder: Path) -> list[Utterance]:
    with (folder / "manifest.tsv").open(encoding="utf-8", newline="") as file:
        return [
            Utterance(row["id"], row["speaker"], int(row["age"]), _words(row["text"]), folder / f"{row['id']}.flac")
            for row in csv.DictReader(file, delimiter="\t")
        ]


def _of_kaldi(folder: Path) -> list[Utterance]:
    texts, paths, speakers, ages = (_table(folder / name) for name in ("text", "wav.scp", "utt2spk", "spk2age"))
    return [
        Utterance(name, speakers[name], int(ages[speakers[name]]), _words(text), _path(folder, paths[name]))
        for name, text in texts.items()
    ]


def _path(folder: Path, path: str) -> Path:
    """Relative to the folder, or, as in speechocean762, to the one above."""
    return next((place / path for place in (folder, folder.parent) if (place / path).exists()), folder / path)


def _table(path: Path) -> dict[str, str]:
    lines = (line.split(maxsplit=1) for line in path.read_text("utf-8").splitlines() if line.strip())
    return {name: rest[0].strip() if rest else "" for name, *rest in lines}


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.lower().split())
