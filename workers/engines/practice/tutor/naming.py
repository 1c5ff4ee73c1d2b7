"""What the tutor calls a thing that the learner named: `my mother` is `your mother`, `a cafe` is `the cafe`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workers.engines.practice.tutor.parsing import plural
from workers.engines.practice.tutor.things import things
from workers.engines.practice.tutor.words import WORDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workers.engines.practice.tutor.parsing import Token

_COUNTS = {"two", "three", "four", "five"}


def phrase_text(inner: Sequence[Token]) -> str:
    """Return the words of a noun phrase in small letters, names in their own."""
    words = [token.text if token.tag.startswith("NNP") else token.text.lower() for token in inner]
    proper = WORDS["nationalities"]
    return " ".join(word.capitalize() if word.lower() in proper or _is_place(word.lower()) else word for word in words)


def _is_place(word: str) -> bool:
    thing = things().get(word)
    return thing is not None and thing.sort == "place" and not thing.countable


@dataclass(frozen=True, kw_only=True)
class Named:
    """A thing as the learner named it."""

    sort: str
    text: str
    """Its noun and what describes it, without determiners."""
    determiners: Sequence[str]
    many: bool
    countable: bool
    owned: bool
    """Whether it is the learner's."""

    @property
    def first(self) -> str:
        """The first determiner; empty where there is none."""
        return self.determiners[0] if self.determiners else ""

    @property
    def mine(self) -> bool:
        """Whether the learner said `my` or `our`."""
        return self.first in {"my", "our"}

    @property
    def words(self) -> dict[str, str]:
        """What follow-up questions about it are filled with."""
        *describing, head = self.text.split()
        bare = self.text if self.many or not self.countable else " ".join([*describing, plural(head)])
        pronouns = _pronouns(self.sort, head.lower(), many=self.many)
        at = "on" if head.lower() in {"island", "islands", "jeju", "mountain", "mountains"} else "in"
        return {"np": self.definite, "bare": bare, "at": at, "It": pronouns["it"].capitalize(), **pronouns}

    @property
    def definite(self) -> str:
        """What the tutor calls it."""
        friends = self.text.split()[-1].lower() in WORDS["friends"] and self.first != "the"
        alone = friends or (self.sort == "person" and not self.first)
        if self.mine or alone or (self.owned and self.sort in {"animal", "thing", "person"}):
            count = next((word for word in self.determiners if word in _COUNTS), "")
            return " ".join(filter(None, ["your", count, self.text]))
        if self.first in {"his", "her", "their", "its"}:
            return f"{self.first} {self.text}"
        return self.text if self._is_a_name_or_general() else f"the {self.text}"

    def _is_a_name_or_general(self) -> bool:
        """Whether it goes without an article: `Busan`, `kimchi`, `dogs`, `school`."""
        name = not self.countable and (self.sort == "place" or self.text[0].isupper())
        return name or (not self.first and (not self.countable or self.many or self.text in WORDS["bare"]))


def _pronouns(sort: str, head: str, *, many: bool) -> dict[str, str]:
    people = {"it": "they", "them": "them", "their": "their", "is": "are", "was": "were", "has": "have", "do": "do"}
    if many:
        return people
    one = {"is": "is", "was": "was", "has": "has", "do": "does"}
    if sort != "person":
        return {"it": "it", "them": "it", "their": "its", **one}
    if head in WORDS["female"]:
        return {"it": "she", "them": "her", "their": "her", **one}
    if head in WORDS["male"]:
        return {"it": "he", "them": "him", "their": "his", **one}
    return {"it": "he or she", "them": "him or her", "their": "his or her", **one}
