"""A fault plan is decided by its seed: the n-th request of an operation meets the same fault in every run."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.faults import Fault, FaultPlan, Mix
from tests.faults.plan import OUTAGE_REQUESTS, OUTAGES

MIX = Mix(pattern="SQS.*", faults={Fault.RESET: 0.1, Fault.LATENCY: 0.2})
NAMES = ["SQS.SendMessage", "SQS.DeleteMessage"]


def met(plan: FaultPlan, operation: str, count: int) -> list[Fault]:
    return [plan(operation).fault for _ in range(count)]


def test_a_seed_decides_whatever_the_order_of_the_operations_is():
    one, other = FaultPlan(7, (MIX,)), FaultPlan(7, (MIX,))
    expected = {name: met(one, name, 200) for name in NAMES}

    found: dict[str, list[Fault]] = {name: [] for name in NAMES}
    for _ in range(200):
        for name in reversed(NAMES):
            found[name].append(other(name).fault)

    assert found == expected
    assert expected[NAMES[0]] != expected[NAMES[1]]
    assert met(FaultPlan(8, (MIX,)), NAMES[0], 200) != expected[NAMES[0]]


def test_faults_come_as_often_as_asked_and_the_ledger_counts_them():
    plan = FaultPlan(1, (MIX,))

    counts = Counter(met(plan, NAMES[0], 4000))

    assert counts[Fault.RESET] == pytest.approx(400, rel=0.2)
    assert counts[Fault.LATENCY] == pytest.approx(800, rel=0.2)
    assert plan.report() == {
        NAMES[0]: {fault.name.lower(): count for fault, count in sorted(counts.items(), key=lambda i: i[0].value)}
    }


def test_an_outage_lasts_longer_than_a_client_tries():
    plan = FaultPlan(1, (Mix(pattern="*", faults={}, outage=0.3),))

    for block in range(50):
        faults = {plan("S3.PutObject").fault for _ in range(OUTAGE_REQUESTS)}
        assert len(faults) == 1, block
        assert faults < {Fault.NONE, *OUTAGES}


def test_the_first_pattern_that_matches_decides_and_others_are_left_alone():
    plan = FaultPlan(1, (Mix(pattern="SQS.SendMessage", faults={}), Mix(pattern="SQS.*", faults={Fault.RESET: 1.0})))

    assert met(plan, "SQS.SendMessage", 3) == [Fault.NONE] * 3
    assert met(plan, "SQS.DeleteMessage", 3) == [Fault.RESET] * 3
    assert met(plan, "DynamoDB.GetItem", 3) == [Fault.NONE] * 3


def test_calm_lets_everything_through():
    plan = FaultPlan(1, (Mix(pattern="*", faults={Fault.RESET: 1.0}),))
    assert met(plan, "x", 1) == [Fault.RESET]

    plan.calm = True

    assert met(plan, "x", 3) == [Fault.NONE] * 3


def test_probabilities_of_more_than_one_are_refused():
    with pytest.raises(ValueError, match="sum up"):
        Mix(pattern="*", faults={Fault.RESET: 0.6, Fault.LATENCY: 0.6})
