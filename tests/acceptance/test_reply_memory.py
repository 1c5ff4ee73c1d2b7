"""A real worker that serves replies by the engines of its own: what each of its processes takes at most."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ops.bench.processes import tree
from tests.acceptance.running import RunningStack, wait_for_end
from tests.memory import status_mb

if TYPE_CHECKING:
    import httpx2

pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="looks at processes in /proc")

LIMIT_MB = 400
GUIDE = Path(__file__).parents[1] / "documents" / "library" / "course-handbook.md"
TASKS: tuple[dict[str, Any], ...] = (
    {"type": "conversation", "message": "Yesterday I go to the market with my freind. I am really like kimchi!"},
    {"type": "practice_sentences", "topic": "food", "count": 20},
    {"type": "scenario", "topic": "café"},
    {"type": "reply_options", "chat": "민수: 이번 주 뭐 해?\n지수: 별일 없어\n지수: 영화 보러 갈래?", "me": "민수"},
    {"type": "grounded_answer", "question": "How much does the course cost?", "collection": "course"},
    {"type": "daily_question", "date": "2026-11-21"},
)


@pytest.mark.timeout(180)
def test_no_process_of_a_worker_that_has_done_all_tasks_has_taken_400_mb(tmp_path: Path):
    # One process of the pool does them all, and has indexed the document.
    with (
        RunningStack(tmp_path, kinds=("document", "reply"), concurrency=1, long_poll_s=1) as stack,
        stack.client() as client,
    ):
        _index(client)
        for task in TASKS:
            job = _done(client, client.post("/v1/jobs/reply", json={"task": task}))
            assert job["result"]["engine"] == "offline-rules"
        worker = stack.stack.process("worker").pid
        assert worker is not None
        most = [status_mb("VmHWM", pid) for pid in tree(worker)]

    assert len(most) >= 2
    assert max(most) < LIMIT_MB, most


def _index(client: httpx2.Client) -> None:
    files = {"document": (GUIDE.name, GUIDE.read_bytes(), "text/markdown")}
    form = {"collection": "course", "name": GUIDE.name}
    _done(client, client.post("/v1/jobs/document", data=form, files=files))


def _done(client: httpx2.Client, accepted: httpx2.Response) -> dict[str, Any]:
    job = wait_for_end(client, accepted.raise_for_status().json()["id"])
    assert job["status"] == "succeeded", job["error"]
    return job
