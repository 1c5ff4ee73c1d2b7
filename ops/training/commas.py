"""`python -m ops.training.commas SENTENCES...`: learn where commas stand, from sentences that have theirs.

SENTENCES are files with a correct sentence on each line; docs/adr/0031 says which were taken. The same files make the
same weights.
"""

from __future__ import annotations

import random
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer

from ops.cli.output import command_line
from workers.engines.grammar.checker import tagged
from workers.engines.grammar.commas import BIAS, STEP, WEIGHTS
from workers.engines.grammar.gaps import SIZE, gaps_of
from workers.engines.grammar.words import words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from workers.engines.grammar.words import Word

#: How many of a sentence's commas are taken out: most, as learners leave out most, and some stay to go by.
_LEFT_OUT = 0.75
_SHORTEST, _LONGEST = 5, 45
_BATCH, _RATE, _ROUNDS = 2_048, 0.05, 4
#: The part that is kept for measuring.
_HELD_OUT = 20

app = command_line(add_completion=False)


@app.command()
def train(
    sentences: Annotated[list[Path], typer.Argument(help="Files with a correct sentence on each line.")],
    *,
    most: Annotated[int, typer.Option(help="How many sentences to take.")] = 300_000,
    seed: Annotated[int, typer.Option(help="Of the draw of sentences and of commas.")] = 5,
    to: Annotated[Path, typer.Option(help="The file to write.")] = WEIGHTS,
) -> None:
    """Learn the weights of the commas, say how well they do on held-out sentences, and write them."""
    rng = random.Random(seed)  # noqa: S311 - a draw that can be repeated
    lines = sorted({line for path in sentences for line in path.read_text("utf-8").splitlines()})
    gaps, commas = _observed(rng.sample(lines, min(most, len(lines))), rng)
    held_out = len(gaps) // _HELD_OUT
    weights = fitted(gaps[held_out:], commas[held_out:], seed)
    for sure in (0.5, 0.7, 0.8, 0.9, 0.95):
        typer.echo(_report(weights, gaps[:held_out], commas[:held_out], sure))
    np.save(to, weights)


def _observed(lines: Iterable[str], rng: random.Random) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """Return the features of all gaps, and whether a comma was there."""
    features, commas = [], []
    for line in lines:
        words, places = without_commas(line, rng)
        if _SHORTEST <= len(words) <= _LONGEST:
            for gap in gaps_of(tagged(words)):
                features.append(gap.features)
                commas.append(gap.place - 1 in places)
    return np.array(features, np.int32), np.array(commas)


def without_commas(line: str, rng: random.Random) -> tuple[list[Word], set[int]]:
    """Return a sentence's words without some of its commas, and the indices before which those were."""
    words: list[Word] = []
    places = set[int]()
    for word in words_of(line):
        if word.text == "," and rng.random() < _LEFT_OUT:
            places.add(len(words))
        else:
            words.append(word)
    return words, places


def fitted(gaps: NDArray[np.int32], commas: NDArray[np.bool_], seed: int) -> NDArray[np.int8]:
    """Fit a logistic regression by AdaGrad (Duchi et al. 2011), and round its weights.

    Args:
        gaps: (gaps, features) numbers below `SIZE`.
        commas: (gaps,) whether a comma was there.
        seed: Of the order.
    """
    weights, squares = np.zeros(SIZE), np.full(SIZE, 1e-6)
    order = np.random.default_rng(seed)
    for _ in range(_ROUNDS):
        for batch in _batches(order.permutation(len(gaps))):
            error = 1 / (1 + np.exp(-BIAS - weights[gaps[batch]].sum(axis=1))) - commas[batch]
            spread = np.repeat(error, gaps.shape[1])
            slope = np.bincount(gaps[batch].ravel(), spread, SIZE)
            squares += slope**2
            weights -= _RATE * slope / np.sqrt(squares)
    return np.clip(np.rint(weights / STEP), -127, 127).astype(np.int8)


def _batches(order: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    for start in range(0, len(order), _BATCH):
        yield order[start : start + _BATCH]


def _report(weights: NDArray[np.int8], gaps: NDArray[np.int32], commas: NDArray[np.bool_], sure: float) -> str:
    odds = BIAS + STEP * weights[gaps].sum(axis=1, dtype=np.int64)
    found = odds > np.log(sure / (1 - sure))
    right = int((found & commas).sum())
    precision, recall = right / max(1, int(found.sum())), right / max(1, int(commas.sum()))
    return f"surer than {sure:.2f}: precision {precision:.3f}, recall {recall:.3f}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command."""
    app(arguments)


if __name__ == "__main__":
    main()
