"""What results of text kinds say at a glance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ops.cli.output import printable
from ops.cli.results.rows import row

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ops.cli.results.rows import Rows
    from schemas.job import JsonObject


def document(result: JsonObject) -> Rows:
    """Yield what was indexed."""
    found_by = f"words and {result['embeddings']}" if result["embeddings"] else "words"
    yield row("indexed", f"{result['name']}: {result['passages']} passages, found by {found_by}")


def analysis(result: JsonObject) -> Rows:
    """Yield what was found in a text."""
    sentiment, emotions = result["sentiment"], result["emotions"]
    if sentiment:
        yield row("sentiment", f"{sentiment['label']} ({sentiment[sentiment['label']]:.2f})")
    if emotions and emotions["scores"]:
        yield row("emotions", ", ".join(f"{name} {score:.2f}" for name, score in emotions["scores"].items()))
    for label, spans in (("names", result["entities"]), ("phrases", result["key_phrases"])):
        if spans:
            yield row(label, ", ".join(_named(span) for span in spans))


def reply(result: JsonObject) -> Rows:
    """Yield the answer to a task."""
    answer = result["answer"]
    yield from _ANSWERS[answer["type"]](answer)
    if result["notice"]:
        yield row("note", result["notice"], "dim")


def change(correction: JsonObject) -> str:
    """Say what to put where, of a correction."""
    original, suggestion = correction["original"], correction["suggestion"]
    if suggestion is None:
        return printable(original)
    return printable(f"{original or '(nothing)'} -> {suggestion or '(leave out)'}")


def _named(span: JsonObject) -> str:
    return f"{span['text']} ({span['type']})" if "type" in span else str(span["text"])


def _conversation(answer: JsonObject) -> Rows:
    yield row("turn", f"{answer['turn']} of conversation {answer['conversation']}")
    if answer["message"]:
        yield row("learner", answer["message"])
    for each in answer["corrections"]:
        yield row("", f"{change(each)}: {each['note']}", "yellow")
    if answer["recast"]:
        yield row("recast", answer["recast"], "green")
    if answer["praise"]:
        yield row("praise", answer["praise"]["text"])
    yield row("tutor", answer["reply"], "bold")


def _sentences(answer: JsonObject) -> Rows:
    for sentence in answer["sentences"]:
        yield row("", f"{sentence['english']}  {sentence['korean']}")


def _scenario(answer: JsonObject) -> Rows:
    yield row("scene", f"{answer['title']}: {answer['setting']}")
    yield row("opening", answer["opening"])


def _options(answer: JsonObject) -> Rows:
    for option in answer["options"]:
        yield row(option["risk"], option["text"])


def _grounded(answer: JsonObject) -> Rows:
    yield row("answer", answer["answer"] or f"none: {answer['reason']}")
    for number, source in enumerate(answer["citations"], start=1):
        yield row(f"[{number}]", f"{source['document']}, {source['section']}", "dim")


def _daily(answer: JsonObject) -> Rows:
    yield row("question", answer["question"])


_ANSWERS: Mapping[str, Callable[[JsonObject], Rows]] = {
    "conversation": _conversation,
    "daily_question": _daily,
    "grounded_answer": _grounded,
    "practice_sentences": _sentences,
    "reply_options": _options,
    "scenario": _scenario,
}
