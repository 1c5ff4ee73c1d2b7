"""Pauses and signs of life on a wire of the test's own: pages, other versions, refusals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ops.aws.clients import Clients
from ops.aws.dynamodb import DynamoOperating
from schemas.errors import UnavailableError
from schemas.operating import Pause
from tests.operating import sign
from tests.unit.test_aws_requests import SETTINGS, Wire, refusal

if TYPE_CHECKING:
    from tests.conftest import ManualClock


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def operating(wire: Wire) -> DynamoOperating:
    return DynamoOperating(wire.attach(Clients(SETTINGS).dynamodb), "table")


def item(document: str) -> dict[str, Any]:
    return {"pk": {"S": "p"}, "sk": {"S": "s"}, "document": {"S": document}}


def newer(document: str) -> str:
    """The document as a later version may write it."""
    return document.removesuffix("}") + ',"unheard_of":1}'


def test_pauses_are_read_strongly_consistent_page_by_page(operating: DynamoOperating, wire: Wire, clock: ManualClock):
    pauses = [Pause(kind=kind, since=clock(), by="mina@desk") for kind in ("tts", "reply")]
    first, second = (item(pause.model_dump_json()) for pause in pauses)
    key = {"pk": {"S": "pauses"}, "sk": {"S": "pause#tts"}}
    wire.answers = [(200, {"Items": [first], "LastEvaluatedKey": key}), (200, {"Items": [second]})]

    assert operating.paused() == {pause.kind: pause for pause in pauses}
    asked = wire.params("Query")
    assert [each["ConsistentRead"] for each in asked] == [True, True]
    assert asked[1]["ExclusiveStartKey"] == key


def test_what_a_newer_version_says_is_read_without_what_only_it_knows_of(
    operating: DynamoOperating, wire: Wire, clock: ManualClock
):
    said, pause = sign(clock), Pause(kind="tts", since=clock(), by="mina@desk")
    wire.answers = [
        (200, {"Items": [item(newer(said.model_dump_json()))]}),
        (200, {"Items": [item(newer(pause.model_dump_json()))]}),
        refusal("ConditionalCheckFailedException", Item=item(newer(pause.model_dump_json()))),
    ]

    assert operating.workers(now=clock()) == [said]
    assert operating.paused() == {"tts": pause}
    assert operating.pause(pause.model_copy(update={"by": "juno@desk"})) == pause


def test_a_pause_whose_refusal_does_not_say_why_is_not_taken_for_one(
    operating: DynamoOperating, wire: Wire, clock: ManualClock
):
    wire.answers = [refusal("ConditionalCheckFailedException")]

    with pytest.raises(UnavailableError):
        operating.pause(Pause(kind="tts", since=clock(), by="mina@desk"))


def test_a_sign_of_life_expires_an_hour_after_it_was_to_be_renewed(
    operating: DynamoOperating, wire: Wire, clock: ManualClock
):
    said = sign(clock)

    operating.say(said)

    [asked] = wire.params("PutItem")
    assert asked["Item"]["expires_at"] == {"N": str(int(said.until.timestamp()) + 3600)}
