from __future__ import annotations

import threading

import pytest

from ops.memory import MemoryJobStore, MemoryQueues
from ops.settings import Settings
from producers.api import aws_ports, create_app
from producers.readiness import MAX_AGE_S, Readiness, checks
from schemas.errors import UnavailableError
from tests.api import ApiBench, Faulty, TestClient


def refuse() -> None:
    raise UnavailableError("Twin", "OutOfReach")


def test_living_process_says_so_though_aws_is_down():
    bench = ApiBench(missing=("table",))
    assert bench.http.get("/healthz").json() == {"status": "ok"}


def test_readiness_names_what_is_missing():
    bench = ApiBench()
    assert bench.http.get("/readyz").status_code == 200
    bench.missing = ("table", "queue tts")
    answer = bench.http.get("/readyz")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.json()["detail"] == "Out of reach: table, queue tts."
    assert answer.headers["Retry-After"] == "2"


def test_table_and_every_queue_are_asked():
    store, queues = Faulty(MemoryJobStore()), Faulty(MemoryQueues())
    ready = Readiness(checks(store, queues, ["tts", "echo"]), monotonic=iter(range(0, 99, 2)).__next__)
    assert ready() == ()
    store.before = {"get"}
    assert ready() == ("table",)
    queues.before = {"depth"}
    assert ready() == ("table", "queue tts", "queue echo")


def test_answer_is_kept_for_a_second():
    asked: list[int] = []
    now = [0.0]
    ready = Readiness({"table": lambda: asked.append(1)}, monotonic=lambda: now[0])
    for _ in range(50):
        ready()
    assert len(asked) == 1
    now[0] = MAX_AGE_S
    ready()
    assert len(asked) == 2


def test_check_that_hangs_counts_as_missing_and_is_not_started_twice():
    asked: list[int] = []
    go_on = threading.Event()

    def hang() -> None:
        asked.append(1)
        go_on.wait(10)

    ready = Readiness({"table": hang, "queue": refuse}, timeout_s=0.01, monotonic=iter(range(99)).__next__)
    assert [ready(), ready()] == [("table", "queue")] * 2
    assert len(asked) == 1
    go_on.set()
    ready = Readiness({"table": hang})
    assert ready() == ()


def test_defect_in_a_check_is_not_taken_for_an_outage():
    with pytest.raises(ZeroDivisionError):
        Readiness({"table": lambda: 1 // 0})()


def test_real_ports_are_put_together_without_asking_aws():
    app = create_app(aws_ports(Settings(_env_file=None)), Settings(_env_file=None))
    assert TestClient(app).get("/healthz").status_code == 200
