"""Secrets by reference: options name where a secret lies; it is read where an engine is made.

`env:NAME` is a variable of the worker's environment. `ssm:/path` is a parameter of AWS Systems Manager's Parameter
Store, `secretsmanager:name` a secret of AWS Secrets Manager, `secretsmanager:name#key` one text of a secret that is a
JSON object. An ARN may stand for a path or name, and then says the region; else it is the settings'.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, PrivateAttr, RootModel, SecretStr, field_validator

from schemas.errors import TransientError

# Names: https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html and
# https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
_REFERENCE = re.compile(
    r"env:[A-Za-z_][A-Za-z0-9_]*"
    r"|ssm:(/[A-Za-z0-9_./-]{1,1010}|arn:aws[a-z-]*:ssm:[a-z0-9-]+:\d{12}:parameter/[A-Za-z0-9_./-]+)"
    r"|secretsmanager:([A-Za-z0-9/_+=.@-]{1,512}|arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+=.@-]+)"
    r"(#[A-Za-z0-9_.-]+)?"
)


class UnresolvedSecretError(ValueError):
    """There is nothing where a reference points, or it can't be read; the message has the reference, no secret."""


class SecretRef(RootModel[str], frozen=True):
    """Where a secret lies: `env:NAME`, `ssm:/path`, `secretsmanager:name` or `secretsmanager:name#key`."""

    #: Where AWS's stores are asked; given as the context of the validation.
    _region: str | None = PrivateAttr(default=None)

    def model_post_init(self, context: Any, /) -> None:  # noqa: ANN401 - as pydantic has it
        """Take the region from the validation's context."""
        if isinstance(context, Mapping):
            self._region = context.get("region")

    def __str__(self) -> str:
        return self.root

    @field_validator("root")
    @classmethod
    def _is_reference(cls, value: str) -> str:
        if not _REFERENCE.fullmatch(value):
            # What was given may be the secret itself: it is not repeated.
            raise ValueError("write env:NAME, ssm:/PATH or secretsmanager:NAME, where the secret is, not the secret")
        return value

    def resolve(self) -> SecretStr:
        """Read the secret, without white space around it; what AWS's stores have is read once per process.

        Raises:
            UnresolvedSecretError: there is none, it is empty, or has not the form that the reference says.
            TransientError: the store can't be reached, or does not let the worker in.
        """
        where, _, name = self.root.partition(":")
        secret = os.environ.get(name) if where == "env" else self._stored(where, name)
        # A line's end that an editor left would be refused as part of a header, and be quoted by that error.
        if not secret or not (bare := secret.strip()):
            raise UnresolvedSecretError(f"there is no secret at {self}: {_REMEDY[where]}")
        return SecretStr(bare)

    def _stored(self, where: str, name: str) -> str | None:
        # Only now: a worker whose secrets are variables need not load boto3 for them.
        from workers.engines.secret_stores import UnreadableSecretError, read  # noqa: PLC0415

        try:
            return read(where, name, self._region)
        except UnreadableSecretError as error:
            raise UnresolvedSecretError(f"the secret at {self} can't be read: {error}") from None


_REMEDY = {
    "env": "set this variable for the worker",
    "ssm": "put this parameter into the region's Parameter Store",
    "secretsmanager": "put this secret into the region's Secrets Manager",
}


def require_resolvable(options: Any) -> None:  # noqa: ANN401 - options of any engine, and what is in them
    """See that there is a secret behind every reference in an engine's options.

    Raises:
        UnresolvedSecretError: there is none behind one of them, or its store does not answer.
    """
    match options:
        case SecretRef():
            try:
                options.resolve()
            except TransientError as error:
                raise UnresolvedSecretError(f"the secret at {options} can't be read: {error.message}") from error
        case BaseModel():
            for _, value in options:
                require_resolvable(value)
        case dict():
            require_resolvable(list(options.values()))
        case list() | tuple():
            for value in options:
                require_resolvable(value)
