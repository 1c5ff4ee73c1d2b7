"""The last step of reading: poses for what is done, a place where none was said, and what nothing shows."""

from __future__ import annotations

from workers.engines.cards.figure import pose_of
from workers.engines.cards.scene.lexicon import words
from workers.engines.cards.scene.model import Doing, Entity, Kind, Relation, Scene
from workers.engines.cards.scene.tables import meal, put_on_tables, work
from workers.engines.cards.symbols import symbol_of, symbols

_AFLOAT = {"boat", "ship", "fish", "duck", "dolphin", "whale", "shark", "penguin"}
#: Animals that are no larger are carried.
_ON_ARM = 230
_BALLS = {"ball", "basketball"}


def finish(scene: Scene) -> None:
    """Complete a scene."""
    for one in list(scene.entities):
        for doing in list(one.doing):
            if one.is_person:
                _person(scene, one, doing)
            else:
                _other(scene, one, doing)
    _water(scene)
    for one in scene.entities:
        if one.spot == "wall" and (one.symbol is None or not symbols()[one.symbol].facts.hangs):
            scene.miss("on the wall")
    put_on_tables(scene)
    _counts(scene)
    _once(scene)


def _once(scene: Scene) -> None:
    """What several hold is held by the first of them, but food: each has some."""
    held: set[int] = set()
    for one in scene.entities:
        for doing in one.doing:
            thing = doing.object
            if thing is None or doing.how != "hold" or thing.symbol is None or symbols()[thing.symbol].group == "food":
                continue
            if id(thing) in held and not thing.vague:
                doing.object, doing.pose = None, "standing"
            held.add(id(thing))


def _counts(scene: Scene) -> None:
    """Each has one: of what several ride, sit on, hold, and how many is not said."""
    for relation in scene.relations:
        if relation.kind in {"on", "in"} and relation.one.is_person and relation.other.vague:
            relation.other.count = relation.one.count
    for one in scene.entities:
        for doing in one.doing if one.count > 1 or one.members else []:
            if doing.object is not None and doing.object.vague and doing.how in {"hold", "prop"}:
                doing.object.count = 1


def _person(scene: Scene, one: Entity, doing: Doing) -> None:
    thing = doing.object
    if doing.how == "wear" or (doing.how == "put" and thing is not None and thing.lemma in words()["wearable"]):
        _wear(scene, one, doing)
        return
    if doing.verb == "play":
        _play(doing)
    if doing.how == "have":
        small = thing is not None and thing.count == 1 and holdable(thing) and not _is_animal(thing)
        doing.how = "hold" if small else "beside"
    if thing is not None and thing.lemma in words()["meals"]["words"] and doing.verb in {"have", "eat"}:
        meal(scene, one, thing, doing)
        return
    doing.pose = doing.pose or _pose(doing)
    if thing is not None and doing.verb != "play" and doing.pose != pose_of(doing.verb) and doing.how == "hold":
        doing.how = "prop" if _special(doing) else "hold"
    if doing.pose is None:
        scene.miss(doing.verb)
    _posed(scene, one, doing)
    _place_object(scene, one, doing)


def _posed(scene: Scene, one: Entity, doing: Doing) -> None:
    """Change the pose for where it is done, and what with."""
    thing = doing.object
    if doing.verb == "swim":
        one.spot = "water"
    if doing.verb == "lie":
        doing.pose = "lying"
    if doing.verb == "ride" and thing is not None and thing.symbol == "skateboard":
        doing.pose = pose_of("skateboard")
    upon = any(r.one is one and r.kind in {"on", "in"} for r in scene.relations)
    if doing.pose in {"riding", "driving"} and thing is None and not upon:
        doing.pose = "standing"
        scene.miss(doing.verb)
    if doing.pose == "drawing" and any(r.one is one and r.kind == "at" for r in scene.relations):
        doing.pose = "writing"  # an easel stands on the ground
    if doing.pose == "working":
        work(scene, one, doing)


def _special(doing: Doing) -> bool:
    """Whether the pose is one for this object, which it brings along: `take a photo`."""
    thing = doing.object
    if doing.verb in {"hold", "carry", "fly"}:
        return False
    return thing is not None and pose_of(doing.verb, thing.lemma) not in {None, pose_of(doing.verb)}


def _pose(doing: Doing) -> str | None:
    name = doing.object.lemma if doing.object is not None else ""
    own: str | None = words()["verbs"].get(doing.verb, {}).get("pose")
    return pose_of(doing.verb, name) or own


def _play(doing: Doing) -> None:
    """Playing: a ball is kicked; an animal stroked; a piano has a player before it; the rest is held."""
    thing = doing.object
    if thing is None or thing.symbol in _BALLS:
        return
    special = pose_of("play", thing.lemma)
    if special != pose_of("play"):
        doing.pose, doing.how = special, "on" if thing.symbol == "piano" else "prop"
    elif thing.is_person or symbols()[thing.symbol or ""].group == "animals":
        doing.pose, doing.how = "standing", "reach"
    else:
        doing.pose, doing.how = "carrying", "hold"


def _wear(scene: Scene, one: Entity, doing: Doing) -> None:
    thing = doing.object
    one.doing.remove(doing)
    if thing is None:
        return
    if thing in scene.entities:
        scene.entities.remove(thing)
    worn = words()["wearable"].get(thing.lemma)
    if worn is None:
        scene.miss(thing.label)
    else:
        one.wears.append((worn, next(iter(thing.colours), None)))


def _place_object(scene: Scene, one: Entity, doing: Doing) -> None:
    """Put the object of what is done where it belongs, if it is not held."""
    thing = doing.object
    if thing is None:
        return
    if doing.how == "prop" and thing.symbol != "board":
        return
    if doing.how == "prop":
        doing.how = "beside"
    if doing.how == "on":
        scene.relations.insert(0, Relation(one, "on", thing))
    elif doing.how in {"", "beside", "reach", "desk"} or not holdable(thing):
        if doing.how == "hold":
            doing.how = "beside"
            _not_in_hand(scene, doing)
        near = not any(r.one is thing or (r.other is thing and r.one is one) for r in scene.relations)
        if near:
            scene.relations.append(Relation(one=one, kind="near", other=thing))


def _not_in_hand(scene: Scene, doing: Doing) -> None:
    """What is too large for a hand stands beside who would have it: the verb is not shown."""
    if doing.verb in {"carry", "hold", "lift", "fly", "throw", "catch"}:
        doing.pose = "standing"
        scene.miss(doing.verb)


def _other(scene: Scene, one: Entity, doing: Doing) -> None:
    """Animals and things: a variant shows it, or the place where they are."""
    symbol = symbols()[one.symbol or ""]
    variant = symbol_of(symbol.label, doing.verb)
    shown = variant is not None and variant.name != symbol.name
    if doing.verb == "fly":
        one.spot = one.spot or "sky"
        shown = True
    if doing.verb in {"swim", "sail", "float"}:
        one.spot = one.spot or "water"
        shown = True
    upon = doing.verb in {"ride", "climb", "sit", "drive"} and doing.object is not None
    if not shown and not upon and doing.verb not in words()["still"]["words"]:
        scene.miss(doing.verb)
    if doing.object is not None:
        kind: Kind = "in" if doing.verb == "drive" else "on" if upon else "near"
        scene.relations.insert(0, Relation(one, kind, doing.object))


def _free(scene: Scene, one: Entity) -> bool:
    return not any(r.one is one and r.kind in {"on", "in", "under"} for r in scene.relations)


def _is_animal(thing: Entity) -> bool:
    return thing.symbol is not None and symbols()[thing.symbol].group == "animals"


def holdable(thing: Entity) -> bool:
    """Whether it can be in a hand: what has a place for it, and small animals."""
    if thing.symbol is None:
        return False
    symbol = symbols()[thing.symbol]
    small = symbol.group == "animals" and max(symbol.width, symbol.height) <= _ON_ARM
    return symbol.facts.hold is not None or small


def _water(scene: Scene) -> None:
    """Who swims is in water: a place with some is shown where none was said."""
    place = symbols()[scene.place] if scene.place else None
    if place is not None and place.facts.water is not None:
        for one in scene.entities:
            afloat = one.symbol in _AFLOAT and one.subject and _free(scene, one)
            one.spot = "water" if afloat else one.spot
    wet = [one for one in scene.entities if one.spot == "water"]
    if wet and scene.place is None:
        scene.place, scene.place_word = "sea", ""
    place = symbols()[scene.place] if scene.place else None
    if wet and (place is None or place.facts.water is None):
        for one in wet:
            one.spot = None
