"""Replies to be asked of engines: tasks, pasts, and what a model may say to them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

from schemas.conversation import History, Turn
from schemas.reply.tasks import (
    Conversation,
    DailyQuestion,
    GroundedAnswer,
    Partner,
    PracticeSentences,
    ReplyOptions,
    Scenario,
)
from workers.engines.ports import Asked, Chat, ChatMessage, Found, Passage

MESSAGE = "Yesterday I go to the market with my friend. I am really like kimchi!"
TURN: dict[str, Any] = {
    "reply": "That sounds fun! What did you buy at the market?",
    "corrections": [
        {"original": "go", "suggestion": "went", "rule": "tense", "note": "Yesterday is over: say went."},
        {"original": "am really like", "suggestion": "really like", "rule": "verb_form", "note": "Leave out am."},
    ],
    "recast": "Yesterday I went to the market with my friend. I really like kimchi!",
    "praise": {"text": "You said when it was.", "fact": "time_word", "evidence": "Yesterday"},
    "vocabulary": [{"text": "sounds fun", "meaning": "seems nice", "example": "That sounds fun!"}],
}
SENTENCES: dict[str, Any] = {
    "sentences": [
        {"english": "I drink coffee every morning.", "korean": "저는 매일 아침 커피를 마셔요."},
        {"english": "This soup is too salty.", "korean": "이 국은 너무 짜요."},
    ]
}
SCENE: dict[str, Any] = {
    "title": "At the café",
    "setting": "A busy café in Busan on a rainy afternoon.",
    "learner_role": "a customer",
    "partner_role": "a waiter",
    "goals": ["order a drink", "ask for the wifi"],
    "opening": "Hi! What can I get you?",
    "phrases": [{"english": "Could I have a latte?", "korean": "라테 한 잔 주시겠어요?"}],
    "picture": "A small café with wet windows and a waiter behind a wooden counter.",
}
OPTIONS: dict[str, Any] = {
    "intent": "invitation",
    "safe": {"text": "좋아, 언제가 편해?", "why": "부담 없이 받아요."},
    "balanced": {"text": "좋아! 나도 가고 싶었어. 토요일 어때?", "why": "반가움을 보여요."},
    "bold": {"text": "좋아, 둘이서 가자. 기대된다!", "why": "마음을 드러내요."},
}
QUESTION: dict[str, Any] = {"question": "오늘 고마웠던 일은 뭐예요?", "category": "gratitude"}
PASSAGES = (
    Passage(
        document="guide.md", section="Fees", start=100, text="The course costs 90,000 won a month.\nBooks are free."
    ),
    Passage(document="guide.md", section="Times", start=400, text="Classes begin at seven in the evening on weekdays."),
)
GROUNDED: dict[str, Any] = {
    "quotes": [{"number": 1, "quote": "The course costs 90,000 won a month. Books are free."}],
    "answered": True,
    "answer": "It costs 90,000 won a month [1].",
}


def spoken(answer: object) -> str:
    """Return what a model writes."""
    return json.dumps(answer, ensure_ascii=False)


def history(*said: tuple[str, str], **changes: Any) -> History:
    """Return a conversation in which these messages and replies were said."""
    now = datetime(2026, 11, 21, tzinfo=UTC)
    turns = tuple(
        Turn(number=number, job_id=f"job-{number}", at=now, message=message, reply=reply)
        for number, (message, reply) in enumerate(said, start=1)
    )
    given = {"id": "talk-1", "created_at": now, "level": "low", "role": "a friendly tutor", "topic": None}
    return History.model_validate({**given, "turns": turns, **changes})


def turn(message: str = MESSAGE, past: History | None = None, **task: Any) -> Asked:
    """Return a turn to be answered."""
    known = past or history()
    asked = Conversation.model_validate({"type": "conversation", "message": message, "level": "low", **task})
    return Asked(task=asked, history=asked.continued(known), turn=len(known.turns) + 1)


def sentences(**task: Any) -> Asked:
    return Asked(task=PracticeSentences.model_validate({"type": "practice_sentences", "topic": "food", **task}))


def scene(**task: Any) -> Asked:
    return Asked(task=Scenario.model_validate({"type": "scenario", "topic": "café", **task}))


def options(*said: tuple[str | None, str], me: str | None = "나", **task: Any) -> Asked:
    messages = tuple(ChatMessage(name=name, text=text) for name, text in said) or (
        ChatMessage(name="나", text="이번 주 뭐 해?"),
        ChatMessage(name="지수", text="별일 없어"),
        ChatMessage(name="지수", text="영화 보러 갈래?"),
    )
    given = {"type": "reply_options", "chat": "지수: 영화 보러 갈래?", "partner": Partner(name="지수"), **task}
    return Asked(task=ReplyOptions.model_validate(given), chat=Chat(messages=messages, me=me, unread_lines=2))


def question(found: Found | None = None, **task: Any) -> Asked:
    given = {"type": "grounded_answer", "question": "How much is it?", "collection": "course", **task}
    return Asked(task=GroundedAnswer.model_validate(given), found=found or Found(passages=PASSAGES, supported=True))


def daily(**task: Any) -> Asked:
    return Asked(task=DailyQuestion.model_validate({"type": "daily_question", "date": date(2026, 11, 21), **task}))
