"""What Transcribe writes, in our terms: numbers from strings, punctuation with its word, who speaks, sentences."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from schemas.errors import PermanentError
from tests.vendors.documents import HELLO, KOREAN, Said, document
from workers.engines.transcribe.document import transcript_of

if TYPE_CHECKING:
    from workers.engines.ports import Transcript

#: As AWS documents it, shortened:
#: https://docs.aws.amazon.com/transcribe/latest/dg/diarization-output-batch.html
SPEAKERS = """
{"jobName": "my-first-transcription-job", "accountId": "111122223333", "results": {
  "transcripts": [{"transcript": "I've been on hold. Sorry about that."}],
  "speaker_labels": {"channel_label": "ch_0", "speakers": 2, "segments": [
    {"start_time": "4.87", "speaker_label": "spk_0", "end_time": "5.64", "items": [
      {"start_time": "4.87", "speaker_label": "spk_0", "end_time": "5.02"},
      {"start_time": "5.02", "speaker_label": "spk_0", "end_time": "5.17"},
      {"start_time": "5.17", "speaker_label": "spk_0", "end_time": "5.29"},
      {"start_time": "5.29", "speaker_label": "spk_0", "end_time": "5.64"}]},
    {"start_time": "5.90", "speaker_label": "spk_1", "end_time": "6.74", "items": [
      {"start_time": "5.90", "speaker_label": "spk_1", "end_time": "6.38"},
      {"start_time": "6.38", "speaker_label": "spk_1", "end_time": "6.55"},
      {"start_time": "6.55", "speaker_label": "spk_1", "end_time": "6.74"}]}]},
  "items": [
    {"id": 0, "start_time": "4.87", "speaker_label": "spk_0", "end_time": "5.02",
     "alternatives": [{"confidence": "1.0", "content": "I've"}], "type": "pronunciation"},
    {"id": 1, "start_time": "5.02", "speaker_label": "spk_0", "end_time": "5.17",
     "alternatives": [{"confidence": "0.998", "content": "been"}], "type": "pronunciation"},
    {"id": 2, "start_time": "5.17", "speaker_label": "spk_0", "end_time": "5.29",
     "alternatives": [{"confidence": "1.0", "content": "on"}], "type": "pronunciation"},
    {"id": 3, "start_time": "5.29", "speaker_label": "spk_0", "end_time": "5.64",
     "alternatives": [{"confidence": "1.0", "content": "hold"}], "type": "pronunciation"},
    {"id": 4, "speaker_label": "spk_0",
     "alternatives": [{"confidence": "0.0", "content": "."}], "type": "punctuation"},
    {"id": 5, "start_time": "5.90", "speaker_label": "spk_1", "end_time": "6.38",
     "alternatives": [{"confidence": "1.0", "content": "Sorry"}], "type": "pronunciation"},
    {"id": 6, "start_time": "6.38", "speaker_label": "spk_1", "end_time": "6.55",
     "alternatives": [{"confidence": "1.0", "content": "about"}], "type": "pronunciation"},
    {"id": 7, "start_time": "6.55", "speaker_label": "spk_1", "end_time": "6.74",
     "alternatives": [{"confidence": "1.0", "content": "that"}], "type": "pronunciation"},
    {"id": 8, "speaker_label": "spk_1",
     "alternatives": [{"confidence": "0.0", "content": "."}], "type": "punctuation"}],
  "audio_segments": [
    {"id": 0, "transcript": "I've been on hold.", "start_time": "4.87", "end_time": "5.64", "speaker_label": "spk_0",
     "items": [0, 1, 2, 3, 4]},
    {"id": 1, "transcript": "Sorry about that.", "start_time": "5.90", "end_time": "6.76", "speaker_label": "spk_1",
     "items": [5, 6, 7, 8]}]},
 "status": "COMPLETED"}
"""


def read(document: bytes | str, *, language: str | None = "en-US") -> Transcript:
    raw = document.encode() if isinstance(document, str) else document
    return transcript_of(raw, language=language, model="1", engine="amazon-transcribe")


def words(transcript: Transcript) -> list[tuple[str, int, int]]:
    return [(word.text, word.start_ms, word.end_ms) for word in transcript.words]


def segments(transcript: Transcript) -> list[tuple[str, int, int, str | None]]:
    return [(part.text, part.start_ms, part.end_ms, part.speaker) for part in transcript.segments]


def test_strings_are_numbers_and_punctuation_is_with_its_word():
    transcript = read(HELLO)

    assert words(transcript) == [("Hello,", 40, 410), ("how", 500, 620), ("are", 620, 750), ("you?", 750, 980)]
    assert [word.confidence for word in transcript.words] == [0.99, 0.99, 0.99, 0.874]
    assert transcript.text == "Hello, how are you?"
    assert segments(transcript) == [("Hello, how are you?", 40, 980, None)]
    assert (transcript.language, transcript.quality, transcript.duration_ms) == ("en-US", "standard", 980)


def test_words_and_segments_have_their_speakers():
    transcript = read(SPEAKERS)

    assert segments(transcript) == [
        ("I've been on hold.", 4870, 5640, "spk_0"),
        ("Sorry about that.", 5900, 6740, "spk_1"),
    ]
    assert [word.speaker for word in transcript.words] == ["spk_0"] * 4 + ["spk_1"] * 3
    assert transcript.words[1].confidence == 0.998
    assert transcript.duration_ms == 6760


def test_a_change_of_speakers_divides_what_has_no_punctuation():
    said = (Said("yes", 0.0, 0.4, speaker="spk_0"), Said("why", 0.4, 0.8, speaker="spk_1"))

    assert segments(read(document("yes why", *said))) == [("yes", 0, 400, "spk_0"), ("why", 400, 800, "spk_1")]


def test_an_older_document_has_the_speakers_apart_from_the_words():
    whole: Any = json.loads(SPEAKERS)
    for item in whole["results"]["items"]:
        item.pop("speaker_label", None)
    del whole["results"]["audio_segments"]

    assert read(json.dumps(whole)).words == read(SPEAKERS).words


def test_korean_is_divided_into_sentences():
    transcript = read(KOREAN, language=None)

    assert [part.text for part in transcript.segments] == ["안녕하세요.", "만나서 반갑습니다."]
    assert words(transcript)[0] == ("안녕하세요.", 100, 800)
    assert transcript.language == "ko-KR"


def test_a_language_without_spaces_gets_none():
    said = (Said("你", 0.0, 0.2), Said("好", 0.2, 0.4), Said("。"), Said("再见", 0.6, 1.0), Said("。"))

    transcript = read(document("你好。再见。", *said), language="zh-CN")

    assert [part.text for part in transcript.segments] == ["你好。", "再见。"]


def test_a_pause_of_a_second_divides_what_has_no_punctuation():
    transcript = read(document("one two", Said("one", 0.0, 0.4), Said("two", 1.4, 1.8)))

    assert segments(transcript) == [("one", 0, 400, None), ("two", 1400, 1800, None)]
    assert len(read(document("one two", Said("one", 0.0, 0.4), Said("two", 1.399, 1.8))).segments) == 1


def test_a_word_that_the_text_spells_otherwise_is_not_looked_for():
    transcript = read(document("5 dogs bark", Said("five", 0.0, 0.4), Said("dogs", 0.4, 0.8)))

    assert [part.text for part in transcript.segments] == ["five dogs"]


def test_an_opening_mark_is_with_the_word_after_it():
    transcript = read(document("¿Qué?", Said("¿"), Said("Qué", 0.0, 0.3), Said("?")), language="es-US")

    assert words(transcript) == [("¿Qué?", 0, 300)]


@pytest.mark.parametrize(
    ("language", "said", "marked"),
    [
        ("en-US", "um I I want want, want it uh", [0, 2, 4, 7]),
        ("en-US", "Hm. No, no no.", [0, 3]),
        ("ko-KR", "음 저는 저는 그 음식 어", [0, 2, 5]),
        ("fr-FR", "um oui oui", [2]),
        (None, "um", []),
    ],
)
def test_fillers_and_what_is_said_again_are_marked(language: str | None, said: str, marked: list[int]):
    pieces = []
    for number, word in enumerate(said.split()):
        pieces.append(Said(word.rstrip(".,"), number * 0.5, number * 0.5 + 0.4))
        pieces.extend(Said(mark) for mark in word if mark in ".,")

    transcript = read(document(said, *pieces), language=language)

    assert [number for number, word in enumerate(transcript.words) if word.is_disfluency] == marked


def test_the_same_word_of_another_speaker_or_after_a_second_is_not_said_again():
    said = (Said("no", 0.0, 0.4, speaker="spk_0"), Said("no", 0.5, 0.9, speaker="spk_1"))
    later = (Said("no", 0.0, 0.4), Said("no", 1.4, 1.9))

    for pieces in (said, later):
        assert not any(word.is_disfluency for word in read(document("no no", *pieces)).words)


def test_nothing_said_is_an_empty_text():
    transcript = read(document(""))

    assert (transcript.text, transcript.words, transcript.segments, transcript.duration_ms) == ("", (), (), 0)


@pytest.mark.parametrize(
    "raw", [b"", b"{}", b"<Error/>", b'{"results": {"items": [{"type": "song"}]}}', HELLO.replace(b"0.04", b"soon")]
)
def test_a_document_that_is_none_is_said_to_be_unreadable_and_not_quoted(raw: bytes):
    with pytest.raises(PermanentError) as raised:
        read(raw)

    assert raised.value.code == "unreadable_answer"
    assert "Hello" not in str(raised.value)
    assert raised.value.__suppress_context__


def test_times_and_confidences_that_cannot_be_are_put_right():
    transcript = read(document("so", Said("so", 1.0, 0.5, confidence=1.0001)))

    assert words(transcript) == [("so", 1000, 1000)]
    assert transcript.words[0].confidence == 1.0
