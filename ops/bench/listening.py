"""Has the embedded engine listen to a corpus, as it is and changed."""

from __future__ import annotations

import time
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rich.progress import track

from ops.bench.comparing import Tally
from ops.bench.splicing import Change, Splicer
from ops.calibrate.edits import compared
from ops.calibrate.fitting import fitted
from ops.calibrate.folds import folds_of
from ops.calibrate.main import observed
from ops.cli.output import err
from schemas.kinds.transcription import TranscriptionRequest
from workers.engines.pocketsphinx.engine import PocketsphinxEngine
from workers.engines.pocketsphinx.reading.text import ReadText
from workers.engines.pocketsphinx.tokens import tokens_of
from workers.engines.ports import RECORDING_HZ, Recording
from workers.engines.pronunciation.lexicon import Lexicon, model_dictionary

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from ops.bench.splicing import Aligned, Spliced
    from ops.calibrate.corpus import Utterance
    from schemas.kinds.transcription import SpokenWord
    from workers.engines.ports import SourceFile
    from workers.engines.pronunciation.calibration import Calibration
    from workers.engines.pronunciation.lexicon import Phones

_AUDIO = "audio:" + "0" * 32
_SEED = 4


@dataclass(frozen=True)
class _Sound:
    """Implements AudioInput and Call for a recording in memory."""

    samples: NDArray[np.int16]
    uri: str = "s3://none/none"
    token: str = "none"  # noqa: S105 - a job's name
    remaining_s: float = 3_600.0

    def read(self) -> bytes:
        """There is no file."""
        return b""

    def recording(self) -> Recording:
        """Return it."""
        return Recording(samples=self.samples, truncated=False)

    def output(self, name: str) -> SourceFile:
        """Nothing is written."""
        raise NotImplementedError

    def progress(self, fraction: float | None, note: str | None = None, *, partial: str | None = None) -> None:
        """Nobody waits."""


@dataclass
class Measured:
    """What was counted, and what it cost."""

    groups: Mapping[str, Tally] = field(
        default_factory=lambda: {name: Tally() for name in ("all", "adults", "children")}
    )
    cpu_s: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    audio_s: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))

    @contextmanager
    def timing(self, method: str, sound: _Sound) -> Iterator[None]:
        """Count the CPU time of what is done inside."""
        start = time.process_time()
        yield
        self.cpu_s[method] += time.process_time() - start
        self.audio_s[method] += len(sound.samples) / RECORDING_HZ

    def of(self, utterance: Utterance) -> tuple[Tally, Tally]:
        """Return the tallies that an utterance counts in."""
        return self.groups["all"], self.groups["adults" if utterance.adult else "children"]


def measure(corpus: Sequence[Aligned], judges: Mapping[str, Calibration], *, free: bool) -> Measured:
    """Transcribe all recordings as they are and changed; `judges` are calibrations by speaker, shipped ones else."""
    measured = Measured()
    splicer = Splicer(corpus, seed=_SEED)
    engine = PocketsphinxEngine(PocketsphinxEngine.Options(rules=False))
    for one in track(corpus, "listening", console=err(), transient=True):
        text = ReadText(tokens_of(" ".join(one.utterance.words), lexicon()), judges.get(one.utterance.speaker))
        for spliced in splicer.changed(one):
            sound = _Sound(spliced.samples)
            with measured.timing("constrained", sound):
                words = text.heard(sound.samples, sound)
            _count(measured, spliced, _texts(words))
        if free:
            sound = _Sound(one.samples)
            with measured.timing("free", sound):
                heard = engine.transcribe(TranscriptionRequest(audio=_AUDIO), sound, sound).words
            for tally in measured.of(one.utterance):
                tally.edits["free"] += compared(one.utterance.words, _texts(heard)).edits
    return measured


def _texts(words: Sequence[SpokenWord]) -> list[str]:
    return [word.text.lower() for word in words]


def _count(measured: Measured, spliced: Spliced, heard: Sequence[str]) -> None:
    comparison = compared(spliced.utterance.words, heard)
    for tally in measured.of(spliced.utterance):
        if spliced.change is Change.NONE:
            tally.words += len(spliced.utterance.words)
            tally.edits["constrained"] += comparison.edits
            continue
        flags = tuple(map(bool, comparison.filled)) if spliced.change is Change.ADDED else comparison.missing
        tally.hits[spliced.change] += flags[spliced.place]
        tally.misses[spliced.change] += not flags[spliced.place]
        tally.false[spliced.change] += sum(flags) - flags[spliced.place]


def cross_judges(utterances: Sequence[Utterance], folds: int, cache: Path | None) -> Mapping[str, Calibration]:
    """Fit for each speaker a calibration that has not heard them."""
    observations = observed(utterances, rounds=1, cache=cache)
    fold_of = folds_of((one.speaker for one in utterances), folds)
    calibrations = [
        fitted(
            [one for one in observations if fold_of[one.utterance.speaker] != fold],
            version=f"without fold {fold}",
            provenance={},
        )
        for fold in range(folds)
    ]
    return {speaker: calibrations[fold] for speaker, fold in fold_of.items()}


def sounds(word: str) -> tuple[Phones, ...]:
    """Return a word's pronunciations; none for what the dictionary has not."""
    units = [unit for token in tokens_of(word, lexicon()) for unit in token.units]
    return units[0] if len(units) == 1 else ()


def lexicon() -> Lexicon:
    """Return the dictionary without rules for other words."""
    return Lexicon(model_dictionary())
