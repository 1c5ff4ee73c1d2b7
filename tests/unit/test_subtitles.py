from __future__ import annotations

import html
import re
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from schemas.kinds.transcription import Segment, SpokenWord
from workers.engines.subtitles import MAX_CUE_MS, MAX_LINE, MAX_LINES, cues_of, srt, vtt

_TIME = r"(\d+):(\d\d):(\d\d)[.,](\d{3})"
_CUE = re.compile(rf"(?:(\d+)\n)?{_TIME} --> {_TIME}\n((?:.+\n?)+)")


def word(text: str, start_ms: int, end_ms: int, speaker: str | None = None) -> SpokenWord:
    return SpokenWord(text=text, start_ms=start_ms, end_ms=end_ms, confidence=None, speaker=speaker)


def segment(words: list[SpokenWord], speaker: str | None = None) -> Segment:
    return Segment(
        text=" ".join(one.text for one in words), start_ms=words[0].start_ms, end_ms=words[-1].end_ms, speaker=speaker
    )


def parsed(file: bytes) -> list[tuple[int, int, str]]:
    """Start, end and text of each cue."""
    found = []
    for match in _CUE.finditer(file.decode()):
        times = [int(number) for number in match.groups()[1:9]]
        start, end = (((h * 60 + m) * 60 + s) * 1000 + ms for h, m, s, ms in (times[:4], times[4:]))
        found.append((start, end, match[10].rstrip("\n")))
    return found


def plain(text: str) -> str:
    return "".join(text.split())


@st.composite
def transcripts(draw: st.DrawFn) -> tuple[list[Segment], list[SpokenWord]]:
    segments, words, at = [], [], 0
    for _ in range(draw(st.integers(1, 4))):
        some = []
        for text in draw(
            st.lists(st.from_regex(r"[^\s\x00-\x1f\x7f-\x9f]{1,60}", fullmatch=True), min_size=1, max_size=25)
        ):
            start = at + draw(st.integers(0, 3_000))
            at = start + draw(st.integers(0, 9_000))
            some.append(word(text, start, at))
        words += some
        segments.append(segment(some))
    return segments, words


@given(transcripts())
def test_cues_keep_order_limits_and_every_character(said: tuple[list[Segment], list[SpokenWord]]):
    segments, words = said
    cues = cues_of(segments, words)
    assert all(len(cue.lines) <= MAX_LINES and max(map(len, cue.lines)) <= MAX_LINE for cue in cues)
    assert all(0 < cue.end_ms - cue.start_ms <= MAX_CUE_MS for cue in cues)
    assert all(cue.end_ms <= following.start_ms for cue, following in pairwise(cues))
    shown = plain("".join(line for cue in cues for line in cue.lines))
    assert shown == plain("".join(segment.text for segment in segments))


@given(transcripts())
def test_files_say_what_the_cues_say(said: tuple[list[Segment], list[SpokenWord]]):
    cues = cues_of(*said)
    expected = [(cue.start_ms, cue.end_ms, plain("".join(cue.lines))) for cue in cues]
    from_srt = [(start, end, plain(text.replace("\u200b", ""))) for start, end, text in parsed(srt(cues))]
    from_vtt = [(start, end, plain(html.unescape(text))) for start, end, text in parsed(vtt(cues))]
    assert from_srt == [(start, end, text.replace("\u200b", "")) for start, end, text in expected]
    assert from_vtt == expected


def test_subtitles_look_like_this():
    words = [
        word("Good", 0, 300), word("morning!", 300, 900),
        word("안녕하세요,", 4_000, 4_800), word("친구", 4_800, 5_200),
    ]  # fmt: skip
    cues = cues_of([segment(words[:2]), segment(words[2:])], words)
    assert srt(cues).decode() == (
        "1\n00:00:00,000 --> 00:00:00,900\nGood morning!\n\n2\n00:00:04,000 --> 00:00:05,200\n안녕하세요, 친구\n"
    )
    assert vtt(cues).decode() == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:00.900\nGood morning!\n\n00:00:04.000 --> 00:00:05.200\n안녕하세요, 친구\n"
    )


def test_webvtt_has_speakers_and_no_markup_of_strangers():
    words = [word("a<b>&-->", 0, 500, "R&D>\nB")]
    (cue,) = cues_of([segment(words, "R&D>\nB")], words)
    assert vtt([cue]).decode().splitlines()[-1] == "<v R&amp;D&gt; B>a&lt;b&gt;&amp;--&gt;"


def test_a_text_can_not_pass_for_a_time_line_of_subrip():
    words = [word("00:00:00,000", 0, 100), word("-->", 100, 200), word("00:00:09,000", 200, 300)]
    assert srt(cues_of([segment(words)], words)).count(b" --> ") == 1


def test_speakers_who_talk_at_once_come_one_after_the_other():
    first, second = [word("one", 0, 3_000, "A")], [word("two", 1_000, 2_000, "B")]
    cues = cues_of([segment(first, "A"), segment(second, "B")], [*first, *second])
    assert [(cue.start_ms, cue.end_ms, cue.speaker) for cue in cues] == [(0, 1_000, "A"), (1_000, 2_000, "B")]


def test_without_times_of_words_a_segment_is_shared_out():
    text = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    cues = cues_of([Segment(text=text, start_ms=0, end_ms=10_000)], [])
    assert len(cues) > 1
    assert cues[0].start_ms == 0
    assert cues[-1].end_ms == 10_000


def test_a_pause_within_a_segment_begins_a_new_cue():
    words = [word("wait", 0, 400), word("now", 2_500, 2_900)]
    assert len(cues_of([segment(words)], words)) == 2


def test_hours_are_counted():
    words = [word("late", 3_725_250, 3_726_000)]
    assert b"01:02:05.250 --> 01:02:06.000" in vtt(cues_of([segment(words)], words))


def test_a_word_that_fits_no_line_is_cut():
    words = [word("a" * 100, 0, 1_000)]
    cues = cues_of([segment(words)], words)
    assert [line for cue in cues for line in cue.lines] == ["a" * 42, "a" * 42, "a" * 16]
