from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.kinds.pronunciation import Phoneme, Scores, WordScore
from workers.engines.pronunciation.picture import ROW_MS, picture
from workers.engines.pronunciation.picture.heading import Drawn
from workers.engines.pronunciation.picture.style import level_of

SVG = "{http://www.w3.org/2000/svg}"
SCORES = Scores(accuracy=88.4, fluency=91, completeness=75, prosody=None, pron_score=79.5)


def tone(seconds: float) -> np.ndarray:
    return (np.sin(np.arange(round(16_000 * seconds)) / 20) * 9_000).astype(np.int16)


def word(
    text: str | None, start_ms: int | None, end_ms: int | None, accuracy: float | None = 90.0, error: Any = "none"
) -> WordScore:
    phone = (
        (Phoneme(arpabet="AE", ipa="\u00e6", accuracy=accuracy, start_ms=start_ms, end_ms=end_ms),)
        if start_ms is not None and end_ms is not None and error != "insertion"
        else ()
    )
    return WordScore(
        text=text,
        start=None,
        end=None,
        accuracy=accuracy,
        error_type=error,
        start_ms=start_ms,
        end_ms=end_ms,
        phonemes=phone,
    )


def drawn(*words: WordScore, language: Any = "en", pauses: tuple[tuple[int, int], ...] = ()) -> Drawn:
    return Drawn(scores=SCORES, grade="C", words=words, pauses=pauses, language=language)


def parsed(*words: WordScore, seconds: float = 2.0, **fields: Any) -> ET.Element:
    return ET.fromstring(picture(drawn(*words, **fields), tone(seconds)))  # noqa: S314 - our own


def texts(root: ET.Element) -> list[str]:
    return ["".join(one.itertext()) for one in root.iter(f"{SVG}text")]


def classes(root: ET.Element) -> set[str]:
    return {one.get("class", "") for one in root.iter()}


def test_it_says_in_words_what_it_shows():
    root = parsed(word("Good", 100, 500), word("morning", None, None, None, "omission"), pauses=((500, 900),))
    title, description = (root.findtext(f"{SVG}{name}") or "" for name in ("title", "desc"))
    assert title == "Pronunciation: 79.5 (C)"
    assert "Good 90, morning (not heard)" in description
    assert "pause: 1" in description
    assert root.get("role") == "img"


def test_words_phones_pauses_and_what_was_missed_are_drawn():
    root = parsed(
        word("Good", 100, 500, 90.0),
        word("bad", 900, 1_200, 40.0),
        word("fair", 1_200, 1_500, 70.0),
        word("missed", None, None, None, "omission"),
        word(None, 1_500, 1_700, None, "insertion"),
        pauses=((500, 900),),
    )
    assert {"Good 90", "bad 40", "fair 70", "missed", "+", "0.4 s"} <= set(texts(root))
    assert {"wave good", "wave poor", "wave fair", "wave none", "wave rest", "missed"} <= classes(root)
    assert "\u00e6\u00e6\u00e6" in texts(root)


def test_colour_is_never_alone():
    fills = [one.get("fill") for one in parsed(word("a", 0, 500, 40.0), word("b", 500, 900, 70.0)).iter()]
    assert fills.count("url(#poor)") >= 3
    assert fills.count("url(#fair)") >= 3


@pytest.mark.parametrize(
    ("accuracy", "level"), [(None, "none"), (0, "poor"), (59.9, "poor"), (60, "fair"), (79.9, "fair"), (80, "good")]
)
def test_a_level_begins_at_its_score(accuracy: float | None, level: str):
    assert level_of(accuracy) == level


def test_labels_are_in_the_language_of_feedback():
    root = parsed(word("\uc548\ub155 <&>", 0, 500), language="ko")
    assert "\ubc1c\uc74c \uc810\uc218" in (root.findtext(f"{SVG}title") or "")
    assert "\uc548\ub155 <&> 90" in texts(root)


@pytest.mark.parametrize("seconds", [0.2, 6.0, 6.001, 59.9])
def test_a_long_recording_has_several_rows_and_stays_small(seconds: float):
    words = [word(f"word{index}", index * 300, index * 300 + 250) for index in range(int(seconds * 1000 / 300))]
    svg = picture(drawn(*words), tone(seconds))
    rows = ET.fromstring(svg).findall(f"{SVG}g")  # noqa: S314 - our own
    assert len(rows) == -(-seconds * 1000 // ROW_MS)
    assert len(svg) < 80_000


def test_a_word_missed_at_the_end_is_shown_in_the_last_row():
    root = parsed(word("a", 0, 2_000), word("end", None, None, None, "omission"))
    assert "end" in texts(root)


def test_words_in_a_hurry_do_not_cover_each_other():
    root = parsed(*(word(f"word{index}", index * 40, index * 40 + 40) for index in range(6)), seconds=6.0)
    places = [
        (float(one.get("x", 0)), float(one.get("y", 0)))
        for one in root.iter(f"{SVG}text")
        if one.get("class") == "word" and (one.text or "").startswith("word")
    ]
    assert len(places) == 6
    for index, (x, y) in enumerate(places):
        assert abs(x - 70 - index * 6) < 150
        assert all(y != other_y or abs(x - other_x) > 40 for other_x, other_y in places[:index])


def test_nothing_in_it_is_a_script_or_comes_from_elsewhere():
    svg = picture(drawn(word("<script>alert(1)</script>", 0, 500), word('"><a href="x">', 500, 900)), tone(1)).decode()
    assert "<script" not in svg
    assert "href" not in svg.replace("href=&quot;", "").replace('<a href="x"', "") or "&lt;a href" in svg


@given(st.text(max_size=30), st.sampled_from(["none", "omission", "insertion"]))
def test_any_text_makes_well_formed_xml(text: str, error: str):
    parsed(word(text, 0, 500, 50.0, error), seconds=0.5)


def test_silence_and_an_empty_recording_can_be_drawn():
    for samples in (np.zeros(0, np.int16), np.zeros(16_000, np.int16), np.full(1_600, -32_768, np.int16)):
        ET.fromstring(picture(drawn(word("a", None, None, None, "omission")), samples))  # noqa: S314 - our own
