"""Looking at a row beside the others of its text: recordings and speakers differ more than words do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray


def others_of(values: NDArray[np.float64], summary: Callable[..., NDArray[np.float64]]) -> NDArray[np.float64]:
    """Summarise for each row the other rows that are known; a row without others is compared with itself."""
    rows = []
    for index in range(len(values)):
        others = np.delete(values, index, axis=0)
        others = others[~np.isnan(others).any(axis=1)]
        rows.append(summary(others, axis=0) if len(others) else values[index])
    return np.array(rows).reshape(values.shape)


def signed_root(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the roots of the sizes, with the signs: gains grow with the length of what is gained on."""
    roots: NDArray[np.float64] = np.sign(values) * np.sqrt(np.abs(values))
    return roots
