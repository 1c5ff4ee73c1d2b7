"""Replies: what a task needs beside the request is fetched, the engine answers, a conversation's turn is kept."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from schemas.errors import PermanentError
from schemas.kinds.analysis import AnalysisResult
from schemas.kinds.image import ImageResult
from schemas.kinds.picture import PictureResult
from schemas.kinds.reply import ReplyResult
from schemas.reply.answers import ConversationAnswer
from schemas.reply.tasks import Conversation, GroundedAnswer, ReplyOptions
from schemas.usage import Usage
from workers.engines.ports import Asked

if TYPE_CHECKING:
    from schemas.images import PicturedResult
    from schemas.kinds.reply import ReplyRequest
    from schemas.reply.answers import Answer
    from schemas.reply.tasks import Task
    from workers.engines.ports import Chat, Found, Reply, ReplyEngine, RetrievalEngine
    from workers.work import Dialogue, OwnerWork


def handle(request: ReplyRequest, work: OwnerWork[ReplyEngine]) -> ReplyResult:
    """Answer the request's task."""
    task = request.task
    if isinstance(task, Conversation):
        task, picture = _seen(task, work)
        dialogue = work.conversation(task)
        asked = Asked(task=task, history=dialogue.history, turn=dialogue.turn, picture=picture)
        reply = work.engine.answer(asked, work)
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


def _seen(task: Conversation, work: OwnerWork[ReplyEngine]) -> tuple[Conversation, str | None]:
    """Return what the task's picture shows; what is first among its keywords is the topic where the task has none."""
    if task.image is None:
        return task, None
    shown = _picture(task.image, work)
    topic = task.topic or (f"the {shown.keywords[0]} in the picture" if shown.keywords else "the picture")
    return task.model_copy(update={"topic": topic}), shown.description or ", ".join(shown.keywords) or None


def _picture(image_id: str, work: OwnerWork[ReplyEngine]) -> PicturedResult:
    kinds: tuple[tuple[str, type[PicturedResult]], ...] = (("image", ImageResult), ("picture", PictureResult))
    for kind, result in kinds:
        with suppress(PermanentError):  # of the other kind, or unknown
            return result.of_stored(work.result_of(image_id, kind))
    raise PermanentError("unknown_image", "The picture that the request names is none of yours, or no longer kept.")


def _found(task: GroundedAnswer, work: OwnerWork[ReplyEngine]) -> Found:
    retrieval: RetrievalEngine = work.engine_of("retrieval")
    work.progress(None, "searching")
    return retrieval.search(task.question, work.collection(task.collection), limit=task.passages, call=work)


def _chat(task: ReplyOptions, work: OwnerWork[ReplyEngine]) -> Chat:
    from workers.engines.chats import parse_chat, read_export  # noqa: PLC0415 - only this task needs it

    text = read_export(work.input(task.export).read()) if task.export else task.chat or ""
    return parse_chat(text, me=task.me, partner=task.partner.name)


def _analysis(task: ReplyOptions, work: OwnerWork[ReplyEngine]) -> AnalysisResult | None:
    return AnalysisResult.of_stored(work.result_of(task.analysis, "analysis")) if task.analysis else None


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
