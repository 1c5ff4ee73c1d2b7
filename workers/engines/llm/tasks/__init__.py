"""The tasks of the kind `reply`, as they are asked of a language model: one module, form and prompt each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schemas.reply.tasks import DailyQuestion, GroundedAnswer, PracticeSentences, ReplyOptions, Scenario
from workers.engines.llm.tasks.daily_question import DailyQuestionForm
from workers.engines.llm.tasks.grounded_answer import GroundedAnswerForm
from workers.engines.llm.tasks.practice_sentences import PracticeSentencesForm
from workers.engines.llm.tasks.reply_options import ReplyOptionsForm
from workers.engines.llm.tasks.scenario import ScenarioForm

if TYPE_CHECKING:
    from workers.engines.llm.form import Form
    from workers.engines.llm.options import LanguageModelOptions
    from workers.engines.ports import Asked


def form_of(asked: Asked, options: LanguageModelOptions) -> Form[Any, Any]:
    """Return the form of a task; a conversation's is made where its past is known.

    Raises:
        PermanentError: `empty_chat`.
    """
    match asked.task:
        case PracticeSentences() as task:
            return PracticeSentencesForm(task, options)
        case Scenario() as task:
            return ScenarioForm(task, options)
        case DailyQuestion() as task:
            return DailyQuestionForm(task, options)
        case GroundedAnswer() as task if asked.found:
            return GroundedAnswerForm(task, asked.found.passages, options)
        case ReplyOptions() as task if asked.chat:
            return ReplyOptionsForm(task, asked.chat, asked.analysis, options)
    raise ValueError(f"{asked.task.type}: the handler has not fetched what it needs")
