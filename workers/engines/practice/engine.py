"""The engine `rules`: all tasks without a language model; every result says that it goes by rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from schemas.reply.tasks import Conversation, DailyQuestion, GroundedAnswer, PracticeSentences, ReplyOptions, Scenario
from workers.engines.ports import Reply

if TYPE_CHECKING:
    from schemas.reply.answers import Answer
    from workers.engines.ports import Asked, Call
    from workers.engines.practice.tutor.feedback import GrammarChecker

#: Raised whenever the rules or the data say something else for the same request.
_VERSION = "rules-1"
_NOTICE = "This is a rule-based practice engine, no language model: it may miss mistakes, and it does not know facts."


class PracticeEngine:
    """Implements ReplyEngine by rules and data of its own; the same request has the same answer."""

    name: ClassVar[str] = "offline-rules"

    def __init__(self, checker: GrammarChecker | None = None) -> None:
        self._checker = checker or _shipped_checker()

    @classmethod
    def preload(cls) -> None:
        """Load the checker's and the tutor's data, which a pool's processes share."""
        from workers.engines.practice.tutor.warming import warm_up  # noqa: PLC0415 - loads what a worker of others need not

        warm_up(_shipped_checker())

    def answer(self, asked: Asked, call: Call) -> Reply:
        """Do the task; takes a few milliseconds, so that nothing is reported on the way."""
        del call
        if isinstance(asked.task, Conversation):
            return self._turn(asked, asked.task)
        return Reply(answer=_answer(asked), model=_VERSION, notice=_NOTICE)

    def close(self) -> None:
        """Nothing is held."""

    def _turn(self, asked: Asked, task: Conversation) -> Reply:
        from workers.engines.practice.tutor.turn import answer_turn  # noqa: PLC0415 - the other tasks need no tutor

        if asked.history is None:
            raise ValueError("a conversation's turn is answered with its history")
        answer, notes = answer_turn(task, asked.history, asked.turn, self._checker)
        return Reply(answer=answer, model=_VERSION, notice=_NOTICE, memory=notes)


def _answer(asked: Asked) -> Answer:
    """Do a task that has no memory; what only one of them needs is imported by it."""
    match asked.task:
        case PracticeSentences() as task:
            from workers.engines.practice.sentences import practice_sentences  # noqa: PLC0415 - see above

            return practice_sentences(task)
        case Scenario() as task:
            from workers.engines.practice.scenario import scenario  # noqa: PLC0415 - see above

            return scenario(task)
        case DailyQuestion() as task:
            from workers.engines.practice.daily_question import daily_question  # noqa: PLC0415 - see above

            return daily_question(task)
        case ReplyOptions():
            from workers.engines.practice.options import reply_options  # noqa: PLC0415 - see above

            return reply_options(asked)
        case GroundedAnswer():
            from workers.engines.practice.grounded import grounded  # noqa: PLC0415 - see above

            return grounded(asked)
    raise ValueError(f"{asked.task.type} is none of the tasks that are done here")


def _shipped_checker() -> GrammarChecker:
    from workers.engines.grammar.checker import Checker  # noqa: PLC0415 - its data are large

    return Checker()
