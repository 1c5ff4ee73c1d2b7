"""Prepositions: what stands before and after one is put into a relation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

from workers.engines.cards.scene.lexicon import Noun, Token, colour_at, words
from workers.engines.cards.scene.model import Doing, Entity, Spot
from workers.engines.cards.scene.phrases import Phrase, phrase_at
from workers.engines.cards.scene.placing import put
from workers.engines.cards.symbols import symbols

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workers.engines.cards.scene.entities import Cast

#: What is no wider can lie on something else: `an apple on a plate on a table`.
_SMALL = 200
#: Verbs whose place is the object's: `puts a cup on the table`.
_OF_OBJECT = {"put", "beside", "have"}
_TAKING = {"beside", "reach", "play", "hold", "desk", "write"}
_WORKED_ON = {"laptop", "board", "piano", "phone", "guitar"}
_TABLES = {"table", "desk"}
#: What is done at a table, where `on` is said: `is writing a letter on the desk`.
_AT_TABLES = {"read", "write", "draw", "type", "eat", "drink", "work", "study", "use"}
#: What something is done with, where `on` is said: `is typing on a laptop`; but not by who stands on it.
_TOOLS = {"paper", "laptop", "phone", "computer", "tablet"}
_UPON = {"stand", "sit", "dance", "jump", "lie"}
_CALLING = {"talk", "speak", "call", "chat"}
_MOVING = {"push", "pull"}
_PARTS = {"roof", "top", "branch", "back", "edge", "side", "corner", "middle", "center", "centre", "end", "seat"}
_SUPPORTS = {"on", "in", "under"}


class Reading(Protocol):
    """What is known of the sentence so far."""

    cast: Cast
    tokens: Sequence[Token]
    subjects: list[Entity]
    objects: list[Entity]
    landmarks: list[Entity]
    last: list[Entity]
    kind: str
    dressing: bool
    pending: list[tuple[str, list[Entity]]]
    """Relations of what is still to be named: `on the table there is ...`."""


def relate(reading: Reading, kind: str, preposition: str, at: int, *, fresh: bool) -> int:
    """Read what follows a preposition, and return where it ends.

    Args:
        reading: The sentence.
        kind: The relation, as `words.toml` has it.
        preposition: Its first word.
        at: The token after it.
        fresh: Whether it stands right after a verb: `looks at a cat`.
    """
    at = _whole(reading, at)
    spot = _spot(reading, at)
    if spot is not None and _take_spot(reading, kind, spot[0]):
        return spot[1]
    pronoun = reading.cast.spoken_of(reading.tokens[at].lower, reading.subjects) if at < len(reading.tokens) else []
    if pronoun:
        return _named(reading, kind, preposition, (pronoun, at + 1), fresh=fresh)
    phrase = phrase_at(reading.tokens, at)
    colour = colour_at(reading.tokens, at) if kind == "in" and not phrase.begun else None
    if colour is not None:
        for one in reading.subjects or reading.last:
            reading.cast.colour(one, colour[0])
        return at + colour[1]
    if kind == "without" or _worn(reading, kind, phrase) or _elsewhere(reading, kind, preposition, phrase.noun):
        return phrase.end
    return max(_named(reading, kind, preposition, (reading.cast.named(phrase), phrase.end), fresh=fresh), at)


def _named(reading: Reading, kind: str, preposition: str, found: tuple[list[Entity], int], *, fresh: bool) -> int:
    """Put what is spoken of to what was named, with all that is joined to it; return where that ends."""
    named, end = found
    if kind == "between" or (named and _joined(reading, end)):
        named, end = _rest(reading, named, end)
    if named:
        _put(reading, kind, preposition, named, fresh=fresh)
    return end


def _worn(reading: Reading, kind: str, phrase: Phrase) -> bool:
    """`in a red dress`, `with a hat`: people have it on."""
    worn = words()["wearable"].get(phrase.noun.lemma) if phrase.noun is not None else None
    told = [one for one in _targets(reading, kind) if one.is_person] if kind in {"in", "with"} else []
    if worn is None or not told:
        return False
    for one in told:
        one.wears.append((worn, next(iter(phrase.colours), None)))
    reading.last, reading.dressing = told, True
    return True


def _elsewhere(reading: Reading, kind: str, preposition: str, noun: Noun | None) -> bool:
    """`to school`: nobody is there yet; `at home`: inside, a room is shown."""
    if noun is None:
        return False
    if kind == "to" and noun.symbol is not None and symbols()[noun.symbol].facts.indoors:
        reading.cast.scene.miss(noun.text)
        return True
    return (kind == "in" or preposition == "at") and _inside_home(reading, noun.lemma)


def _whole(reading: Reading, at: int) -> int:
    """Return where the whole begins: `the roof of the house` is the house."""
    words_ = [token.lower for token in reading.tokens[at : at + 3]]
    for place, word in enumerate(words_[:-1]):
        if word in _PARTS and words_[place + 1] == "of":
            return at + place + 2
    return at


def _spot(reading: Reading, at: int) -> tuple[str, int] | None:
    """Return a place that is no backdrop, and where its phrase ends: `in the sky`, `in her hand`."""
    for here in range(at, min(at + 3, len(reading.tokens))):
        word = reading.tokens[here].lower
        if word in words()["spots"]:
            return words()["spots"][word], here + 1
        if word not in {"the", "his", "her", "their", "its", "a", "blue", "left", "right", "green"}:
            return None
    return None


def _take_spot(reading: Reading, kind: str, spot: str) -> bool:
    told = _targets(reading, kind)
    if kind not in _SUPPORTS | {"above", "near", "to", "with"} or (spot in {"sky", "water", "wall"} and not told):
        return bool(told)
    for one in told:
        if spot in {"sky", "wall", "ground", "water"}:
            one.spot = cast("Spot", spot)
    holder = next((one for one in reversed(reading.cast.scene.entities) if one.is_person and one not in told), None)
    if spot in {"hand", "head", "back"} and holder is not None:
        for one in told:
            if not one.is_person and not _held(one, holder):
                holder.doing.append(Doing(verb="hold", pose=None, object=one, how="hold"))
    return True


def _held(one: Entity, holder: Entity) -> bool:
    return any(doing.object is one for doing in holder.doing)


def _inside_home(reading: Reading, lemma: str) -> bool:
    """`in the house`: inside, a room is shown."""
    home = words()["homes"].get(lemma)
    scene = reading.cast.scene
    if home is None or scene.place is not None or not reading.subjects:
        return False
    scene.place, scene.place_word = home, lemma
    return True


def _joined(reading: Reading, end: int) -> bool:
    """Whether `and` joins another landmark, and not another clause."""
    if end + 1 >= len(reading.tokens) or reading.tokens[end].lower != "and":
        return False
    phrase = phrase_at(reading.tokens, end + 1)
    return phrase.noun is not None and phrase.end >= len(reading.tokens)


def _rest(reading: Reading, named: list[Entity], end: int) -> tuple[list[Entity], int]:
    while end < len(reading.tokens) and reading.tokens[end].lower in {"and", ","}:
        phrase = phrase_at(reading.tokens, end + 1)
        more = reading.cast.named(phrase) if phrase.noun else []
        if not more:
            break
        named, end = [*named, *more], phrase.end
    return named, end


def _put(reading: Reading, kind: str, preposition: str, named: list[Entity], *, fresh: bool) -> None:
    """Put the ones that are spoken of into the relation with what was named."""
    told = _spoken_of(reading, kind, named)
    doing = [one.doing[-1] for one in told if one.doing]
    if kind == "on" and _tool(reading, named[0]):
        return
    if kind == "on" and named[0].symbol in _TABLES and any(act.verb in _AT_TABLES for act in doing):
        kind = "at" if all(one.is_person for one in told) else kind
    upon = kind != "on" or any(act.verb in _UPON for act in doing)
    worked = not upon and (named[0].symbol == "board" or (fresh and named[0].symbol in _WORKED_ON))
    kind = "near" if worked else "at" if preposition == "at" and named[0].symbol in _TABLES else kind
    if (
        fresh
        and doing
        and kind in {"near", "to", "with"}
        and preposition not in {"near", "by", "beside", "next", "from"}
    ):
        wanted = [act for act in doing if act.how in _TAKING and act.object is None]
        for act in wanted:
            act.object = named[0]
        if wanted:
            reading.landmarks = reading.last = named
            return
    if not told:
        reading.pending.append((kind, named))
    for one in told:
        put(reading.cast.scene, kind, one, named)
        _together(one, kind, named)
    if kind == "with" and told:
        reading.last = told
        return
    reading.landmarks = reading.last = named
    reading.kind = kind


def _spoken_of(reading: Reading, kind: str, named: list[Entity]) -> list[Entity]:
    """Return who is put somewhere: of who pushes somebody on a swing, that one."""
    acts = [one.doing[-1] for one in reading.subjects if one.doing and kind in {"on", "in"}]
    moved = [act.object for act in acts if act.verb in _MOVING and act.object is not None]
    alive = [one for one in moved if one.is_person or reading.cast.is_animal(one)]
    return [one for one in alive or _targets(reading, kind) if one not in named]


def _tool(reading: Reading, thing: Entity) -> bool:
    """Let somebody do it with a thing that it is done `on`: a phone, a laptop, paper; return whether it is one."""
    users = [one for one in reading.subjects if one.is_person and one.doing and one is not thing]
    if thing.symbol not in _TOOLS or not users or any(one.doing[-1].verb in _UPON for one in users):
        return False
    for one in users:
        act = one.doing[-1]
        if thing.symbol == "phone" and act.verb in _CALLING:
            whom = act.object
            act.verb, act.object, act.how = "phone", thing, "prop"
            if whom is not None and whom is not thing:
                put(reading.cast.scene, "near", one, [whom])
        elif act.object is None:
            act.object = thing
        elif act.how == "prop" and thing in reading.cast.scene.entities:
            reading.cast.scene.entities.remove(thing)
        elif act.how != "prop":
            put(reading.cast.scene, "near", one, [thing])
    reading.landmarks = reading.last = [thing]
    return True


def _together(one: Entity, kind: str, named: list[Entity]) -> None:
    """`is dancing with a man`: he does as well."""
    for other in named if kind == "with" and one.doing else []:
        if not other.doing and (other.is_person or symbols()[other.symbol or ""].group == "animals"):
            other.doing.append(Doing(verb=one.doing[-1].verb, pose=None, how="along"))


def _targets(reading: Reading, kind: str) -> list[Entity]:
    """Return what a preposition speaks of: the last landmark, the object, or the subjects."""
    if reading.landmarks and reading.last is reading.landmarks:
        told = [one for one in reading.subjects if one not in reading.landmarks]
        placed = any(r.one in told and r.kind in _SUPPORTS for r in reading.cast.scene.relations)
        small = all(one.symbol is not None and symbols()[one.symbol].width <= _SMALL for one in reading.landmarks)
        alive = all(one.is_person for one in reading.landmarks)
        chained = (small or placed or alive) if kind in _SUPPORTS else (reading.kind in _SUPPORTS and kind != "with")
        return reading.landmarks if chained or not told else told
    if reading.objects and reading.last is reading.objects:
        hows = {one.doing[-1].how for one in reading.subjects if one.doing}
        if hows & _OF_OBJECT or not reading.subjects:
            return reading.objects
    things = reading.last[-1:] if kind == "with" and all(one.symbol for one in reading.last) else []
    return things or reading.subjects or reading.last
