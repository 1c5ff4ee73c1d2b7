"""What a worker looks at before it takes a message."""

from __future__ import annotations

from typing import Any

import pytest

from ops.sqs_transport.preflight import NotFitError, check
from schemas.errors import UnavailableError
from tests.transport import out_of_reach, refusal

QUEUES = {"fit": "http://sqs/fit", "other": "http://sqs/other"}


class Queues:
    """SQS's answers about attributes, by URL."""

    def __init__(self, **answers: Any) -> None:
        self.answers = {QUEUES[name]: answer for name, answer in answers.items()}
        self.asked: list[Any] = []

    def get_queue_attributes(self, **request: Any) -> Any:
        self.asked.append(request)
        answer = self.answers[request["QueueUrl"]]
        if isinstance(answer, Exception):
            raise answer
        return answer


FIT = {"Attributes": {"RedrivePolicy": '{"maxReceiveCount":100}'}}


def test_queues_that_dead_letter_are_fit():
    client: Any = Queues(fit=FIT, other=FIT)

    check(client, QUEUES)

    assert client.asked == [{"QueueUrl": url, "AttributeNames": ["RedrivePolicy"]} for url in QUEUES.values()]


@pytest.mark.parametrize("answer", [{}, {"Attributes": {}}])
def test_a_queue_that_never_dead_letters_is_refused_by_name(answer: dict[str, Any]):
    client: Any = Queues(fit=FIT, other=answer)

    with pytest.raises(NotFitError, match=r"other has no RedrivePolicy.*deploy"):
        check(client, QUEUES)


@pytest.mark.parametrize("error", [out_of_reach(), refusal(403)])
def test_queues_that_cannot_be_asked_about_are_not_taken_for_fit(error: Exception):
    client: Any = Queues(fit=error)

    with pytest.raises(UnavailableError, match="fit"):
        check(client, QUEUES)
