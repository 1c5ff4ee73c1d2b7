"""Table and bucket against the template: indexes, expiry, backups, and that nobody else may look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from ops.aws.errors import code
from ops.doctor.finding import Finding, not_checked
from ops.infra.facts import GONE, is_missing
from ops.infra.facts.bucket import bucket_facts
from ops.infra.facts.table import table_facts
from ops.infra.template import BUCKET, TABLE, render

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ops.doctor.patient import Patient
    from ops.infra.facts import Fact

_DEPLOY = "Deploy the stack again: `sayline deploy`."


def check(patient: Patient) -> Iterator[Finding]:
    """Look at the table and the bucket."""
    resources = render(patient.settings)["Resources"]
    table, bucket = resources[TABLE]["Properties"], resources[BUCKET]["Properties"]
    yield from _found("table", table["TableName"], table_facts(table, patient.clients.dynamodb))
    yield from _found("bucket", bucket["BucketName"], bucket_facts(bucket, patient.clients.s3))


def _found(what: str, name: str, facts: Iterable[Fact]) -> Iterator[Finding]:
    for fact in facts:
        try:
            found = fact.read()
        except ClientError as error:
            if is_missing(error):
                detail = f"There is no such {what}."
                yield Finding(
                    code=f"missing_{what}",
                    subject=name,
                    detail=detail,
                    remedy=f"Where it was never deployed: `sayline deploy`. {GONE}",
                )
                return
            # A worker's role need not be allowed to read all of these.
            yield not_checked(fact.name, code(error))
        else:
            if found != fact.wanted:
                yield _differing(fact, found)


def _differing(fact: Fact, found: object) -> Finding:
    if fact.name.startswith("public access block"):
        return Finding(
            code="public_bucket",
            subject=fact.name,
            detail="Access by the public is not blocked: recordings of learners may be read by anyone.",
            remedy=f"{_DEPLOY} Then look at the bucket's policy and ACLs, and at who has read it.",
        )
    if fact.name.startswith("indexes") and isinstance(found, dict) and isinstance(fact.wanted, dict):
        missing = ", ".join(sorted(fact.wanted.keys() - found.keys()))
        return Finding(
            code="missing_index",
            subject=fact.name,
            detail=f"Missing: {missing}." if missing else f"Not as the template says: {fact.differences(found)}.",
            remedy=f"{_DEPLOY} Until an index is there, neither clock nor lists find jobs by it.",
        )
    return Finding(
        code="storage_differs",
        subject=fact.name,
        detail=f"Not as the template says: {fact.differences(found)}.",
        remedy=_DEPLOY,
    )
