"""Settings that don't fit where they are used: an emulator in production, AWS's own behind another address."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ops.aws.clients import EMULATOR_CREDENTIALS
from ops.doctor.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ops.doctor.patient import Patient

#: Environments whose names begin so are taken for production.
_PRODUCTION = ("prod", "live")
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
    if settings.aws == "aws":
        yield from _behind_another_address(patient)


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
