"""Three replies to a chat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from schemas.errors import PermanentError
from schemas.reply.answers import ReplyOption, ReplyOptionsAnswer
from workers.engines.chats.unanswered import is_mine, last_of_partner
from workers.engines.llm.form import TOO_LONG, Form, newest_that_fit, text_of
from workers.engines.llm.prompts import Prompt
from workers.engines.llm.said import Said, UnreadableError
from workers.engines.llm.texts import letters_of, tokens_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from schemas.job import JsonObject
    from schemas.kinds.analysis import AnalysisResult
    from schemas.reply.tasks import Partner, ReplyOptions
    from workers.engines.llm.options import LanguageModelOptions
    from workers.engines.ports import Chat


_OPTIONS = 3
#: Tokens of the marks around a message.
_MARKS = 10


class SaidOption(Said):
    """A reply."""

    text: str = Field(min_length=1)
    why: str = ""


class SaidOptions(Said):
    """What the model answers."""

    intent: str = "other"
    safe: SaidOption
    balanced: SaidOption
    bold: SaidOption


@dataclass(frozen=True)
class _Line:
    mine: bool
    name: str | None
    text: str


class ReplyOptionsForm(Form[SaidOptions, ReplyOptionsAnswer]):
    """Asks for them."""

    prompt: ClassVar = Prompt("reply_options-1")
    said = SaidOptions

    def __init__(
        self, task: ReplyOptions, chat: Chat, analysis: AnalysisResult | None, options: LanguageModelOptions
    ) -> None:
        super().__init__(options)
        if not chat.messages:
            raise PermanentError("empty_chat", "There is no message in this chat. Send lines such as `name: text`.")
        self._task = task
        self._chat = chat
        self._feelings = _feelings(analysis) if analysis else ""

    def system(self) -> Mapping[str, object]:
        """Return language and formality."""
        return {"language": self._task.language, "formal": self._task.partner.formal}

    def user(self, budget: int) -> Mapping[str, object]:
        """Return the chat's newest messages, and what is known of the partner."""
        task = self._task
        profile, goal = tuple(_known(task.partner)), task.goal or ""
        left = budget - tokens_of("\n".join((*profile, goal, self._feelings)))
        lines = [_Line(mine=is_mine(each, self._chat), name=each.name, text=each.text) for each in self._chat.messages]
        fit = newest_that_fit(lines, (tokens_of(f"{line.name}{line.text}") + _MARKS for line in lines), left)
        if not fit:
            raise PermanentError(*TOO_LONG)
        return {"profile": profile, "feelings": self._feelings, "goal": goal, "messages": fit}

    def shown(self, said: JsonObject) -> str:
        """Return the replies, a line each."""
        return "\n".join(filter(None, (text_of(said, risk, "text") for risk in ("safe", "balanced", "bold"))))

    def answer(self, said: SaidOptions) -> ReplyOptionsAnswer:
        """Return them, with the message that they answer."""
        if len({letters_of(each.text) for each in (said.safe, said.balanced, said.bold)}) < _OPTIONS:
            raise UnreadableError(["safe, balanced, bold: they are not three different messages"])
        theirs = last_of_partner(self._chat)
        return ReplyOptionsAnswer(
            options=(
                ReplyOption(risk="safe", text=said.safe.text, why=said.safe.why),
                ReplyOption(risk="balanced", text=said.balanced.text, why=said.balanced.why),
                ReplyOption(risk="bold", text=said.bold.text, why=said.bold.why),
            ),
            intent=said.intent or "other",
            matched=True,
            partner=(theirs[-1].name if theirs else None) or self._task.partner.name,
            partner_message="\n".join(one.text for one in theirs),
            messages=len(self._chat.messages),
            unread_lines=self._chat.unread_lines,
        )


def _known(partner: Partner) -> Iterator[str]:
    for title, values in (
        ("name", (partner.name,)),
        ("relationship", (partner.relationship,)),
        ("traits", partner.traits),
        ("likes", partner.likes),
        ("dislikes", partner.dislikes),
    ):
        known = [value for value in values if value]
        if known:
            yield f"{title}: {', '.join(known)}"


def _feelings(analysis: AnalysisResult) -> str:
    mood = [analysis.sentiment.label] if analysis.sentiment else []
    emotions = list(analysis.emotions.scores) if analysis.emotions else []
    return ", ".join((*mood, *emotions))
