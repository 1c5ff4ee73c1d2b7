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


# --- replies ---


def replied(answer: dict[str, Any], notice: str | None = None) -> dict[str, str]:
    return shown({"answer": answer, "notice": notice}, kind="reply")


def test_a_tutors_turn_shows_what_to_put_where_and_why():
    correction = {"original": "go", "suggestion": "went", "note": "It is over."}
    answer = {
        "type": "conversation",
        "turn": 2,
        "conversation": "c1",
        "message": "I go \x1b[2J home.",
        "corrections": [correction],
        "recast": "I went home.",
        "praise": None,
        "reply": "What did you do there?",
    }

    rows = replied(answer, "It may miss mistakes.")

    assert rows["turn"] == "2 of conversation c1"
    assert rows[""] == "go -> went: It is over."
    assert (rows["recast"], rows["tutor"]) == ("I went home.", "What did you do there?")
    assert (rows["note"], "praise" in rows) == ("It may miss mistakes.", False)
    assert "\x1b" not in rows["learner"]


@pytest.mark.parametrize(
    ("original", "suggestion", "change"),
    [("", "a", "(nothing) -> a"), ("the", "", "the -> (leave out)"), ("thing", None, "thing")],
)
def test_a_correction_without_words_says_so(original: str, suggestion: str | None, change: str):
    correction = {"original": original, "suggestion": suggestion, "note": "Why."}
    answer = dict.fromkeys(("turn", "conversation", "message", "recast", "praise"), None)

    rows = replied({**answer, "type": "conversation", "corrections": [correction], "reply": "And?"})

    assert rows[""] == f"{change}: Why."


def test_an_answer_says_where_it_stands_and_none_why():
    source = {"document": "guide.md", "section": "Fees"}
    answered = replied({"type": "grounded_answer", "answer": "It is free [1].", "reason": None, "citations": [source]})
    refused = replied({"type": "grounded_answer", "answer": None, "reason": "no_support", "citations": []})

    assert (answered["answer"], answered["[1]"]) == ("It is free [1].", "guide.md, Fees")
    assert refused == {"answer": "none: no_support"}


def test_an_analysis_shows_what_was_found_and_nothing_else():
    result = {
        "sentiment": {"label": "positive", "positive": 0.9},
        "emotions": {"label": "neutral", "scores": {}},
        "entities": [{"text": "부산", "type": "location"}],
        "key_phrases": None,
    }

    assert shown(result, kind="analysis") == {"sentiment": "positive (0.90)", "names": "부산 (location)"}
