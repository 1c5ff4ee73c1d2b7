"""Clients for AWS, the emulator or LocalStack: the one place that knows endpoints, time-outs and credentials."""

from __future__ import annotations

from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.session import Session

from ops.aws.errors import translated

if TYPE_CHECKING:
    from botocore.loaders import Loader
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

    from ops.settings import Settings

#: What an emulator takes for credentials; it checks signatures made with them.
EMULATOR_CREDENTIALS = ("test", "test")

_USER_AGENT = "sayline"
_CONNECT_TIMEOUT_S = 3
_READ_TIMEOUT_S = 10
_HASTY_TIMEOUT_S = 5
#: A receive is held open by SQS; its answer may come this much later.
_LONG_POLL_MARGIN_S = 10


def endpoint(settings: Settings, service: str) -> str | None:
    """Return the service's endpoint, or None for AWS's own."""
    if settings.aws == "aws":
        return None
    if settings.aws == "localstack":
        from localstack_client.config import get_service_endpoint  # noqa: PLC0415 - only where it is used

        return str(get_service_endpoint(service))
    return f"http://127.0.0.1:{settings.emulator_port}"


@cache
def _models() -> Loader:
    """Return what reads the descriptions of AWS's services: one, and kept over a fork, as it holds nothing but data.

    Each session would have its own: 15 MB and 50 ms for the clients of every process.
    """
    loader: Loader = Session().get_component("data_loader")
    return loader


class Clients:
    """One client per service, made when it is first used. Not to be carried over a fork: make them after it.

    Making it, and first using a service, may raise `NotSetUpError`: no such profile, or half of the credentials.

    A hasty one gives each request one try and little time: for whoever tries again itself, and has others to see to.
    """

    def __init__(self, settings: Settings, *, is_hasty: bool = False) -> None:
        self._settings = settings
        self._is_hasty = is_hasty
        key, secret = EMULATOR_CREDENTIALS if settings.aws != "aws" else (None, None)
        with translated("AWS"):
            core = Session()
            core.get_scoped_config()  # fails for a profile that there is not, which else only the first client would
            core.register_component("data_loader", _models())
            self._session = boto3.Session(
                region_name=settings.region, aws_access_key_id=key, aws_secret_access_key=secret, botocore_session=core
            )

    def _client(self, service: Any, **config: Any) -> Any:  # noqa: ANN401 - boto3 overloads on the literal
        settings: dict[str, Any] = {
            "connect_timeout": _CONNECT_TIMEOUT_S,
            "read_timeout": _HASTY_TIMEOUT_S if self._is_hasty else _READ_TIMEOUT_S,
            "retries": {"mode": "standard", "total_max_attempts": 1 if self._is_hasty else 3},
            "max_pool_connections": 50,
            # A quarter of a worker's CPU time, measured: requests are checked by AWS, and told by one name.
            "parameter_validation": False,
            "user_agent": _USER_AGENT,
            **config,
        }
        url = endpoint(self._settings, service)
        with translated("AWS"):  # credentials are looked for as a client is made
            return self._session.client(service, endpoint_url=url, config=Config(**settings))

    @cached_property
    def dynamodb(self) -> DynamoDBClient:
        """DynamoDB."""
        return self._client("dynamodb")  # type: ignore[no-any-return]

    @cached_property
    def s3(self) -> S3Client:
        """S3; signatures that work for presigned URLs on every endpoint."""
        return self._client("s3", signature_version="s3v4", s3={"addressing_style": "path"})  # type: ignore[no-any-return]

    @cached_property
    def sqs(self) -> SQSClient:
        """SQS."""
        return self._client("sqs")  # type: ignore[no-any-return]

    @cached_property
    def sqs_polling(self) -> SQSClient:
        """SQS, patient enough for a long poll; one try, as who polls will poll again."""
        patience_s = self._settings.poll_s + _LONG_POLL_MARGIN_S
        return self._client("sqs", read_timeout=patience_s, retries={"total_max_attempts": 1})  # type: ignore[no-any-return]

    @cached_property
    def cloudformation(self) -> CloudFormationClient:
        """CloudFormation."""
        return self._client("cloudformation", read_timeout=60)  # type: ignore[no-any-return]
