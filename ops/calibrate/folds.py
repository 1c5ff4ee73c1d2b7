"""Speaker-disjoint folds: nobody's speech is judged by weights that have seen it."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def folds_of(speakers: Iterable[str], count: int) -> dict[str, int]:
    """Return each speaker's fold; always the same for the same speakers.

    Raises:
        ValueError: there are fewer speakers than folds, or fewer than two folds.
    """
    names = sorted(set(speakers))
    if count < 2:  # noqa: PLR2004
        raise ValueError("One fold leaves nobody to learn from.")
    if len(names) < count:
        raise ValueError(f"{len(names)} speakers are too few for {count} folds.")
    Random(762).shuffle(names)  # noqa: S311 - to be repeatable
    return {name: index % count for index, name in enumerate(names)}
