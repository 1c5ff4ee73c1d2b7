"""Conversations over HTTP: their owner's alone, with all that was said, and gone once they are deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from schemas.conversation import conversation_folder
from schemas.kinds.reply import ReplyResult
from schemas.reply.answers import ConversationAnswer
from schemas.reply.tasks import Conversation
from schemas.status import Status
from tests.api import ApiBench
from tests.conversing import OWNER, Talk

if TYPE_CHECKING:
    from schemas.conversation import ConversationHead
    from schemas.kinds.reply import ReplyRequest
    from workers.work import OwnerWork

ONE = "/v1/conversations/one"


@pytest.fixture
def api() -> ApiBench:
    return ApiBench()


@pytest.fixture
def talk(api: ApiBench) -> Talk:
    """Learners and a worker before the API's own table and bucket."""
    talk = Talk(api.clock)
    talk.bench.store, talk.bench.objects = api.store.inner, api.objects.inner
    return talk


def ask(api: ApiBench, path: str, *, owner: str = OWNER, method: str = "GET") -> Any:
    return api.http.request(method, path, headers={"X-Sayline-Owner": owner})


def objects(api: ApiBench) -> list[str]:
    return list(api.objects.inner.keys(conversation_folder(OWNER, "one")))


def is_missing(answer: Any) -> bool:
    return (answer.status_code, answer.json()["code"]) == (404, "conversation_not_found")


def test_a_conversation_is_shown_with_all_that_was_said(api: ApiBench, talk: Talk):
    first = talk.say("안녕하세요", conversation="one", topic="음식", level="low", role="a waiter")
    began = api.clock()
    api.clock.advance(60)
    second = talk.say("I go to the market.", conversation="one", level="B1", role="a waiter")

    answer = ask(api, ONE)

    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    said = [
        {"number": 1, "job_id": first.id, "at": "...", "message": "안녕하세요", "reply": "1: 안녕하세요"},
        {
            "number": 2,
            "job_id": second.id,
            "at": "...",
            "message": "I go to the market.",
            "reply": "2: 안녕하세요 / I go to the market.",
        },
    ]
    assert {**answer.json(), "history": [{**turn, "at": "..."} for turn in answer.json()["history"]]} == {
        "id": "one",
        "turns": 2,
        "level": "B1",
        "role": "a waiter",
        "topic": "음식",
        "created_at": began.isoformat().replace("+00:00", "Z"),
        "updated_at": api.clock().isoformat().replace("+00:00", "Z"),
        "links": {"self": ONE},
        "history": [{**turn, "recast": None} for turn in said],
        "summary": None,
        "summarised_turns": 0,
    }


def test_one_that_has_no_turn_yet_is_there(api: ApiBench, talk: Talk):
    def look(*_: object) -> Any:
        seen.append(ask(api, ONE).json())
        raise AssertionError

    seen: list[Any] = []
    before, talk.handle = talk.handle, lambda request, work: (before(request, work), look())[1]
    talk.say("Hello", conversation="one")

    assert (seen[0]["turns"], seen[0]["history"]) == (0, [])


def test_pages_follow_one_another(api: ApiBench, talk: Talk):
    names = [f"talk-{number}" for number in range(5)]
    for name in names:
        api.clock.advance(1)
        talk.say("Hello", conversation=name)
    seen: list[str] = []
    cursor = ""
    for left in (3, 1, 0):
        page = ask(api, f"/v1/conversations?limit=2{cursor}").json()
        seen += [one["id"] for one in page["conversations"]]
        assert (page["next"] is None) == (left == 0)
        cursor = f"&cursor={page['next']}"

    assert seen == names[::-1]


@pytest.mark.parametrize("cursor", ["x", "", "1." + "a" * 80])
def test_what_no_page_has_ended_with_is_no_cursor(api: ApiBench, cursor: str):
    answer = ask(api, f"/v1/conversations?cursor={cursor}")

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "cursor")


def test_the_list_has_the_latest_turn_first(api: ApiBench, talk: Talk):
    for name in ("one", "two", "three", "one"):
        api.clock.advance(1)
        talk.say("Hello", conversation=name)

    found = ask(api, "/v1/conversations?limit=2").json()["conversations"]

    assert [(one["id"], one["turns"]) for one in found] == [("one", 2), ("three", 1)]
    assert "history" not in found[0]


@pytest.mark.parametrize("limit", ["0", "101", "many"])
def test_a_limit_is_checked(api: ApiBench, limit: str):
    assert ask(api, f"/v1/conversations?limit={limit}").status_code == 422


def test_anothers_conversation_is_as_good_as_none(api: ApiBench, talk: Talk):
    talk.say("Hello", conversation="one")

    assert is_missing(ask(api, ONE, owner="other"))
    assert is_missing(ask(api, ONE, owner="other", method="DELETE"))
    assert ask(api, "/v1/conversations", owner="other").json() == {"conversations": [], "next": None}
    assert ask(api, ONE).json()["turns"] == 1


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_what_is_not_there_is_not_found(api: ApiBench, method: str):
    assert is_missing(ask(api, "/v1/conversations/none", method=method))


@pytest.mark.parametrize("name", ["-", "a" * 65, "a" * 2000, "%2e%2e", "a%2Fb", "대화"])
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_what_no_conversation_can_be_called_is_not_even_looked_for(api: ApiBench, name: str, method: str):
    """DynamoDB takes no key of more than 1024 bytes, and a bucket's is no place for a caller's slashes."""
    api.conversations.before, api.objects.before = {"get", "delete"}, {"keys"}

    assert ask(api, f"/v1/conversations/{name}", method=method).status_code == 404


def test_deletion_deletes(api: ApiBench, talk: Talk):
    talk.say("Hello", conversation="one")
    talk.say("Hello", conversation="one")
    talk.say("Hello", conversation="two")
    assert objects(api)

    answer = ask(api, ONE, method="DELETE")

    assert (answer.status_code, answer.content) == (204, b"")
    assert objects(api) == []
    assert is_missing(ask(api, ONE))
    assert is_missing(ask(api, ONE, method="DELETE"))
    assert [one["id"] for one in ask(api, "/v1/conversations").json()["conversations"]] == ["two"]
    assert talk.say("Hello", conversation="one").status is Status.FAILED


def test_a_deletion_that_was_broken_off_is_gone_on_with(api: ApiBench, talk: Talk):
    talk.say("Hello", conversation="one")
    api.objects.before = {"delete"}
    assert ask(api, ONE, method="DELETE").status_code == 503
    assert is_missing(ask(api, ONE))
    assert objects(api)
    api.objects.before = set()

    assert is_missing(ask(api, ONE, method="DELETE"))

    assert objects(api) == []


@pytest.mark.parametrize("path", [ONE, "/v1/conversations"])
def test_a_table_out_of_reach_is_said(api: ApiBench, path: str):
    api.conversations.before = {"get", "list_by_owner"}

    assert (ask(api, path).status_code, ask(api, path).json()["code"]) == (503, "unavailable")


def test_one_that_goes_on_while_it_is_shown_is_shown_as_it_is_then(
    api: ApiBench, talk: Talk, monkeypatch: pytest.MonkeyPatch
):
    talk.say("1", conversation="one")
    get = api.conversations.inner.get

    def late(*which: str) -> Any:
        head = get(*which)
        monkeypatch.setattr(api.conversations.inner, "get", get)
        talk.say("2", conversation="one")
        talk.say("3", conversation="one")
        return head

    monkeypatch.setattr(api.conversations.inner, "get", late)

    answer = ask(api, ONE).json()

    assert (answer["turns"], [turn["message"] for turn in answer["history"]]) == (3, ["1", "2", "3"])


def test_a_turn_is_shown_as_soon_as_its_job_has_succeeded(api: ApiBench, talk: Talk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("workers.runner.complete", lambda *_: None)
    job = talk.say("1", conversation="one")
    assert (job.status, talk.head("one").turns) == (Status.SUCCEEDED, 0)

    answer = ask(api, ONE).json()

    assert (answer["turns"], [turn["message"] for turn in answer["history"]]) == (1, ["1"])
    assert not api.job(job.id).is_open


def held_head(talk: Talk) -> list[ConversationHead]:
    """Have each turn's head be noted once it is written, while its job still runs."""
    seen: list[ConversationHead] = []
    before = talk.handle

    def handle(request: ReplyRequest, work: OwnerWork[Any]) -> ReplyResult:
        result = before(request, work)
        seen.append(talk.head("one"))
        return result

    talk.handle = handle
    return seen


def test_a_turn_that_its_worker_counts_between_the_looks_at_head_and_job_is_shown(
    api: ApiBench, talk: Talk, monkeypatch: pytest.MonkeyPatch
):
    heads, get = held_head(talk), api.conversations.inner.get
    talk.say("1", conversation="one")
    monkeypatch.setattr(api.conversations.inner, "get", lambda *which: heads.pop() if heads else get(*which))

    answer = ask(api, ONE).json()

    assert (answer["turns"], [turn["message"] for turn in answer["history"]]) == (1, ["1"])


def test_a_conversation_whose_turn_was_taken_and_never_written_down_is_shown_without_it(api: ApiBench, talk: Talk):
    talk.say("1", conversation="one")

    def idle(request: ReplyRequest, work: OwnerWork[Any]) -> ReplyResult:
        assert isinstance(request.task, Conversation)
        history = work.conversation(request.task).history
        said = ConversationAnswer(
            conversation=history.id,
            turn=2,
            reply="...",
            message=request.task.message,
            level=history.level,
            topic=history.topic,
            role=history.role,
        )
        return ReplyResult(engine="echo", model="1", answer=said)

    talk.handle = idle
    assert talk.say("2", conversation="one").status is Status.SUCCEEDED
    assert talk.head("one").holder

    answer = ask(api, ONE).json()

    assert (answer["turns"], [turn["message"] for turn in answer["history"]]) == (1, ["1"])


def test_a_history_that_is_gone_is_no_defect_of_the_caller(api: ApiBench, talk: Talk):
    talk.say("1", conversation="one")
    api.objects.inner.objects.clear()

    assert ask(api, ONE).status_code == 503


def test_conversations_are_described(api: ApiBench):
    paths = api.http.get("/openapi.json").json()["paths"]

    assert set(paths["/v1/conversations"]) == {"get"}
    one = paths["/v1/conversations/{conversation_id}"]
    assert set(one) == {"get", "delete"}
    shown = one["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert shown == {"$ref": "#/components/schemas/ConversationView"}
    assert "content" not in one["delete"]["responses"]["204"]
    assert set(one["delete"]["responses"]) == {"204", "404", "422", "500", "503"}
