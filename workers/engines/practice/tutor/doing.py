"""What the learner does, did, wishes, can't do and feels."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workers.engines.practice.tutor.clauses import learner_does
from workers.engines.practice.tutor.mention import Mention
from workers.engines.practice.tutor.parsing import base, gerund
from workers.engines.practice.tutor.person import turned
from workers.engines.practice.tutor.things import things
from workers.engines.practice.tutor.words import WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from workers.engines.practice.tutor.clauses import Clause
    from workers.engines.practice.tutor.parsing import Token

_STOP_VP = re.compile(
    r"^(?:and|but|because|so|when|while|if|then|although|though|which|who|that|or|since|,|;|:|\.|!|\?)$"
)
#: A time that begins here: `in May`, `at the weekend`.
_SAID_WHEN = re.compile(
    r"(?:in|on|at|since|until|before|after|during|for) (?:(?:the|my|this|early|late|a|an|one|two|three|some) )*"
    r"(?:\w+day(?:s| morning| afternoon| evening| night)?|weekends?|week|weeks|months?|years?|days?|hours?|minutes?"
    r"|winter|summer|spring|autumn|fall|night|morning|afternoon|evening|future|vacation|holidays?|january|february|march|april"
    r"|may|june|july|august|september|october|november|december|(?:19|20)\d\d|\d+ ?(?:am|pm|o'clock)?)(?!\w)"
)
_LONGEST = 9
_LONGEST_HABIT = 3


def named_activity(clause: Clause, noun: str, verb: str) -> Mention:
    """Return an activity that goes by a noun: `soccer` with the verb that it takes."""
    forms = {
        "play": (f"play {noun}", f"playing {noun}"),
        "do": (f"do {noun}", f"doing {noun}"),
        "go": (f"go {noun}", noun),
        "listen": (f"listen to {noun}", f"listening to {noun}"),
    }
    own = clause.first or clause.tokens[0].lower == "my"
    return Mention(
        sort="activity" if own else "plain",
        key=noun.removeprefix("the "),
        tense=clause.tense,
        words={"base": forms[verb][0], "gerund": forms[verb][1], "np": noun, "bare": noun},
        liked=clause.verb in WORDS["loving"] and not clause.negative,
        disliked=(clause.negative and clause.verb in WORDS["loving"]) or _hated(clause),
        own=own,
    )


def _hated(clause: Clause) -> bool:
    return clause.verb in WORDS["hating"] and clause.first and not clause.negative


def activities(clause: Clause) -> Iterator[Mention]:
    """Find what the learner does for fun, wishes to do, or can't do."""
    tokens = clause.tokens
    for place, token in enumerate(tokens):
        if not (token.is_verb and _doing(clause, place)):
            continue
        sort = _kind_of_doing(clause, place)
        verb = base(token.lower, token.tag)
        phrase = _verb_phrase(tokens, place)
        following = phrase[1].lower if len(phrase) > 1 else ""
        if verb == "go" and sort == "activity" and (thing := things().get(following)) and thing.sort == "go":
            yield named_activity(clause, following, "go")
            return
        if sort == "activity":
            phrase = _without_places(phrase)
            phrase = phrase[:1] if not _general(phrase) and verb in _habits(clause) else phrase
        if sort == "wish" and verb in WORDS["saying"]:
            continue
        if sort == "activity" and (verb not in WORDS["leisure"] or not _general(phrase)):
            continue
        vague = len(phrase) == 1 and verb not in WORDS["leisure"]
        if (sort == "activity" and verb not in {"be", "have", "do", "go"} | WORDS["loving"]) or (sort and not vague):
            yield _done(sort, verb, phrase, clause)
            return


def _habits(clause: Clause) -> frozenset[str]:
    """Return the verbs that may stand alone: `draw` of `I draw a cat every day`, not of `I drew a cat`."""
    return frozenset() if clause.tense == "past" else WORDS["alone"]


def _doing(clause: Clause, place: int) -> bool:
    token = clause.tokens[place]
    hobby = any(word.lower in {"hobby", "hobbies"} for word in clause.tokens[:place])
    return token.tag != "MD" and (learner_does(clause.tokens, place) or (hobby and token.tag == "VBG"))


def _kind_of_doing(clause: Clause, place: int) -> str | None:
    before = [token.lower for token in clause.tokens[max(0, place - 3) : place]]
    if before[-1:] == ["to"] and before[-2:-1] and (before[-2] in WORDS["wishing"] or before[-2:] == ["like", "to"]):
        would = before[-2] == "like" and {"would", "'d"} & {token.lower for token in clause.tokens}
        if before[-2] == "like" and not would:
            return "activity"
        return None if clause.negative else "wish"
    if ({"ca", "can"} & set(before) and set(before) & WORDS["negative"]) or {"cannot", "can't"} & set(before):
        doing = base(clause.tokens[place].lower, clause.tokens[place].tag)
        return "cannot" if doing in WORDS["leisure"] | WORDS["learnt"] else None
    return None if clause.negative or clause.tense == "will" else "activity"


def _verb_phrase(tokens: Sequence[Token], place: int) -> list[Token]:
    """Return the words from a verb to the end of what it takes, without times."""
    phrase = [tokens[place]]
    for token in tokens[place + 1 :]:
        if _STOP_VP.match(token.lower) or token.lower in WORDS["times"] or not token.is_word:
            break
        if token.tag == "IN" and _SAID_WHEN.match(" ".join(after.lower for after in tokens[place + len(phrase) :])):
            break
        phrase.append(token)
    while len(phrase) > 1 and phrase[-1].tag in {"IN", "TO", "DT", "CC", "RB", "PRP$"}:
        phrase.pop()
    return phrase


def _without_places(phrase: list[Token]) -> list[Token]:
    """Return what stands before the first preposition, but for the `to` of `listen to`."""
    ends = [place for place, token in enumerate(phrase) if place and token.tag in {"IN", "TO", "RB"}]
    return phrase[: ends[0]] if ends else phrase


def _general(phrase: Sequence[Token]) -> bool:
    """Whether it speaks of a habit: `play games`, not `read a book`, nor `play well in the end`."""
    thing = things().get(" ".join(token.lower for token in phrase[1:]))
    if thing and not thing.countable:
        return True
    return not any(token.tag == "NN" and _countable(token.lower) for token in phrase[1:]) and (
        len(phrase) <= _LONGEST_HABIT
        and all(token.tag in {"NN", "NNS", "NNP", "JJ"} for token in phrase[1:])
        and phrase[-1].lower not in {"home", "people", "lot"}
    )


def _countable(word: str) -> bool:
    thing = things().get(word)
    return thing is None or thing.countable


def _done(sort: str, verb: str, phrase: Sequence[Token], clause: Clause) -> Mention:
    rest = turned(" ".join(token.text for token in phrase[1:])).replace(" n't", "n't").replace(" 's", "'s")
    thing = things().get(" ".join(token.lower for token in phrase[1:]))
    key = thing.word if thing else " ".join(filter(None, [verb, rest.lower()]))
    return Mention(
        sort=sort,
        key=key.removeprefix("the "),
        tense=clause.tense,
        words={
            "base": f"{verb} {rest}".strip(),
            "gerund": f"{gerund(verb)} {rest}".strip(),
            "bare": f"{gerund(verb)} {rest}".strip(),
        },
        own=True,
        liked=clause.verb in WORDS["loving"] and not clause.negative,
        disliked=_hated(clause),
    )


def states(clause: Clause) -> Iterator[Mention]:
    """Yield feelings, opinions and what was done."""
    tokens = clause.tokens
    feeling = next((t for t in tokens if t.lower in WORDS["bad_feelings"] | WORDS["good_feelings"]), None)
    if feeling and clause.first and not clause.negative and clause.verb in {"be", "feel", "get", "look", "become"}:
        good = feeling.lower in WORDS["good_feelings"]
        yield Mention(
            sort="feeling",
            key=feeling.lower,
            tense=clause.tense,
            words={"adjective": feeling.lower},
            own=True,
            good=good,
        )
    if [t.lower for t in tokens[:2]] == ["i", "think"] or [t.lower for t in tokens[:3]] == ["in", "my", "opinion"]:
        yield Mention(sort="opinion", key="opinion", own=True)
    if clause.first and clause.tense == "past" and not clause.negative and clause.verb not in {"be", "have", ""}:
        yield from _past(clause)


def _past(clause: Clause) -> Iterator[Mention]:
    place = next((p for p, token in enumerate(clause.tokens) if token.tag == "VBD"), None)
    if (
        place is None
        or not learner_does(clause.tokens, place)
        or clause.tokens[place].lower in {"did", "was", "were", "had", "wanted", "thought", "felt"}
    ):
        return
    phrase = _verb_phrase(clause.tokens, place)
    if 1 < len(phrase) <= _LONGEST and all(token.text.isascii() for token in phrase):
        text = turned(" ".join(token.text for token in phrase)).replace(" 's", "'s").replace(" n't", "n't")
        yield Mention(sort="past", key=text.lower(), tense="past", words={"past": text}, own=True)
