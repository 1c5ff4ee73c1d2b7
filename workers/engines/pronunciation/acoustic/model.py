"""The acoustic model as the rest sees it: phones, transitions and senone scores."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from workers.engines.pronunciation.acoustic.definition import ModelDefinition
from workers.engines.pronunciation.acoustic.files import read_gaussians, read_mixture_weights, read_transitions
from workers.engines.pronunciation.acoustic.frontend import features
from workers.engines.pronunciation.acoustic.mixtures import Mixtures

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class AcousticModel:
    """What pocketsphinx's package has under `model/en-us`; never written to, so forked processes share it."""

    definition: ModelDefinition
    transitions: NDArray[np.float64]
    """Logarithms, (phone, from, to)."""
    mixtures: Mixtures
    version: str

    def scores(self, samples: NDArray[np.int16]) -> NDArray[np.float32]:
        """Return log likelihoods (frame of 10 ms, senone), relative to each frame's best, of mono PCM s16 at 16 kHz.

        They depend on these samples alone.

        Raises:
            ValueError: there are fewer than 410 samples.
        """
        return self.mixtures.scores(features(samples))


@cache
def load_model() -> AcousticModel:
    """Read the model; once per process, or before it is forked."""
    folder = model_folder() / "en-us"
    definition = ModelDefinition(folder / "mdef")
    means, variances = (read_gaussians(folder / name) for name in ("means", "variances"))
    weights = read_mixture_weights(folder / "sendump", len(means))
    return AcousticModel(
        definition=definition,
        transitions=read_transitions(folder / "transition_matrices"),
        mixtures=Mixtures(means, variances, weights, definition.codebooks()),
        version=f"pocketsphinx-{version('pocketsphinx')}-en-us",
    )


def model_folder() -> Path:
    """Return the folder of model and dictionary for US English, without importing pocketsphinx."""
    package = find_spec("pocketsphinx")
    if package is None or not package.submodule_search_locations:
        raise ModuleNotFoundError("Install the extra `speech`: the acoustic model comes with pocketsphinx.")
    return Path(package.submodule_search_locations[0]) / "model" / "en-us"
