from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from schemas.errors import PermanentError
from schemas.kinds.reply import ReplyRequest, ReplyResult
from schemas.reply.answers import DailyQuestionAnswer
from schemas.usage import Usage
from tests import replies
from tests.integration.calling import Attempt
from tests.scripted_model import TOKENS, ScriptedEngine
from workers.engines.ports import Found, Reply
from workers.handlers.reply import handle

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemas.conversation import History
    from schemas.reply.tasks import Conversation
    from workers.engines.ports import Asked, Call, Folder

JOB = "0198c5f0-3b5a-7c3e-9d55-0d6c1f6a2b11"
FELT = {
    "engine": "offline-lexicon", "model": "1", "language": "ko",
    "sentiment": {"label": "positive", "positive": 0.9, "negative": 0, "neutral": 0.1, "mixed": 0},
}  # fmt: skip


@dataclass
class Talk:
    """A conversation's next turn."""

    history: History
    turn: int = 1
    ended: list[dict[str, Any]] = field(default_factory=list)

    def end(self, **said: Any) -> None:
        self.ended.append(said)


@dataclass
class File:
    uri: str = "s3://bucket/key"
    data: bytes = "지수: 영화 보러 갈래?".encode()

    def read(self) -> bytes:
        return self.data


@dataclass
class Retrieval:
    asked: list[tuple[str, str, int]] = field(default_factory=list)
    found: Found = field(default_factory=lambda: Found(passages=replies.PASSAGES, supported=True))

    def search(self, question: str, folder: Folder, *, limit: int, call: Call) -> Found:
        self.asked.append((question, folder.id, limit))
        return self.found


@dataclass
class Place:
    id: str


@dataclass
class Work(Attempt):
    engine: Any = None
    talk: Talk = field(default_factory=lambda: Talk(replies.history()))
    retrieval: Retrieval = field(default_factory=Retrieval)
    results: Mapping[tuple[str, str], Any] = field(default_factory=dict)
    usage: Usage | None = None

    def conversation(self, task: Conversation) -> Talk:
        return self.talk

    def engine_of(self, role: str) -> Retrieval:
        assert role == "retrieval"
        return self.retrieval

    def collection(self, name: str) -> Place:
        return Place(f"mina-{name}")

    def result_of(self, job_id: str, kind: str) -> Any:
        if (job_id, kind) not in self.results:
            raise PermanentError("unknown_job", "No.")
        return self.results[job_id, kind]

    def input(self, ref: str) -> File:
        assert ref == "document:" + "0" * 32
        return File()

    def record_usage(self, usage: Usage) -> None:
        self.usage = usage


def handled(work: Work, **task: Any) -> ReplyResult:
    return handle(ReplyRequest.model_validate({"task": task}), work)  # type: ignore[arg-type]


def test_a_turn_is_answered_and_written_down():
    past = replies.history(("Hi.", "Hello!"), memory={"other": [1]}, summary="Mina is shy.", summarised_turns=1)
    work = Work(engine=ScriptedEngine(replies.TURN), talk=Talk(past, turn=2))

    result = handled(work, type="conversation", message=replies.MESSAGE)

    assert (result.engine, result.model, result.prompt) == ("scripted", "scripted-1", "conversation-1")
    assert result.answer.type == "conversation"
    assert result.answer.turn == 2
    assert work.talk.ended == [
        {
            "reply": replies.TURN["reply"],
            "recast": replies.TURN["recast"],
            "memory": {"other": [1]},
            "summary": "Mina is shy.",
            "summarised_turns": 1,
        }
    ]
    assert work.usage == Usage(tokens=TOKENS.input + TOKENS.output)


def test_a_turn_that_fails_is_not_written_down():
    work = Work(engine=ScriptedEngine(PermanentError("x", "No.")))

    with pytest.raises(PermanentError):
        handled(work, type="conversation", message="Hi")

    assert work.talk.ended == []


def test_an_engines_notes_are_kept_under_its_name_beside_those_of_others():
    @dataclass
    class Noting(ScriptedEngine):
        name = "noting"

        def answer(self, asked: Asked, call: Call) -> Reply:
            made = ScriptedEngine(replies.TURN).answer(asked, call)
            return Reply(answer=made.answer, model="1", memory={"slots": 3}, summary="New.", summarised_turns=4)

    work = Work(engine=Noting(), talk=Talk(replies.history(memory={"other": [1]})))

    handled(work, type="conversation", message="Hi")

    assert work.talk.ended[0]["memory"] == {"other": [1], "noting": {"slots": 3}}
    assert (work.talk.ended[0]["summary"], work.talk.ended[0]["summarised_turns"]) == ("New.", 4)


def test_a_question_is_asked_of_the_owners_collection_first():
    work = Work(engine=ScriptedEngine(replies.GROUNDED))

    result = handled(work, type="grounded_answer", question="How much?", collection="course", passages=3)

    assert work.retrieval.asked == [("How much?", "mina-course", 3)]
    assert "searching" in work.said
    assert result.answer.type == "grounded_answer"
    assert result.answer.citations[0].document == "guide.md"


def test_a_question_without_support_costs_nothing():
    work = Work(engine=ScriptedEngine(), retrieval=Retrieval(found=Found(passages=(), supported=False, empty=True)))

    result = handled(work, type="grounded_answer", question="How much?", collection="course")

    assert result.answer.type == "grounded_answer"
    assert result.answer.reason == "empty_collection"
    assert work.usage == Usage()


@pytest.mark.parametrize("source", [{"chat": "지수: 영화 보러 갈래?"}, {"export": "document:" + "0" * 32}])
def test_a_chat_is_read_from_the_request_or_from_an_upload(source: dict[str, str]):
    engine = ScriptedEngine(replies.OPTIONS)

    result = handled(Work(engine=engine), type="reply_options", **source)

    assert "<partner>지수: 영화 보러 갈래?</partner>" in engine.prompts[0].turns[0].text
    assert result.answer.type == "reply_options"
    assert (result.answer.partner, result.answer.messages) == ("지수", 1)


def test_an_analysis_of_the_owners_is_taken_into_account():
    engine = ScriptedEngine(replies.OPTIONS)
    work = Work(engine=engine, results={(JOB, "analysis"): FELT})

    handled(work, type="reply_options", chat="지수: 안녕", analysis=JOB)

    assert "<feelings>positive</feelings>" in engine.prompts[0].turns[0].text


def test_an_analysis_that_is_not_the_owners_is_none():
    with pytest.raises(PermanentError, match="unknown_job"):
        handled(Work(engine=ScriptedEngine()), type="reply_options", chat="지수: 안녕", analysis=JOB)


def test_the_other_tasks_need_nothing_beside_the_request():
    made = {
        "practice_sentences": ({"topic": "food"}, replies.SENTENCES),
        "scenario": ({"topic": "café"}, replies.SCENE),
        "daily_question": ({"date": "2026-11-21"}, replies.QUESTION),
    }

    for name, (task, said) in made.items():
        assert handled(Work(engine=ScriptedEngine(said)), type=name, **task).answer.type == name


def test_an_engine_without_tokens_is_recorded_as_such():
    class Free(ScriptedEngine):
        def answer(self, asked: Asked, call: Call) -> Reply:
            question = DailyQuestionAnswer(date="2026-11-21", question="Why?", category="fun")
            return Reply(answer=question, model="1", notice="By rules.", cost_microusd=5)

    work = Work(engine=Free())

    result = handled(work, type="daily_question", date="2026-11-21")

    assert (result.tokens, result.prompt, result.notice) == (None, None, "By rules.")
    assert work.usage == Usage(cost_microusd=5)


def test_an_engine_that_answers_a_turn_by_something_else_is_a_defect():
    class Confused(ScriptedEngine):
        def answer(self, asked: Asked, call: Call) -> Reply:
            question = DailyQuestionAnswer(date="2026-11-21", question="Why?", category="fun")
            return Reply(answer=question, model="1")

    with pytest.raises(TypeError):
        handled(Work(engine=Confused()), type="conversation", message="Hi")
