"""A chat model that says what a test has it say, a few characters at a time."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from schemas.kinds.reply import Tokens
from tests.integration.calling import Attempt
from tests.replies import spoken
from workers.engines.llm.engine import LanguageModelEngine
from workers.engines.llm.model import Completion, Stop
from workers.engines.llm.options import LanguageModelOptions

if TYPE_CHECKING:
    from collections.abc import Callable

    from workers.engines.llm.model import ChatPrompt
    from workers.engines.ports import Asked, Call, Reply

TOKENS = Tokens(input=1_000, output=100)


def says(answer: object, stop: Stop = Stop.END, tokens: Tokens | None = TOKENS) -> Completion:
    """Return a completion: text as it is, anything else as JSON."""
    text = answer if isinstance(answer, str) else spoken(answer)
    return Completion(text=text, stop=stop, tokens=tokens, model="scripted-1")


@dataclass
class ScriptedModel:
    """Says one thing after the other; an error is raised."""

    script: deque[Completion | Exception]
    prompts: list[ChatPrompt] = field(default_factory=list)
    closed: bool = False

    def complete(self, prompt: ChatPrompt, *, on_text: Callable[[str], None], call: Call) -> Completion:
        self.prompts.append(prompt)
        said = self.script.popleft()
        if isinstance(said, Exception):
            raise said
        for end in range(1, len(said.text) + 1, 5):
            on_text(said.text[:end])
        return said

    def close(self) -> None:
        self.closed = True


class ScriptedEngine(LanguageModelEngine):
    name = "scripted"

    def __init__(self, *script: object, **options: Any) -> None:
        said = [each if isinstance(each, Completion | Exception) else says(each) for each in script]
        self.model = ScriptedModel(deque(said))
        super().__init__(self.model, LanguageModelOptions.model_validate(options), model="scripted")

    @property
    def prompts(self) -> list[ChatPrompt]:
        return self.model.prompts


def ask(asked: Asked, *script: object, call: Attempt | None = None, **options: Any) -> tuple[Reply, ScriptedEngine]:
    """Have a scripted model answer; all that it has to say is to be asked for."""
    engine = ScriptedEngine(*script, **options)
    reply = engine.answer(asked, call or Attempt())
    assert not engine.model.script, "it was not asked as often as it has something to say"
    return reply, engine
