"""The audit finds each defect of a conversation that is planted, and nothing in sound ones."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from ops.audit import MEANINGS, Evidence, audit
from schemas.conversation import History, conversation_folder
from schemas.histories import erase
from tests.conversing import OWNER, Talk
from workers.folder import collection_folder

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import ManualClock


@pytest.fixture
def talk(clock: ManualClock) -> Talk:
    """Two conversations; one more has been deleted, and one belongs to another."""
    talk = Talk(clock)
    for name in ("one", "two", "one", "gone", "one"):
        talk.say("안녕하세요", conversation=name)
    talk.say("Hello", conversation="one", owner="other")
    assert talk.bench.conversations.delete(OWNER, "gone", now=clock())
    erase(OWNER, "gone", talk.bench.objects)
    return talk


def evidence(talk: Talk) -> Evidence:
    return Evidence(
        jobs=dict(talk.bench.store._jobs),  # noqa: SLF001 - what the twin holds
        objects=talk.bench.objects,
        payloads=talk.bench.runner().payloads,
        conversations=talk.bench.conversations.heads(),
        waiting={},
        dead={},
    )


def rewrite(talk: Talk, change: Callable[[History], dict[str, Any]]) -> None:
    history = talk.history("one")
    changed = history.model_copy(update=change(history))
    talk.bench.objects.put(talk.head("one").key, changed.model_dump_json().encode(), mime="application/json")


def heads(talk: Talk, **changes: Any) -> Evidence:
    """With the first conversation's head changed."""
    found = evidence(talk)
    one = talk.head("one")
    return replace(
        found,
        conversations=tuple(head.model_copy(update=changes) if head == one else head for head in found.conversations),
    )


def without_head(talk: Talk) -> Evidence:
    found = evidence(talk)
    return replace(found, conversations=tuple(head for head in found.conversations if head != talk.head("one")))


def put(talk: Talk, key: str, data: bytes = b"{}") -> Evidence:
    talk.bench.objects.put(key, data, mime="application/json")
    return evidence(talk)


def codes(found: Evidence) -> set[str]:
    return {finding.code for finding in audit(found)}


def test_sound_conversations_have_no_findings(talk: Talk):
    assert list(audit(evidence(talk))) == []


def test_a_turn_that_is_still_to_be_counted_is_not_missed(talk: Talk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("workers.runner.complete", lambda *_: None)
    talk.say("Hello", conversation="one")

    assert codes(evidence(talk)) == {"job_still_open"}


def test_what_a_dead_attempt_left_goes_with_the_next_turn(talk: Talk):
    assert codes(put(talk, f"{conversation_folder(OWNER, 'one')}00004-0.1-dead.json")) == set()


def test_a_collection_may_be_called_conversations(talk: Talk):
    collection_folder(OWNER, "conversations", talk.bench.objects).write("a.json", b"{}", mime="application/json")

    assert codes(evidence(talk)) == set()


def drop_turn(talk: Talk) -> Evidence:
    rewrite(talk, lambda history: {"turns": (history.turns[0], history.turns[2])})
    return evidence(talk)


def double_turn(talk: Talk) -> Evidence:
    rewrite(talk, lambda history: {"turns": (*history.turns, history.turns[2])})
    return evidence(talk)


def anothers_turn(talk: Talk) -> Evidence:
    rewrite(
        talk,
        lambda history: {"turns": (*history.turns[:2], history.turns[2].model_copy(update={"job_id": "another"}))},
    )
    return evidence(talk)


def without_object(talk: Talk) -> Evidence:
    talk.bench.objects.delete([talk.head("one").key])
    return evidence(talk)


@pytest.mark.parametrize(
    ("plant", "found"),
    [
        (without_object, {"history_missing"}),
        (lambda t: put(t, t.head("one").key, b"no history"), {"history_missing"}),
        (drop_turn, {"turns_disagree", "turn_missing"}),
        (double_turn, {"turns_disagree"}),
        (anothers_turn, {"turn_missing"}),
        (lambda t: heads(t, turns=4), {"turns_disagree"}),
        (lambda t: heads(t, turns=2), {"turns_disagree"}),
        (without_head, {"turn_missing", "object_of_no_conversation"}),
        (lambda t: heads(t, deleted=True), {"object_of_no_conversation"}),
        (lambda t: put(t, f"{conversation_folder(OWNER, 'gone')}00002-dead.json"), {"object_of_no_conversation"}),
        (lambda t: put(t, f"{conversation_folder(OWNER, 'none')}00001-dead.json"), {"object_of_no_conversation"}),
    ],
)
def test_a_planted_defect_is_found(talk: Talk, plant: Callable[[Talk], Evidence], found: set[str]):
    assert codes(plant(talk)) == found
    assert found <= MEANINGS.keys()
