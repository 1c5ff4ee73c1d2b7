"""Secrets in AWS's stores: parameters of Systems Manager, secrets of Secrets Manager.

The worker needs ssm:GetParameter or secretsmanager:GetSecretValue, and kms:Decrypt for a key of one's own. Endpoints
are AWS's, or those of `AWS_ENDPOINT_URL_SSM` and `AWS_ENDPOINT_URL_SECRETS_MANAGER`, as for all of AWS's SDKs.
https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html
https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
"""

from __future__ import annotations

import json
import os
from functools import cache
from typing import Any

from schemas.errors import PermanentError
from workers.engines.aws import AwsOptions, ClientError, Service, client, code_of, translated
from workers.engines.calling import patiently

_READ_TIMEOUT_S = 5.0
#: How long the stores may take together with what is tried again: a worker's start, or a job's, waits for it.
_DEADLINE_S = 10.0

_SERVICES = {
    "ssm": Service(engine="ssm", title="AWS Systems Manager"),
    "secretsmanager": Service(engine="secretsmanager", title="AWS Secrets Manager"),
}
_MISSING = frozenset({"ParameterNotFound", "ParameterVersionNotFound", "ResourceNotFoundException"})


class UnreadableSecretError(ValueError):
    """What lies there is no such secret; the message says why, without anything of it."""


def read(store: str, name: str, region: str | None) -> str | None:
    """Read a secret, once per process.

    Args:
        store: `ssm` or `secretsmanager`.
        name: a parameter's path, or a secret's name, with `#key` for one text of a JSON object; or an ARN.
        region: where to ask; an ARN says so itself.

    Returns:
        The secret; None where there is none.

    Raises:
        UnreadableSecretError: it is bytes, has no such key, or the store refuses the request.
        TransientError: the store is out of reach, asked for too much, or does not let the worker in.
    """
    whole, _, key = name.partition("#")
    arn = whole.split(":")
    try:
        value = _asked(store, whole, arn[3] if arn[0] == "arn" else region)
    except KeyError:
        return None
    return _member(value, key) if key else value


@cache
def _asked(store: str, name: str, region: str | None) -> str:
    """Ask a store.

    Raises:
        KeyError: it has no such secret. That is not kept: the next call asks again.
    """
    ask = {"ssm": _parameter, "secretsmanager": _secret}[store]

    def once() -> str:
        with translated(_SERVICES[store]):
            sdk = client(store, AwsOptions(region=region), read_timeout_s=_READ_TIMEOUT_S)
            try:
                return ask(sdk, name)
            except ClientError as error:
                if code_of(error) in _MISSING:
                    raise KeyError(name) from error
                raise
            finally:
                sdk.close()

    try:
        return patiently(once, deadline_s=_DEADLINE_S, costs_nothing_twice=True)
    except PermanentError as error:
        raise UnreadableSecretError(error.message) from error


# A process that is forked reads its own.
os.register_at_fork(after_in_child=_asked.cache_clear)


def _parameter(sdk: Any, name: str) -> str:  # noqa: ANN401 - a client of boto3's
    value: str = sdk.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
    return value


def _secret(sdk: Any, name: str) -> str:  # noqa: ANN401 - likewise
    value: str | None = sdk.get_secret_value(SecretId=name).get("SecretString")
    if value is None:
        raise UnreadableSecretError("it is bytes, and must be a text")
    return value


def _member(value: str, key: str) -> str:
    try:
        member = json.loads(value)[key]
    except (ValueError, KeyError, TypeError):
        member = None
    if not isinstance(member, str):
        raise UnreadableSecretError("it is no JSON object that has a text under this key")
    return member
