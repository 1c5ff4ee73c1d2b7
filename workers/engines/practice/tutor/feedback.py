"""What is said of a message's English: corrections, the message as one would say it, and what was found."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from schemas.reply.answers import Correction
from workers.engines.practice.tutor.parsing import frequency

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemas.reply.tasks import Explained

#: What is checked of a message, in characters: longer ones end at the sentence before, or the word. A check takes more
#: time than all else, and a turn is to take less than 100 ms.
MAX_CHECKED = 500
_MAX_WORD = 30
_SLANG = {
    "lol",
    "lmao",
    "omg",
    "idk",
    "btw",
    "bff",
    "brb",
    "gtg",
    "g2g",
    "thx",
    "ty",
    "pls",
    "plz",
    "u",
    "ur",
    "n",
    "luv",
    "haha",
    "hehe",
    "hmm",
    "ya",
    "nah",
    "yup",
    "gonna",
    "wanna",
    "ok",
}
_MAX_WORDS = 70
_MAX_WORDS_CHECKED = 130
_WORD = re.compile(r"[a-z]+")
_END = re.compile(r"[.!?…]+[\"'”\u2019)]*(?=\s)|\n+")


class Finding(Protocol):
    """What the grammar checker finds; see `workers.engines.grammar.finding`."""

    @property
    def start(self) -> int: ...  # noqa: D102 - as there
    @property
    def end(self) -> int: ...  # noqa: D102
    @property
    def original(self) -> str: ...  # noqa: D102
    @property
    def suggestion(self) -> str | None: ...  # noqa: D102
    @property
    def rule(self) -> str: ...  # noqa: D102
    @property
    def note_en(self) -> str: ...  # noqa: D102
    @property
    def note_ko(self) -> str: ...  # noqa: D102


class GrammarChecker(Protocol):
    """Checks English; `workers.engines.grammar.checker.Checker` is one."""

    def check(self, text: str) -> Sequence[Finding]:
        """Return findings in the order of the text, none of which overlap."""


@dataclass(frozen=True, kw_only=True)
class Feedback:
    """What is said of a message's English."""

    findings: Sequence[Finding]
    checked: int
    """How many characters of the message were looked at."""
    corrected: str
    """The message with all suggestions put in."""
    shown: str | None
    """The first sentence with a suggestion that is worth saying aloud, as one would say it."""

    @property
    def recast(self) -> str | None:
        """The message as one would say it; None where there is nothing to put in."""
        return self.corrected if any(finding.suggestion is not None for finding in self.findings) else None

    def corrections(self, explain_in: Explained) -> tuple[Correction, ...]:
        """Return the findings as the answer has them."""
        return tuple(
            Correction(
                start=finding.start,
                end=finding.end,
                original=finding.original,
                suggestion=finding.suggestion,
                rule=finding.rule,
                note=finding.note_ko if explain_in == "ko" else finding.note_en,
            )
            for finding in self.findings
        )

    def found(self, explain_in: Explained, *, whole: bool) -> str:
        """Say what was found; never that anything is correct, as the checker misses mistakes."""
        count = len(self.findings)
        if explain_in == "ko":
            part = "" if whole else f"앞의 {self.checked}자만 보았어요. "
            return part + (f"다르게 말하면 좋을 곳을 {count}군데 찾았어요." if count else "틀린 곳을 찾지 못했어요.")
        part = "" if whole else f"I looked at the first {self.checked} characters. "
        if not count:
            return part + "I found no mistakes."
        return part + f"I found {count} {'thing' if count == 1 else 'things'} that one would say in another way."


def feedback_on(message: str, checker: GrammarChecker) -> Feedback:
    """Check a message, or its beginning where it is long."""
    checked = _cut(message)
    findings = [
        finding
        for finding in checker.check(message[:checked])
        if not _is_slang(finding) and not _makes_up_a_word(finding, message)
    ]
    return Feedback(
        findings=findings,
        checked=checked,
        corrected=put_in(message, findings),
        shown=_shown(message, findings),
    )


def _is_slang(finding: Finding) -> bool:
    """Whether it is about a word of chats, which the learner knows how to write."""
    return finding.suggestion == finding.original or finding.original.lower() in _SLANG


def _makes_up_a_word(finding: Finding, message: str) -> bool:
    """Whether a suggestion has a word that nobody writes, and the learner did not."""
    written = set(_WORD.findall(message.lower()))
    words = _WORD.findall((finding.suggestion or "").lower())
    return any(word not in written and not frequency(word) for word in words)


def put_in(text: str, findings: Sequence[Finding]) -> str:
    """Return the text with the suggestions in their places."""
    for finding in reversed(findings):
        if finding.suggestion is not None:
            text = text[: finding.start] + finding.suggestion + text[finding.end :]
    return text


def _cut(message: str) -> int:
    """Return how much of a message is checked: up to the last end of a sentence within the limit."""
    message = message[: _readable(message)]
    if len(message) <= MAX_CHECKED:
        return len(message)
    ends = [match.end() for match in _END.finditer(message[:MAX_CHECKED])]
    spaces = message[:MAX_CHECKED].rfind(" ")
    return ends[-1] if ends else spaces if spaces > 0 else MAX_CHECKED


def _readable(message: str) -> int:
    """Return where a word or a sentence begins to be longer than anybody's; the end where none is."""
    words = 0
    for count, match in enumerate(re.finditer(r"\S+", message)):
        words += 1
        if len(match[0]) > _MAX_WORD or words > _MAX_WORDS or count > _MAX_WORDS_CHECKED:
            return match.start()
        if match[0][-1] in ".!?…" or "\n" in message[match.end() : match.end() + 2]:
            words = 0
    return len(message)


def _shown(message: str, findings: Sequence[Finding]) -> str | None:
    ends = [match.end() for match in _END.finditer(message)] + [len(message)]
    start = 0
    for end in ends:
        inside = [finding for finding in findings if start <= finding.start < max(end, start + 1)]
        corrected = _shifted(message[start:end], inside, start).strip()
        if _letters(corrected) != _letters(message[start:end]):
            return _sentence(corrected)
        start = end
    return None


def _shifted(sentence: str, findings: Sequence[Finding], offset: int) -> str:
    for finding in reversed(findings):
        if finding.suggestion is not None:
            sentence = (
                sentence[: finding.start - offset] + finding.suggestion + sentence[max(0, finding.end - offset) :]
            )
    return sentence


def _letters(text: str) -> str:
    """Reduce a text to what is heard of it: small letters and apostrophes are not."""
    return " ".join(re.findall(r"\w+", text.lower().replace("\u2019", "").replace("'", "")))


def _sentence(text: str) -> str:
    text = re.sub(r"\bi\b", "I", text[:1].upper() + text[1:])
    return text if text[-1:] in ".!?…" else text + "."
