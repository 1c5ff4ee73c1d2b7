"""What results of speech kinds say at a glance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from ops.cli.output import printable

if TYPE_CHECKING:
    from ops.cli.results.rows import Rows
    from schemas.job import JsonObject

#: From which accuracy on a word is green, and yellow; below it is red.
_GOOD, _FAIR = 80, 60


def transcription(result: JsonObject) -> Rows:
    """Yield what was said."""
    yield "text", Text(printable(result["text"]) or "nothing was said")
    yield "quality", Text(f"{result['quality']}, {len(result['words'])} words in {result['duration_ms'] / 1000:.1f} s")


def pronunciation(result: JsonObject) -> Rows:
    """Yield scores, words and feedback."""
    scores = dict(result["scores"])
    whole = f"{_score(scores.pop('pron_score'))}, grade {result['grade'] or 'unknown'}"
    yield "score", Text(f"{whole}: {', '.join(f'{name} {_score(score)}' for name, score in scores.items())}")
    yield "words", Text("  ").join(map(_word, result["words"]))
    for number, said in enumerate(result["feedback"]):
        yield "" if number else "feedback", Text(printable(said["text"]))


def _score(score: float | None) -> str:
    return "unknown" if score is None else f"{score:.0f}"


def _word(word: JsonObject) -> Text:
    """Return a word with its accuracy, or what is wrong with it; the colour says no more than that."""
    said = printable(word["text"] or "(something)")
    match word["error_type"]:
        case "omission":
            return Text(f"{said} missing", style="red")
        case "insertion":
            return Text(f"{said} added", style="magenta")
        case "mispronunciation":
            return Text(f"{said} {_score(word['accuracy'])}, mispronounced", style="red")
    return Text(f"{said} {_score(word['accuracy'])}", style=_colour(word["accuracy"]))


def _colour(accuracy: float | None) -> str:
    if accuracy is None:
        return "dim"
    if accuracy >= _GOOD:
        return "green"
    return "yellow" if accuracy >= _FAIR else "red"
