"""The Viterbi search and what is made of it, on senone scores whose best paths are known."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.unit.tiny_phones import NAMES, STATES, heard, model
from workers.engines.pronunciation.alignment.aligner import align
from workers.engines.pronunciation.alignment.graph import LOOP_COST, SILENCE_COST, loop_network, text_network
from workers.engines.pronunciation.alignment.viterbi import SKIP_COST, Liberty, search

if TYPE_CHECKING:
    from numpy.typing import NDArray

HALF = np.log(0.5)
scores_of_anything = arrays(
    np.float32, st.tuples(st.integers(3, 9), st.just(len(NAMES) * STATES)), elements=st.integers(-30, 0).map(float)
)
texts = st.lists(st.lists(st.sampled_from("ABC"), min_size=1, max_size=2).map(tuple), min_size=1, max_size=3)


def nothing():
    pass


def aligned(scores: NDArray[np.float32], *words: tuple[str, ...]):
    (found,) = align(model(), scores, [[[word] for word in words]], checkpoint=nothing)
    return found


def test_words_and_phones_are_found_where_they_are_heard():
    found = aligned(heard(("SIL", 9), ("A", 6), ("B", 12), ("SIL", 6), ("C", 9)), ("A", "B"), ("C",))

    assert [(word.start, word.end) for word in found.words] == [(9, 27), (33, 42)]
    assert [(phone.start, phone.end) for phone in found.words[0].phones] == [(9, 15), (15, 27)]
    assert [(silence.boundary, silence.start, silence.end) for silence in found.silences] == [(0, 0, 9), (1, 27, 33)]


def test_the_score_counts_senones_transitions_and_silences():
    found = aligned(heard(("SIL", 4), ("A", 5)), ("A",))

    assert found.score == pytest.approx(9 * HALF - SILENCE_COST)


def test_the_pronunciation_that_is_heard_is_taken():
    (found,) = align(model(), heard(("A", 6), ("C", 6)), [[[("A", "B"), ("A", "C"), ("B",)]]], checkpoint=nothing)

    assert [word and word.variant for word in found.words] == [1]


@settings(max_examples=60)
@given(scores=scores_of_anything)
def test_no_path_through_a_short_word_is_better_than_the_one_found(scores: NDArray[np.float32]):
    found = search(scores, [text_network(model(), [[("A",)]])], checkpoint=nothing)[0]

    assert found.best[-1, -1] == pytest.approx(_best_by_trying_all(scores), abs=1e-3)


def _best_by_trying_all(scores: NDArray[np.float32]) -> float:
    """All ways to share the frames among an optional silence, A and an optional silence, and skipping A."""
    frames, phones = len(scores), {"S": 3, "A": 0}
    best = -np.inf
    for before, after in itertools.product(range(3), repeat=2):
        for order in ("S" * before + "A" + "S" * after, "S" * (before + after)):
            skipped = 0.0 if "A" in order else -SKIP_COST
            for cuts in itertools.combinations(range(1, frames), max(0, len(order) * STATES - 1)):
                if not order:
                    continue
                states = [phones[one] * STATES + state for one in order for state in range(STATES)]
                lengths = np.diff([0, *cuts, frames])
                senones = np.repeat(states, lengths)
                score = scores[np.arange(frames), senones].sum() + frames * HALF - SILENCE_COST * order.count("S")
                best = max(best, float(score) + skipped)
    return best


@settings(max_examples=60)
@given(scores=scores_of_anything, words=texts)
def test_forwards_and_backwards_meet_in_the_same_best_path(scores: NDArray[np.float32], words: list[tuple[str, ...]]):
    network = text_network(model(), [[word] for word in words])
    ahead, behind = search(scores, [network], [network.reversed()], checkpoint=nothing)
    through = ahead.best + behind.best[::-1, ::-1]

    # Every path passes every boundary, and none is better than the best.
    assert through.max(axis=0) == pytest.approx(np.full(network.boundaries, ahead.best[-1, -1]), abs=1e-3)


@settings(max_examples=40)
@given(scores=scores_of_anything, words=st.lists(texts, min_size=2, max_size=3))
def test_texts_aligned_together_are_aligned_as_each_alone(
    scores: NDArray[np.float32], words: list[list[tuple[str, ...]]]
):
    several = [[[word] for word in text] for text in words]
    together = align(model(), scores, several, checkpoint=nothing)

    for text, one in zip(several, together, strict=True):
        (alone,) = align(model(), scores, [text], checkpoint=nothing)
        assert one.score == pytest.approx(alone.score, abs=1e-3)
        assert one.gains.skip == pytest.approx(alone.gains.skip, abs=1e-3)
        assert one.gains.inserted == pytest.approx(alone.gains.inserted, abs=1e-3)


@settings(max_examples=60)
@given(scores=scores_of_anything, words=texts)
def test_a_path_covers_every_frame_once_whatever_is_heard(scores: NDArray[np.float32], words: list[tuple[str, ...]]):
    found = aligned(scores, *words)
    parts = sorted(
        [(word.start, word.end) for word in found.words if word is not None]
        + [(silence.start, silence.end) for silence in found.silences]
    )

    assert parts[0][0] == 0
    assert parts[-1][1] == len(scores)
    assert all(before[1] == after[0] for before, after in itertools.pairwise(parts))


@settings(max_examples=60)
@given(scores=scores_of_anything, words=texts)
def test_hearing_something_more_never_costs_anything(scores: NDArray[np.float32], words: list[tuple[str, ...]]):
    assert (aligned(scores, *words).gains.inserted >= -1e-3).all()


def test_a_word_that_is_not_heard_is_better_left_out():
    gains = aligned(heard(("A", 9), ("C", 9)), ("A",), ("B",), ("C",)).gains

    assert gains.skip[1] > 0
    assert gains.skip[0] < 0
    assert gains.skip[2] < 0


def test_something_between_two_words_is_gained_there():
    inserted = aligned(heard(("A", 9), ("B", 30), ("C", 9)), ("A",), ("C",)).gains.inserted

    assert (inserted.argmax(axis=1) == 1).all()
    assert inserted[0, 1] > 50


def test_a_word_that_there_is_no_room_for_is_left_out():
    found = aligned(heard(("A", 4), ("C", 4)), ("A",), ("B",), ("C",))

    assert [word is None for word in found.words] == [False, True, False]


def test_the_loop_hears_each_phone_for_its_price():
    found = search(heard(("C", 6), ("A", 6)), [loop_network(model())], checkpoint=nothing)[0]

    assert found.best[-1, 0] == pytest.approx(12 * HALF - 2 * LOOP_COST)


def test_it_gives_up_when_the_checkpoint_says_so():
    class EnoughError(Exception):
        pass

    def enough() -> None:
        raise EnoughError

    with pytest.raises(EnoughError):
        align(model(), heard(("A", 9)), [[[("A",)]]], checkpoint=enough)


def test_words_that_are_not_heard_are_absent_even_next_to_each_other():
    scores = heard(("A", 12), ("SIL", 6), ("C", 12), ("A", 12))
    presence = aligned(scores, ("A",), ("B",), ("B", "B"), ("C",), ("A",)).gains.presence

    assert (presence > 0).tolist() == [True, False, False, True, True]


@settings(max_examples=60)
@given(scores=scores_of_anything, words=texts)
def test_what_is_free_is_never_worse_than_what_is_not(scores: NDArray[np.float32], words: list[tuple[str, ...]]):
    network = text_network(model(), [[word] for word in words])
    (loop,) = search(scores, [loop_network(model())], checkpoint=nothing)
    liberty = Liberty(skip_cost=15, loop=loop.best[:, 0])
    (bound,) = search(scores, [network], checkpoint=nothing)
    ahead, behind = search(scores, [network], [network.reversed()], liberty=liberty, checkpoint=nothing)

    assert ahead.best[-1, -1] >= bound.best[-1, -1] - 1e-3
    assert behind.best[-1, -1] == pytest.approx(ahead.best[-1, -1], abs=1e-3)


def test_anything_may_be_said_between_words_for_a_price_per_frame():
    scores = heard(("A", 9), ("B", 30), ("C", 9))
    network = text_network(model(), [[("A",)], [("C",)]])
    (loop,) = search(scores, [loop_network(model())], checkpoint=nothing)
    liberty = Liberty(loop=loop.best[:, 0], loop_cost=5, frame_cost=2)
    (free,) = search(scores, [network], liberty=liberty, checkpoint=nothing)

    # A stretch may begin a few frames late: what the loop has up to a time is whole phones.
    assert 0 <= free.best[-1, -1] - (48 * HALF - LOOP_COST - 5 - 30 * 2) < 10
