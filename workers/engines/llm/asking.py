"""One answer of a model's: asked for, read, and asked for once more where that helps.

Each reason has one more try: too few tokens, a prompt that was too long, an answer of another form, a model that
failed. What a model says is never taken to be of the form that it was asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from schemas.errors import EngineUnavailableError, PermanentError
from workers.engines.calling import Clock, patiently
from workers.engines.llm.form import TOO_LONG
from workers.engines.llm.model import ENDING_S, ChatTurn, OnceMoreError, Stop, seconds_for
from workers.engines.llm.prompts import repair
from workers.engines.llm.said import UnreadableError
from workers.engines.llm.texts import tokens_of

if TYPE_CHECKING:
    from workers.engines.llm.form import Form
    from workers.engines.llm.meter import Meter
    from workers.engines.llm.model import ChatModel, ChatPrompt, Completion
    from workers.engines.llm.options import LanguageModelOptions
    from workers.engines.ports import Call

A = TypeVar("A")

#: Of an answer of another form the model is shown so much again.
_SHOWN_AGAIN = 8_000


class AnswerError(PermanentError):
    """The model answers, and what it says is no answer."""


@dataclass(frozen=True, kw_only=True)
class Answered(Generic[A]):
    """An answer in our terms."""

    answer: A
    model: str
    truncated: bool
    repaired: bool


@dataclass(frozen=True, kw_only=True)
class Asker:
    """What all answers of an attempt have in common."""

    name: str
    """The engine's."""
    model: ChatModel
    options: LanguageModelOptions
    call: Call
    meter: Meter

    def ask(self, form: Form[Any, A]) -> Answered[A]:
        """Have the model answer.

        Raises:
            AnswerError: `refused_by_policy`, `context_overflow`, `malformed_answer`, `unexpected_stop`.
            PermanentError, TransientError: those of `ChatModel.complete`.
        """
        return _Asking(self, form).answered()


class _Asking(Generic[A]):
    def __init__(self, asker: Asker, form: Form[Any, A]) -> None:
        self._asker = asker
        self._form = form
        self._prompt = form.chat_prompt()
        self._tried: set[str] = set()

    def answered(self) -> Answered[A]:
        while (answered := self._try()) is None:
            pass
        return answered

    def _try(self) -> Answered[A] | None:
        """Ask; None where it is to be asked again."""
        completion = self._completed()
        match completion.stop:
            case Stop.END | Stop.LENGTH:
                return self._read(completion)
            case Stop.OVERFLOW:
                self._once("overflow", *TOO_LONG)
                self._prompt = self._form.chat_prompt(tokens_of(self._prompt.turns[0].text) // 2)
            case Stop.MALFORMED:
                self._once("malformed", "malformed_answer", "The model did not answer in the form that is needed.")
            case Stop.REFUSED:
                sentence = "The model, or a filter before it, refuses to answer this. Change the text and try again."
                raise self._error("refused_by_policy", sentence)
            case Stop.TOOL:
                raise self._error("unexpected_stop", "The model stopped for a reason that is none of an answer.")
        return None

    def _read(self, completion: Completion) -> Answered[A] | None:
        try:
            return self._answered(self._form.read(completion.text), completion)
        except UnreadableError as error:
            if completion.stop is Stop.LENGTH:
                return self._cut(completion)
            self._once("form", "malformed_answer", "The model did not answer in the form that is needed.", error)
            again = completion.text[:_SHOWN_AGAIN].strip()
            answered = (ChatTurn("assistant", again), ChatTurn("user", repair(error.faults))) if again else ()
            self._prompt = replace(self._prompt, turns=(*self._prompt.turns, *answered))
            return None

    def _cut(self, completion: Completion) -> Answered[A] | None:
        """Allow twice the tokens; after that, take what is there."""
        options = self._asker.options
        most = min(2 * options.max_tokens, options.context_tokens // 2)
        if "length" not in self._tried and most > self._prompt.max_tokens:
            self._tried.add("length")
            self._prompt = replace(self._prompt, max_tokens=most)
            return None
        try:
            return self._answered(self._form.read_cut(completion.text), completion, truncated=True)
        except UnreadableError as error:
            sentence = "The answer is longer than the model may write. Ask for less."
            raise self._error("malformed_answer", sentence) from error

    def _completed(self) -> Completion:
        try:
            return self._complete()
        except OnceMoreError:
            if "failed" in self._tried:
                raise
            self._tried.add("failed")
            return self._completed()

    def _complete(self) -> Completion:
        asker, prompt = self._asker, self._prompt
        completion = patiently(lambda: self._request(prompt), deadline_s=asker.call.remaining_s - ENDING_S)
        asker.meter.count(completion.tokens)
        asker.call.progress(None, "checking")
        return completion

    def _request(self, prompt: ChatPrompt) -> Completion:
        call = self._asker.call
        partial = lru_cache(maxsize=1)(self._form.partial)  # most events bring nothing new
        clock = Clock(seconds_for(call, self._asker.options.timeout_s), self._late)

        def on_text(text: str) -> None:
            clock.check()
            call.progress(None, "writing", partial=partial(text))

        return self._asker.model.complete(prompt, on_text=on_text, call=call)

    def _late(self) -> EngineUnavailableError:
        return EngineUnavailableError("The model took too long.", engine=self._asker.name)

    def _answered(self, answer: A, completion: Completion, *, truncated: bool = False) -> Answered[A]:
        repaired = not self._tried.isdisjoint(("form", "malformed"))
        return Answered(answer=answer, model=completion.model, truncated=truncated, repaired=repaired)

    def _once(self, reason: str, code: str, sentence: str, error: Exception | None = None) -> None:
        """Go on where this reason is the first of its sort, else give up."""
        if reason in self._tried:
            raise self._error(code, sentence) from error
        self._tried.add(reason)

    def _error(self, code: str, sentence: str) -> AnswerError:
        return AnswerError(code, sentence, engine=self._asker.name)
