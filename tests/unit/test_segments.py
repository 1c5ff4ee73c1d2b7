"""Whatever was heard: segments have every word once and in order, and are parts of the text."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from schemas.kinds.transcription import SpokenWord
from workers.engines.disfluencies import marked
from workers.engines.segments import PAUSE_MS, segments_of

WORD = st.text(st.characters(exclude_categories=("Cs", "Zs", "Cc", "Zl", "Zp")), min_size=1, max_size=8)


@st.composite
def spoken(draw: st.DrawFn) -> tuple[list[SpokenWord], str]:
    """Words in order of time, and the text with or without spaces."""
    at_ms, words = 0, []
    for text in draw(st.lists(WORD, max_size=20)):
        at_ms += draw(st.integers(0, 2 * PAUSE_MS))
        start_ms, at_ms = at_ms, at_ms + draw(st.integers(0, 800))
        speaker = draw(st.sampled_from([None, "spk_0", "spk_1"]))
        words.append(SpokenWord(text=text, start_ms=start_ms, end_ms=at_ms, confidence=None, speaker=speaker))
    return words, draw(st.sampled_from(["", " "])).join(word.text for word in words)


@given(spoken())
def test_segments_are_the_text_in_pieces(found: tuple[list[SpokenWord], str]):
    words, text = found

    segments = segments_of(words, text)

    assert "".join(part.text for part in segments).replace(" ", "") == text.replace(" ", "")
    assert all(part.text in text for part in segments)


@given(spoken())
def test_a_segment_is_of_one_speaker_and_has_no_long_pause(found: tuple[list[SpokenWord], str]):
    words, text = found

    segments = segments_of(words, text)

    for segment in segments:
        within = [word for word in words if segment.start_ms <= word.start_ms and word.end_ms <= segment.end_ms]
        assert segment.speaker in {word.speaker for word in within}
    assert all(before.end_ms <= after.start_ms for before, after in itertools.pairwise(segments))
    divided = sum(after.start_ms - before.end_ms >= PAUSE_MS for before, after in itertools.pairwise(words))
    assert len(segments) > divided or not words


@given(spoken(), st.sampled_from(["en-US", "ko-KR", "zh", None]))
def test_marking_changes_nothing_but_the_marks(found: tuple[list[SpokenWord], str], language: str | None):
    words, _ = found

    assert [word.model_copy(update={"is_disfluency": False}) for word in marked(words, language)] == words
