"""Conversations with the offline tutor, as the docs show them: `python -m ops.transcripts` writes them.

The learners' messages are written by hand; what the tutor says is its own. `tests/unit/test_tutor_transcripts.py` fails
where the page has drifted.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from schemas.conversation import History, Turn
from schemas.reply.tasks import Conversation
from workers.engines.grammar.checker import Checker
from workers.engines.practice.engine import PracticeEngine
from workers.engines.practice.tutor.turn import answer_turn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from schemas.reply.answers import ConversationAnswer
    from schemas.reply.levels import Level

PAGE = Path("docs/replies/tutor.md")
_NOW = datetime(2026, 11, 21, tzinfo=UTC)

#: By name: topic, level and what the learner says.
LEARNERS: Mapping[str, tuple[str, Level, Sequence[str]]] = {
    "food": (
        "food",
        "low",
        (
            "",
            "kimchi stew",
            "My mother cook it every weekend.",
            "She is kind and she make good soup.",
            "Yesterday I go to a restaurant with my friend.",
            "We ate 떡볶이 and it was very spicy.",
            "I don't understand.",
            "Do you like spicy food?",
            "I want to learn how to cook because I live alone.",
            "Bye!",
        ),
    ),
    "travel": (
        "travel",
        "mid",
        (
            "Hi! My name is Minji.",
            "Last summer I went to Jeju Island with my family.",
            "We was so lucky because the weather was perfect.",
            "I loved the sea, but I can't swim.",
            "I'm afraid of deep water.",
            "한국어로 설명해 주세요",
            "Maybe I will take a lesson next year.",
            "Can we talk about movies instead?",
            "I watched Parasite last weekend and it is one of the best movie.",
            "Thanks, see you!",
        ),
    ),
    "work": (
        "work and study",
        "high",
        (
            "",
            "I've been working as a nurse for six years, and I still find it meaningful.",
            "However, the night shifts have become hard on me.",
            "My manager don't listen to us.",
            "I think that hospitals should hire more people.",
            "For example, last week two nurses had to look after forty patients.",
            "I don't know.",
            "What would you do?",
            "I have been studying English because I'd like to work in Canada.",
            "It was nice talking with you.",
        ),
    ),
}


def transcript(name: str) -> str:
    """Return a conversation as Markdown."""
    topic, level, messages = LEARNERS[name]
    history = History(id=name, created_at=_NOW, level=level, role="a friendly tutor", topic=topic)
    lines = []
    for number, message in enumerate(messages, start=1):
        task = Conversation(type="conversation", message=message, topic=topic, level=level)
        answer, notes = answer_turn(task, history, number, Checker())
        turn = Turn(number=number, job_id=name, at=_NOW, message=message, reply=answer.reply, recast=answer.recast)
        kept = {PracticeEngine.name: json.loads(json.dumps(notes))}
        history = history.model_copy(update={"turns": (*history.turns, turn), "memory": kept, "topic": answer.topic})
        lines.append(_shown(number, answer))
    return "\n\n".join(lines)


def filled(page: str) -> str:
    """Return the page with every conversation as the tutor has it now."""
    for name in LEARNERS:
        start, end = f"<!-- transcript {name} -->\n", f"<!-- /transcript {name} -->"
        block = f"{start}{transcript(name)}\n{end}".replace("\\", r"\\")
        page = re.sub(rf"{start}.*?{end}", block, page, flags=re.DOTALL)
    return page


def _shown(number: int, answer: ConversationAnswer) -> str:
    said = answer.message or "*(nothing: the tutor begins)*"
    notes = [answer.found] if answer.found else []
    notes += [f"`{c.rule}`: “{c.original}” → “{c.suggestion}”" for c in answer.corrections]
    notes += [f"praise `{answer.praise.fact}`: {answer.praise.text}"] if answer.praise else []
    shown = [f"**{number}. Learner:** {said}", f"**Tutor:** {answer.reply}"]
    return "  \n".join([*shown, *([f"<sub>{' · '.join(notes)}</sub>"] if notes else [])])


def main() -> None:
    """Write the page."""
    PAGE.write_text(filled(PAGE.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
