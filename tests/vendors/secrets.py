"""AWS's two stores of secrets: Systems Manager's Parameter Store, and Secrets Manager."""

from __future__ import annotations

import base64
from typing import Any

from tests.vendors.aws_json import AwsJsonServer, RefusedError

GET_PARAMETER, GET_SECRET = "GetParameter", "GetSecretValue"


class ParameterStore(AwsJsonServer):
    """Parameters by name; all are of the type SecureString, which is given encrypted where that is not asked for."""

    service = "ssm"
    target = "AmazonSSM"

    def __init__(self, parameters: dict[str, str]) -> None:
        super().__init__()
        self.parameters = parameters

    def carried_out(self, operation: str, asked: dict[str, Any]) -> dict[str, Any]:
        if operation != GET_PARAMETER:
            raise RefusedError("UnknownOperationException", operation)
        name = asked["Name"].rpartition("parameter")[2]
        if name not in self.parameters:
            raise RefusedError("ParameterNotFound", "")
        value = self.parameters[name] if asked.get("WithDecryption") else "AQICAHh..."
        return {"Parameter": {"Name": name, "Type": "SecureString", "Value": value, "Version": 1}}


class SecretsManager(AwsJsonServer):
    """Secrets by name: texts, or bytes."""

    service = "secretsmanager"
    target = "secretsmanager"

    def __init__(self, secrets: dict[str, str | bytes]) -> None:
        super().__init__()
        self.secrets = secrets

    def carried_out(self, operation: str, asked: dict[str, Any]) -> dict[str, Any]:
        if operation != GET_SECRET:
            raise RefusedError("UnknownOperationException", operation)
        name = asked["SecretId"].rpartition(":")[2]
        if name not in self.secrets:
            raise RefusedError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
        value = self.secrets[name]
        found = (
            {"SecretString": value} if isinstance(value, str) else {"SecretBinary": base64.b64encode(value).decode()}
        )
        return {"Name": name, "VersionId": "a1b2c3d4-5678-90ab-cdef-EXAMPLE11111", **found}
