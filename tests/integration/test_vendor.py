"""The vendor's ledger tells calls that were answered from those whose caller was gone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from tests.faults import Fault, FaultProxy
from tests.faults.refusals import Vendor
from tests.vendor import vendor
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    return tmp_path / "ledger"


@pytest.fixture
def latency_s() -> float:
    return 0.3


@pytest.fixture
def proxy(ledger: Path, latency_s: float) -> Iterator[FaultProxy]:
    with vendor(ledger, latency_s=(latency_s, latency_s)) as port, FaultProxy(port, Vendor()) as proxy:
        yield proxy


def call(proxy: FaultProxy, name: str, *, timeout_s: float = 5) -> httpx2.Response:
    asked = {"call": name, "job": "j"}
    return httpx2.post(f"http://127.0.0.1:{proxy.port}/v1/calls", json=asked, timeout=timeout_s, trust_env=False)


def events(ledger: Path) -> list[tuple[str, str]]:
    lines: list[dict[str, Any]] = [json.loads(line) for line in ledger.read_text().splitlines()]
    return [(line["call"], line["event"]) for line in lines]


def test_a_call_is_begun_and_answered(proxy: FaultProxy, ledger: Path):
    assert call(proxy, "a").json() == {"echo": "j"}
    assert events(ledger) == [("a", "begun"), ("a", "answered")]


@pytest.mark.parametrize("latency_s", [3.0])
def test_a_caller_that_is_gone_is_not_answered(proxy: FaultProxy, ledger: Path):
    with pytest.raises(httpx2.ReadTimeout):
        call(proxy, "a", timeout_s=1)

    wait_until(lambda: events(ledger) == [("a", "begun"), ("a", "unanswered")])


def test_an_answer_that_the_proxy_loses_was_written(proxy: FaultProxy, ledger: Path):
    lost: list[str] = []
    proxy.on_lost = lambda request: lost.append(json.loads(request.body)["call"])
    proxy.fault = lambda _: Fault.ANSWER_LOST

    with pytest.raises(httpx2.TransportError):
        call(proxy, "a")

    assert events(ledger) == [("a", "begun"), ("a", "answered")]
    assert lost == ["a"]


def test_what_the_proxy_refuses_is_no_call(proxy: FaultProxy, ledger: Path):
    proxy.fault = lambda _: Fault.THROTTLED

    assert call(proxy, "a").status_code == 429

    assert events(ledger) == []
