"""Settings that don't fit where they are used: an emulator in production, AWS's own behind another address."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ops.aws.clients import EMULATOR_CREDENTIALS
from ops.doctor.finding import Finding
from schemas.kinds import registry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ops.doctor.patient import Patient

#: Environments whose names begin so are taken for production.
_PRODUCTION = ("prod", "live")
#: SQS extends a message's visibility to 12 h after its receive at most; an attempt ends well before.
_LONGEST_ATTEMPT_S = 43_200 - 600
#: https://docs.aws.amazon.com/general/latest/gr/rande.html
_AWS_DOMAINS = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws")


def check(patient: Patient) -> Iterator[Finding]:
    """Look at the settings and the environment."""
    settings = patient.settings
    if settings.aws != "aws" and settings.environment.startswith(_PRODUCTION):
        yield Finding(
            code="emulator_in_production",
            subject="SAYLINE_AWS",
            detail=f"The environment is {settings.environment}, and its jobs go to an emulator ({settings.aws}).",
            remedy="Set SAYLINE_AWS=aws, or another SAYLINE_ENVIRONMENT.",
        )
    yield from _too_long(patient)
    if settings.aws == "aws":
        yield from _behind_another_address(patient)


def _too_long(patient: Patient) -> Iterator[Finding]:
    for kind in patient.kinds:
        if registry()[kind].timeout_s > _LONGEST_ATTEMPT_S:
            yield Finding(
                code="time_limit_too_long",
                subject=kind,
                detail=f"An attempt may run for {registry()[kind].timeout_s} s; SQS keeps a message hidden for 12 h.",
                remedy=f"Lower the kind's timeout_s to {_LONGEST_ATTEMPT_S} at most, or do the work in parts.",
            )


def _behind_another_address(patient: Patient) -> Iterator[Finding]:
    """Find variables by which boto3 is led away from AWS, whatever Sayline's settings say."""
    clients = patient.clients
    for service, client in (("DynamoDB", clients.dynamodb), ("S3", clients.s3), ("SQS", clients.sqs)):
        host = urlsplit(client.meta.endpoint_url).hostname or ""
        if not host.endswith(_AWS_DOMAINS):
            yield Finding(
                code="emulator_in_production",
                subject=service,
                detail=f"SAYLINE_AWS is aws, and {service} is asked at {host}, which is not Amazon's.",
                remedy="Remove AWS_ENDPOINT_URL and AWS_ENDPOINT_URL_* from the environment and ~/.aws/config.",
            )
    if patient.environ.get("AWS_ACCESS_KEY_ID") == EMULATOR_CREDENTIALS[0]:
        yield Finding(
            code="emulator_in_production",
            subject="AWS_ACCESS_KEY_ID",
            detail="SAYLINE_AWS is aws, and the credentials are an emulator's.",
            remedy="Remove AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or set those of a role.",
        )
