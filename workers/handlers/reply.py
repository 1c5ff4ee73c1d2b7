"""Replies: what a task needs beside the request is fetched, the engine answers, a conversation's turn is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.kinds.analysis import AnalysisResult
from schemas.kinds.reply import ReplyResult
from schemas.reply.answers import ConversationAnswer
from schemas.reply.tasks import Conversation, GroundedAnswer, ReplyOptions
from schemas.usage import Usage
from workers.engines.ports import Asked

if TYPE_CHECKING:
    from schemas.kinds.reply import ReplyRequest
    from schemas.reply.answers import Answer
    from schemas.reply.tasks import Task
    from workers.engines.ports import Chat, Found, Reply, ReplyEngine, RetrievalEngine
    from workers.work import Dialogue, OwnerWork


def handle(request: ReplyRequest, work: OwnerWork[ReplyEngine]) -> ReplyResult:
    """Answer the request's task."""
    task = request.task
    if isinstance(task, Conversation):
        dialogue = work.conversation(task)
        reply = work.engine.answer(Asked(task=task, history=dialogue.history, turn=dialogue.turn), work)
        _end(dialogue, reply, engine=work.engine.name)
    else:
        reply = work.engine.answer(_asked(task, work), work)
    work.record_usage(_usage(reply))
    return ReplyResult(
        engine=work.engine.name,
        model=reply.model,
        answer=reply.answer,
        prompt=reply.prompt,
        notice=reply.notice,
        truncated=reply.truncated,
        repaired=reply.repaired,
        tokens=reply.tokens,
    )


def _asked(task: Task, work: OwnerWork[ReplyEngine]) -> Asked:
    match task:
        case GroundedAnswer():
            return Asked(task=task, found=_found(task, work))
        case ReplyOptions():
            return Asked(task=task, chat=_chat(task, work), analysis=_analysis(task, work))
    return Asked(task=task)


def _found(task: GroundedAnswer, work: OwnerWork[ReplyEngine]) -> Found:
    retrieval: RetrievalEngine = work.engine_of("retrieval")
    work.progress(None, "searching")
    return retrieval.search(task.question, work.collection(task.collection), limit=task.passages, call=work)


def _chat(task: ReplyOptions, work: OwnerWork[ReplyEngine]) -> Chat:
    from workers.engines.chats import parse_chat, read_export  # noqa: PLC0415 - only this task needs it

    text = read_export(work.input(task.export).read()) if task.export else task.chat or ""
    return parse_chat(text, me=task.me, partner=task.partner.name)


def _analysis(task: ReplyOptions, work: OwnerWork[ReplyEngine]) -> AnalysisResult | None:
    return AnalysisResult.model_validate(work.result_of(task.analysis, "analysis")) if task.analysis else None


def _end(dialogue: Dialogue, reply: Reply, *, engine: str) -> None:
    """Write the turn down; other engines' notes stay as they are."""
    history, answer = dialogue.history, _turn_of(reply.answer)
    summarised = reply.summary is not None
    dialogue.end(
        reply=answer.reply,
        recast=answer.recast,
        memory=history.memory if reply.memory is None else {**history.memory, engine: reply.memory},
        summary=reply.summary if summarised else history.summary,
        summarised_turns=reply.summarised_turns if summarised else history.summarised_turns,
    )


def _turn_of(answer: Answer) -> ConversationAnswer:
    if not isinstance(answer, ConversationAnswer):
        raise TypeError(f"a conversation's turn was answered by {answer.type}")
    return answer


def _usage(reply: Reply) -> Usage:
    tokens = reply.tokens.input + reply.tokens.output if reply.tokens else 0
    return Usage(tokens=tokens, cost_microusd=reply.cost_microusd)
