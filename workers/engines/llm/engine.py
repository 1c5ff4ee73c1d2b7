"""The engine: a task becomes a prompt, a model of whichever vendor's answers it, the answer is checked and built."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

import structlog

from schemas.reply.answers import DailyQuestionAnswer
from schemas.reply.tasks import Conversation, GroundedAnswer
from workers.engines.llm.asking import AnswerError, Asker
from workers.engines.llm.meter import Meter
from workers.engines.llm.tasks import form_of
from workers.engines.llm.tasks.conversation import ConversationForm
from workers.engines.llm.tasks.grounded_answer import refused
from workers.engines.llm.tasks.summary import Background, SummaryForm, to_summarise
from workers.engines.ports import Reply

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemas.conversation import History
    from workers.engines.llm.form import Form
    from workers.engines.llm.model import ChatModel
    from workers.engines.llm.options import LanguageModelOptions
    from workers.engines.ports import Asked, Call

log = structlog.get_logger(__name__)

_NOTICES: Mapping[type, str] = {
    DailyQuestionAnswer: "A language model writes another question each time: ask once a day, and keep what it says.",
}


class LanguageModelEngine:
    """Implements ReplyEngine by a chat model; a vendor's engine is a subclass. Safe to use from several threads."""

    name: ClassVar[str]

    def __init__(self, chat: ChatModel, options: LanguageModelOptions, *, model: str) -> None:
        """Take a vendor's model.

        Args:
            chat: the vendor's adapter.
            options: what can be set of any.
            model: the model's name, for answers that it need not be asked for.
        """
        self._chat = chat
        self._options = options
        self._model = model

    def answer(self, asked: Asked, call: Call) -> Reply:
        """Do the task.

        Raises:
            PermanentError: `refused_by_policy`, `context_overflow`, `malformed_answer`, `unexpected_stop`,
                `empty_chat`; those of the vendor's adapter.
            TransientError: those of the vendor's adapter.
        """
        call.progress(None, "asking")
        task, found = asked.task, asked.found
        if isinstance(task, GroundedAnswer) and (found is None or not (found.supported and found.passages)):
            # Nothing to answer from: a model would be paid to make something up.
            return Reply(answer=refused(task, empty=found is None or found.empty), model=self._model)
        asker = Asker(name=self.name, model=self._chat, options=self._options, call=call, meter=Meter())
        if isinstance(task, Conversation):
            return self._turn(task, asked, asker)
        return self._reply(form_of(asked, self._options), asker)

    def close(self) -> None:
        """Let go of connections."""
        self._chat.close()

    def _reply(self, form: Form[Any, Any], asker: Asker) -> Reply:
        answered = asker.ask(form)
        return Reply(
            answer=answered.answer,
            model=answered.model,
            notice=_NOTICES.get(type(answered.answer)),
            prompt=form.prompt.name,
            truncated=answered.truncated,
            repaired=answered.repaired,
            tokens=asker.meter.tokens,
            cost_microusd=asker.meter.cost_microusd(self._options.price),
        )

    def _turn(self, task: Conversation, asked: Asked, asker: Asker) -> Reply:
        history = asked.history
        if history is None:
            raise ValueError("conversation: the handler has not fetched its history")
        known = Background(history.turns[history.summarised_turns :], history.summary, history.summarised_turns)
        past = self._summarised(task, history, known, asked, asker) if self._options.summarise else known
        form = ConversationForm(task, history, past, asked.turn, self._options, picture=asked.picture)
        reply = self._reply(form, asker)
        return replace(reply, summary=past.summary, summarised_turns=past.summarised_turns)

    def _summarised(
        self, task: Conversation, history: History, past: Background, asked: Asked, asker: Asker
    ) -> Background:
        """Return the past with its oldest turns summarised, where it is too long for a prompt."""
        form = ConversationForm(task, history, past, asked.turn, self._options, picture=asked.picture)
        old = to_summarise(past.turns, form.room(form.budget()))
        if not old:
            return past
        asker.call.progress(None, "summarising")
        try:
            summary = asker.ask(SummaryForm(past.summary, old, self._options)).answer
        except AnswerError as error:
            # The turn can be answered all the same: `forgotten_turns` says what is missing.
            log.warning("summary_failed", code=error.code, turns=len(old))
            return past
        return Background(past.turns[len(old) :], summary, past.summarised_turns + len(old))
