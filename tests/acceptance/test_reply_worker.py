"""A real worker on an OpenAI-compatible chat server: read while it is written, killed in the middle, paid by token."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from tests.acceptance.running import RunningStack, wait_for_end
from tests.replies import MESSAGE, TURN, spoken
from tests.vendors.openai import refusal
from tests.vendors.openai_chat import PATH, OpenAIChatServer, Says
from tests.vendors.server import Held
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx2

KEY = "sk-0123456789"
VISIBILITY_S = 11


@dataclass
class Site:
    """A stack whose worker has the chat engine, and that engine's server."""

    server: OpenAIChatServer = field(init=False)
    stack: RunningStack = field(init=False)
    log: Any = None

    def say(self, client: httpx2.Client, conversation: str, message: str = MESSAGE) -> str:
        """Submit a turn."""
        task = {"type": "conversation", "message": message, "conversation": conversation, "level": "low"}
        answer = client.post("/v1/jobs/reply", json={"task": task})
        job_id: str = answer.raise_for_status().json()["id"]
        return job_id


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site()
    folder = tmp_path_factory.mktemp("stack")
    site.log = folder / "stack.log"
    with pytest.MonkeyPatch.context() as environment, OpenAIChatServer(KEY) as site.server:
        environment.setenv("SAYLINE_TEST_KEY", KEY)
        options = {
            "base_url": f"{site.server.url}/v1",
            "api_key": "env:SAYLINE_TEST_KEY",
            "model": "gpt-test",
            "price": {"input": 0.4, "output": 1.6, "as_of": "2026-11-01"},
        }
        settings: dict[str, Any] = {
            "kinds": ("reply",),
            "engines": {"reply": "openai-chat", "retrieval": "embedded"},
            "engine_options": {"openai-chat": options},
            "pool": "threads",
            "concurrency": 4,
            "visibility_s": VISIBILITY_S,
            "heartbeat_s": 0.5,
            "long_poll_s": 1,
            "log_level": "debug",
        }
        site.server.will_say(Says(text=spoken(TURN)))
        with RunningStack(folder, **settings) as site.stack:
            yield site


@pytest.fixture
def client(site: Site) -> Iterator[httpx2.Client]:
    site.server.recover()
    with site.stack.client() as client:
        yield client


@pytest.mark.timeout(180)
def test_a_reply_is_read_while_it_is_written(site: Site, client: httpx2.Client):
    held = Held(before=b"corrections", released=threading.Event())
    site.server.plan(PATH, held)
    try:
        job_id = site.say(client, "read-along")

        def begun() -> Any:
            view = client.get(f"/v1/jobs/{job_id}").raise_for_status().json()
            return view if (view["progress"] or {}).get("partial") else None

        view = wait_until(begun)
        assert view["status"] == "running"
        assert TURN["reply"].startswith(view["progress"]["partial"].rstrip())
        assert view["progress"]["partial"].startswith("That sounds fun!")
    finally:
        held.released.set()
    job = wait_for_end(client, job_id)

    assert job["status"] == "succeeded", job["error"]
    result = job["result"]
    assert (result["engine"], result["prompt"]) == ("openai-chat", "conversation-1")
    assert [each["original"] for each in result["answer"]["corrections"]] == ["go", "am really like"]
    assert result["tokens"] == {"input": 1_000, "output": 100}
    assert job["usage"]["cost_microusd"] == 400 + 160
    assert site.stack.findings() == []


@pytest.mark.timeout(240)
def test_a_worker_that_is_killed_in_the_middle_of_a_reply_leaves_one_turn(site: Site, client: httpx2.Client):
    first = wait_for_end(client, site.say(client, "killed"))
    held = Held(before=b"corrections", released=threading.Event())
    asked = site.server.times(PATH)
    site.server.plan(PATH, held)
    job_id = site.say(client, "killed", "And you?")
    wait_until(lambda: site.server.times(PATH) > asked)

    site.stack.kill("worker")
    held.released.set()
    job = wait_for_end(client, job_id, timeout_s=120)

    assert (first["status"], job["status"]) == ("succeeded", "succeeded"), job["error"]
    assert job["attempt"] == 2
    assert job["result"]["answer"]["turn"] == 2
    conversation = client.get("/v1/conversations/killed").raise_for_status().json()
    assert [turn["message"] for turn in conversation["history"]] == [MESSAGE, "And you?"]
    retold = site.server.completed[-1]["messages"][1]["content"]
    assert retold.count("<learner>") == 1
    assert MESSAGE in retold
    assert site.stack.findings() == []


def test_a_job_whose_answer_is_refused_fails_and_leaves_the_conversation_as_it_was(site: Site, client: httpx2.Client):
    wait_for_end(client, site.say(client, "refused"))
    site.server.plan(PATH, refusal(429, "insufficient_quota", "insufficient_quota"))

    failed = wait_for_end(client, site.say(client, "refused", "Once more?"))
    again = wait_for_end(client, site.say(client, "refused", "And now?"))

    assert (failed["status"], failed["error"]["code"]) == ("failed", "insufficient_quota")
    assert again["result"]["answer"]["turn"] == 2


def test_nobody_finds_texts_or_keys_in_the_log(site: Site, client: httpx2.Client):
    site.server.plan(PATH, refusal(400, "invalid_request_error", "invalid_value", f"bad: {MESSAGE}"))
    wait_for_end(client, site.say(client, "quiet"))

    log = site.log.read_text()
    assert "job_finished" in log
    for secret in (KEY, MESSAGE, TURN["reply"], "kimchi"):
        assert secret not in log
