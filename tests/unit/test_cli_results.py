"""What a result says at a glance: scores, words and what is wrong with them; nothing that drives a terminal."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from ops.cli.results import glance

SCORES = {"accuracy": 91.4, "fluency": 80.0, "completeness": 75.0, "prosody": None, "pron_score": 84.6}


def word(text: str | None, accuracy: float | None, error_type: str = "none") -> dict[str, Any]:
    return {"text": text, "accuracy": accuracy, "error_type": error_type}


def scored(*words: dict[str, Any], **fields: Any) -> dict[str, Any]:
    feedback = [{"code": "omitted_words", "text": 'You left out "are".'}]
    return {"scores": SCORES, "grade": "B", "words": words, "feedback": feedback, **fields}


def shown(result: dict[str, Any], *, kind: str = "pronunciation", in_colour: bool = False) -> dict[str, str]:
    rows = {}
    for label, text in glance(kind, result):
        out = io.StringIO()
        console = Console(file=out, width=400, force_terminal=in_colour, color_system="standard" if in_colour else None)
        console.print(text, end="")
        rows[label] = out.getvalue()
    return rows


def test_scores_and_grade_are_shown_and_what_is_unknown_is_said():
    said = shown(scored())["score"]

    assert said == "85, grade B: accuracy 91, fluency 80, completeness 75, prosody unknown"


def test_each_word_says_how_it_was_spoken():
    words = (
        word("How", 95.0),
        word("are", None, "omission"),
        word("yu", 40.2, "mispronunciation"),
        word(None, None, "insertion"),
        word("today", None),
    )

    assert shown(scored(*words))["words"] == (
        "How 95  are missing  yu 40, mispronounced  (something) added  today unknown"
    )


@pytest.mark.parametrize(("accuracy", "colour"), [(80.0, "32"), (79.9, "33"), (60.0, "33"), (59.9, "31")])
def test_a_words_colour_follows_its_accuracy(accuracy: float, colour: str):
    assert f"\x1b[{colour}m" in shown(scored(word("How", accuracy)), in_colour=True)["words"]


def test_feedback_is_shown():
    assert shown(scored())["feedback"] == 'You left out "are".'


def test_a_transcript_says_how_good_it_is():
    result = {"text": "good morning", "quality": "constrained", "words": [{}, {}], "duration_ms": 2175}

    rows = shown(result, kind="transcription")

    assert rows == {"text": "good morning", "quality": "constrained, 2 words in 2.2 s"}
    assert shown({**result, "text": ""}, kind="transcription")["text"] == "nothing was said"


def test_a_kind_whose_files_say_all_has_no_rows():
    assert list(glance("tts", {"audio": {}})) == []


def test_no_result_drives_the_terminal():
    rows = shown(scored(word("\x1b[31mHow\u202e", 90.0), feedback=[{"code": "x", "text": "\x1b]0;"}]))

    assert not {"\x1b", "\u202e"} & set("".join(rows.values()))
