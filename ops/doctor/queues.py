"""The queues against the template: a wrong attribute loses messages, or runs jobs twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from ops.aws.errors import code
from ops.doctor.finding import Finding, not_checked
from ops.infra.facts import is_missing
from ops.infra.facts.queue import queue_fact
from ops.infra.facts.wording import differences, duration
from ops.infra.template import dlq_id, queue_id, render
from schemas.kinds import registry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from ops.doctor.patient import Patient
    from ops.infra.facts import Fact

_DEPLOY = "Deploy the stack again: `sayline deploy`."


def check(patient: Patient) -> Iterator[Finding]:
    """Look at every kind's queue and dead-letter queue."""
    template = render(patient.settings)
    for kind in patient.kinds:
        for logical_id, compare in ((queue_id, _of_queue), (dlq_id, _of_dlq)):
            properties = template["Resources"][logical_id(registry()[kind])]["Properties"]
            fact = queue_fact(properties, template, patient.clients.sqs)
            yield from _found(properties["QueueName"], fact, compare)


def _found(name: str, fact: Fact, compare: Callable[[str, Any, Any], Iterable[Finding]]) -> Iterator[Finding]:
    try:
        found = fact.read()
    except ClientError as error:
        if is_missing(error):
            yield Finding(code="missing_queue", subject=name, detail="There is no such queue.", remedy=_DEPLOY)
        else:  # another queue may be read all the same
            yield not_checked(name, code(error))
    else:
        yield from compare(name, fact.wanted, found)


def _of_queue(name: str, wanted: Any, found: Mapping[str, Any]) -> Iterator[Finding]:  # noqa: ANN401 - attributes
    if not found.get("RedrivePolicy"):
        detail = "It has no RedrivePolicy: a message that no worker survives comes back for ever."
        yield Finding(code="no_redrive_policy", subject=name, detail=detail, remedy=_DEPLOY)
    visibility_s, least_s = found.get("VisibilityTimeout", 0), wanted["VisibilityTimeout"]
    if visibility_s < least_s:
        detail = f"A message is hidden for {visibility_s} s, and should be for {least_s}: heartbeats come too late."
        remedy = f"{_DEPLOY} SAYLINE_VISIBILITY_S is at least twice SAYLINE_HEARTBEAT_S and 10 s."
        yield Finding(code="visibility_too_short", subject=name, detail=detail, remedy=remedy)
    yield from _retention(name, "wrong_retention", wanted, found, "messages of a long queue are lost, or sent late")
    looked_at = {"RedrivePolicy"} if not found.get("RedrivePolicy") else set()
    looked_at |= {"VisibilityTimeout"} if visibility_s < least_s else set()
    yield from _others(name, wanted, found, looked_at)


def _of_dlq(name: str, wanted: Any, found: Mapping[str, Any]) -> Iterator[Finding]:  # noqa: ANN401 - attributes
    why = "a record says that its job is dead-lettered, and the letter is gone"
    yield from _retention(name, "dlq_retention_too_short", wanted, found, why)
    yield from _others(name, wanted, found, set())


def _retention(name: str, code: str, wanted: Any, found: Mapping[str, Any], why: str) -> Iterator[Finding]:  # noqa: ANN401
    kept_s, least_s = found.get("MessageRetentionPeriod", 0), wanted["MessageRetentionPeriod"]
    if kept_s != least_s:
        detail = f"Messages are kept for {duration(kept_s)}, not {duration(least_s)}: {why}."
        yield Finding(code=code, subject=name, detail=detail, remedy=_DEPLOY)


def _others(name: str, wanted: Any, found: Mapping[str, Any], looked_at: set[str]) -> Iterator[Finding]:  # noqa: ANN401
    rest = wanted.keys() - looked_at - {"MessageRetentionPeriod"}
    differing = differences({key: found[key] for key in rest & found.keys()}, {key: wanted[key] for key in rest})
    if detail := "; ".join(sorted(differing)):
        detail = f"Not as the template says: {detail}."
        yield Finding(code="queue_differs", subject=name, detail=detail, remedy=_DEPLOY)
