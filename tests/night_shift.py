"""A bad night of a vendor's, the jobs that run into it, and who counts what has become of them.

Two thousand texts are to be analysed by Amazon Comprehend. Of those in Hindi it tells a sentiment that can't be read;
where an emoji stands before a name, it counts offsets by the units of UTF-16; and DetectEntities is down for a while,
which no breaker notices, as all its other calls are answered. Jun's texts are marked as Hindi by mistake, and are
English; Sora's dozen are marked so, too, and have emoji, so that nothing that an operator changes helps them.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ops.aws.clients import Clients
from tests.vendors.aws_json import RefusedError
from tests.vendors.comprehend import ENTITIES, SENTIMENT, ComprehendServer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ops.settings import Settings
    from tests.acceptance.running import RunningStack

KIND = "analysis"
JOBS, MISMARKED, HOPELESS, NAMED = 2_000, 101, 12, 20
_BATCH = 25
#: Jobs that ask for names come so far apart that five failures in a row, which the breaker would mind, hardly
#: happen: 1 in 20 fails, tries again included, so 3 in ten million places begin five.
_APART = 60
PACE_PER_S = 70
#: These come a few at a time for as long as the outage's jobs are tried, so that what fails late has successes around
#: it, too: 25 s of them, for two backoffs of 6 s together.
_KEPT_BACK, _FEW, _EVERY_S = 500, 5, 0.25
_ATTEMPTS = 3


class Vendor(ComprehendServer):
    """Comprehend, as it is tonight."""

    def __init__(self) -> None:
        super().__init__()
        self.entities = {"Seoul": "LOCATION"}
        self.down = False
        """Whether DetectEntities is."""
        self.refused: list[str] = []
        """The texts that it was asked for names in while it could not."""
        self.calls: Counter[tuple[str, str]] = Counter()
        """How often each operation was asked for, answered or not, by text."""

    def carried_out(self, operation: str, asked: dict[str, Any]) -> dict[str, Any]:
        """Answer, well or not."""
        self.calls[operation, asked["Text"]] += 1
        if operation == ENTITIES and self.down:
            self.refused.append(asked["Text"])
            raise RefusedError("ServiceUnavailableException", "Try again later.")
        found = super().carried_out(operation, asked)
        if operation == SENTIMENT and asked["LanguageCode"] == "hi":
            return {"Sentiment": "MIXED", "SentimentScore": {"Positive": "NaN"}}
        if operation == ENTITIES:
            return {"Entities": [_in_utf16(entity, asked["Text"]) for entity in found["Entities"]]}
        return found


def _in_utf16(entity: dict[str, Any], text: str) -> dict[str, Any]:
    more = sum(character > "\uffff" for character in text[: entity["BeginOffset"]])
    moved = {name: entity[name] + more for name in ("BeginOffset", "EndOffset")}
    return {**entity, **moved}


def asked_for() -> dict[str, list[dict[str, Any]]]:
    """Return what each owner asks for, every text another."""
    named = range(0, NAMED * _APART, _APART)
    mina = [
        _request(f"I like lesson {number} in Seoul.", named=number in named)
        for number in range(JOBS - MISMARKED - HOPELESS)
    ]
    return {
        "jun": [_request(f"Jun's sentence {number} is fine.", language="hi") for number in range(MISMARKED)],
        "sora": [
            _request(f"\N{FACE WITH TEARS OF JOY} {number} days in Seoul!", language="hi", named=True)
            for number in range(HOPELESS)
        ],
        "mina": mina,
    }


def _request(text: str, *, language: str = "en", named: bool = False) -> dict[str, Any]:
    return {"text": text, "language": language, "features": ["sentiment", "entities"] if named else ["sentiment"]}


def begin(stack: RunningStack, vendor: Vendor) -> None:
    """Have everybody ask, and Mina keep some of hers back for as long as the outage's jobs are tried."""
    asked = asked_for()
    spare = [asked["mina"].pop() for _ in range(_KEPT_BACK)]
    submit(stack, asked)
    while spare and len(vendor.refused) < NAMED * _ATTEMPTS:
        _post(stack, "mina", [spare.pop() for _ in range(_FEW)])
        time.sleep(_EVERY_S)
    submit(stack, {"mina": spare})


def submit(stack: RunningStack, asked: dict[str, list[dict[str, Any]]]) -> None:
    """Have every owner ask, batch by batch, three at a time."""
    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(_post, stack, *batch) for batch in _batches(asked)]:
            done.result()


def _post(stack: RunningStack, owner: str, requests: Sequence[dict[str, Any]]) -> None:
    with stack.client(owner) as client:
        answer = client.post("/v1/batches", json={"jobs": [{"kind": KIND, "request": each} for each in requests]})
        assert {job["status"] for job in answer.raise_for_status().json()["jobs"]} == {202}


def _batches(asked: dict[str, list[dict[str, Any]]]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for owner, requests in asked.items():
        for start in range(0, len(requests), _BATCH):
            yield owner, requests[start : start + _BATCH]


@dataclass(frozen=True)
class Row:
    """What a record says, as it lies in the table."""

    owner: str
    status: str
    code: str | None
    epoch: int
    text: str
    lines: tuple[tuple[int, str], ...]
    """The history: epoch and outcome."""
    redrives: dict[str, int]
    """Which epoch each redrive began."""


class Checker:
    """Counts by itself: the table's items and the queues' depths as AWS has them, and the vendor's own calls."""

    def __init__(self, settings: Settings, vendor: Vendor) -> None:
        self._settings = settings
        clients = Clients(settings)
        self._dynamodb, self._sqs = clients.dynamodb, clients.sqs
        self._queue, self._dead = (
            clients.sqs.get_queue_url(QueueName=name)["QueueUrl"]
            for name in (settings.queue_name(KIND), settings.dlq_name(KIND))
        )
        self._vendor = vendor

    def rows(self) -> dict[str, Row]:
        """Read every record, by job."""
        pages = self._dynamodb.get_paginator("scan").paginate(TableName=self._settings.table_name, ConsistentRead=True)
        items = (item for page in pages for item in page["Items"] if item["sk"]["S"] == "record")
        return {item["id"]["S"]: _row(item) for item in items}

    def statuses(self) -> Counter[str]:
        """Count jobs by their status."""
        return Counter(row.status for row in self.rows().values())

    def dead(self) -> Counter[str | None]:
        """Count the dead by what they died of."""
        return Counter(row.code for row in self.rows().values() if row.status == "dead_lettered")

    def ids(self, code: str, *, owner: str | None = None) -> list[str]:
        """Return the jobs that are dead of it, an owner's or all."""
        dead = {id_: row for id_, row in self.rows().items() if (row.status, row.code) == ("dead_lettered", code)}
        return [id_ for id_, row in dead.items() if owner in {None, row.owner}]

    def ends(self, redrive: str) -> Counter[str]:
        """Count how the runs of a redrive have ended, by the last line of the epoch that each began."""
        runs = [(row, row.redrives[redrive]) for row in self.rows().values() if redrive in row.redrives]
        return Counter([outcome for epoch, outcome in row.lines if epoch == begun][-1] for row, begun in runs)

    def messages(self, *, dead: bool = False) -> int:
        """Count the kind's messages, or its dead letters, visible or not."""
        counts = self._sqs.get_queue_attributes(QueueUrl=self._dead if dead else self._queue, AttributeNames=["All"])[
            "Attributes"
        ]
        return sum(int(counts[name]) for name in counts if name.startswith("ApproximateNumberOfMessages"))

    def bury_stray(self) -> None:
        """Have somebody else's message be among the dead letters."""
        self._sqs.send_message(QueueUrl=self._dead, MessageBody="Is anybody there?")

    def is_quiet(self) -> bool:
        """Whether every job is over, and no message is on its way."""
        return not self.messages() and not set(self.statuses()) - {"succeeded", "failed", "dead_lettered"}

    def run_without_reason(self) -> list[tuple[str, Row]]:
        """Return jobs that the vendor was asked about more or less often than their records tell, or done twice.

        Every attempt asks for the sentiment first, and ends with a line in the history.
        """
        return [
            (id_, row)
            for id_, row in self.rows().items()
            if self._vendor.calls[SENTIMENT, row.text] != len(row.lines)
            or [outcome for _, outcome in row.lines].count("succeed") != (row.status == "succeeded")
        ]


def _row(item: Any) -> Row:
    error = json.loads(item["error"]["S"]) if "error" in item else {}
    lines = [json.loads(line["S"]) for line in item["history"]["L"]]
    return Row(
        owner=item["owner"]["S"],
        status=item["status"]["S"],
        code=error.get("code"),
        epoch=int(item["epoch"]["N"]),
        text=json.loads(item["request"]["S"])["inline"]["text"],
        lines=tuple((line["epoch"], line["outcome"]) for line in lines),
        redrives={name: int(epoch["S"]) for name, epoch in item.get("redrives", {"M": {}})["M"].items()},
    )
