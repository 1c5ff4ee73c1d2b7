"""A task's form: what is put to a model, in what shape it answers, and what that says in our terms."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from schemas.job import PARTIAL_MAX_CHARS
from workers.engines.llm.said import Said, so_far
from workers.engines.llm.schema import schema_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from schemas.job import JsonObject
    from workers.engines.llm.model import ChatPrompt
    from workers.engines.llm.options import LanguageModelOptions
    from workers.engines.llm.prompts import Prompt

S = TypeVar("S", bound=Said)
A = TypeVar("A")
T = TypeVar("T")

#: Code and sentence where not even the least fits that a model has to see.
TOO_LONG = ("context_overflow", "This is too long for the model. Send less.")
#: Tokens of the longest system prompt, and of the marks around the data.
SYSTEM_TOKENS = 2_000


class Form(ABC, Generic[S, A]):
    """One task, to be asked of a model."""

    prompt: ClassVar[Prompt]
    said: type[S]

    def __init__(self, options: LanguageModelOptions) -> None:
        self._options = options

    @abstractmethod
    def system(self) -> Mapping[str, object]:
        """Return the system prompt's values, none of which an owner wrote."""

    @abstractmethod
    def user(self, budget: int) -> Mapping[str, object]:
        """Return the data; what can be left out is, so that it has `budget` tokens at most.

        Raises:
            PermanentError: `context_overflow`.
        """

    @abstractmethod
    def shown(self, said: JsonObject) -> str:
        """Return what of an answer that is still being written can be shown; empty where nothing can."""

    @abstractmethod
    def answer(self, said: S) -> A:
        """Return what was said in our terms.

        Raises:
            UnreadableError: it is of the right form, and is no answer all the same.
        """

    def chat_prompt(self, budget: int | None = None) -> ChatPrompt:
        """Return the prompt; its data have `budget` tokens at most, all that the model can read where none is given."""
        options = self._options
        return self.prompt.rendered(
            self.system(),
            self.user(self.budget() if budget is None else budget),
            schema=schema_of(self.said),
            max_tokens=options.max_tokens,
            temperature=options.temperature,
        )

    def budget(self) -> int:
        """Return how many tokens the data may have."""
        return self._options.context_tokens - self._options.max_tokens - SYSTEM_TOKENS

    def read(self, text: str) -> A:
        """Return the answer that a text holds.

        Raises:
            UnreadableError: it holds none.
        """
        return self.answer(self.said.read(text))

    def read_cut(self, text: str) -> A:
        """Return the answer that the beginning of a text holds.

        Raises:
            UnreadableError: it holds none.
        """
        return self.answer(self.said.read_cut(text))

    def partial(self, text: str) -> str | None:
        """Return what can be shown of a text that is still being written."""
        return self.shown(so_far(text))[:PARTIAL_MAX_CHARS] or None


def text_of(said: JsonObject, *path: str) -> str:
    """Return a text of an unfinished answer; empty where it is not there yet, or is none."""
    value: object = said
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value.strip() if isinstance(value, str) else ""


def objects_of(said: JsonObject, name: str) -> list[JsonObject]:
    """Return a list's objects of an unfinished answer."""
    value = said.get(name)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def newest_that_fit(items: Iterable[T], tokens: Iterable[int], budget: int) -> tuple[T, ...]:
    """Return the last items whose tokens are within the budget, in their order.

    Args:
        items: oldest first.
        tokens: how many each has.
        budget: how many there may be.
    """
    counted = list(zip(items, tokens, strict=True))
    left, first = budget, len(counted)
    while first and counted[first - 1][1] <= left:
        first -= 1
        left -= counted[first][1]
    return tuple(item for item, _ in counted[first:])
