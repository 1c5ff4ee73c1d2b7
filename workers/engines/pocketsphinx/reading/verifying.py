"""Second thoughts on a decoding: whether each word was really said, and whether something else was said between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workers.engines.pronunciation.alignment.aligner import align
from workers.engines.pronunciation.assessor import evidence_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from workers.engines.pocketsphinx.reading.network import Unit
    from workers.engines.pronunciation.acoustic.model import AcousticModel
    from workers.engines.pronunciation.calibration import Calibration

#: A word was said that is this likely neither left out nor replaced.
SAID_FROM = 0.22
#: Something else was said in a gap that holds it with this probability.
OTHER_FROM = 0.6
#: A gap that holds something with this probability may hold a word that is said twice, if the word fits this well.
REPEAT_FROM, REPEATED_FROM = 0.5, 0.7


@dataclass(frozen=True)
class Judged:
    """Probabilities, 0 to 1."""

    said: tuple[float, ...]
    """Of each unit."""
    other: tuple[float, ...]
    """Of other speech in each gap; one more than units."""


def judge(
    model: AcousticModel,
    calibration: Calibration,
    scores: NDArray[np.float32],
    units: Sequence[Unit],
    *,
    checkpoint: Callable[[], None],
) -> Judged:
    """Align the units with senone scores as if all were said, and weigh what the alignment tells."""
    (alignment,) = align(model, scores, [units], checkpoint=checkpoint)
    evidence = evidence_of(alignment, calibration, model)
    return Judged(
        said=tuple((1 - word.omission) * (1 - word.mispronunciation) for word in evidence.words),
        other=tuple(gap.insertion for gap in evidence.gaps),
    )
