"""Secrets by reference: options name where a secret lies; it is read where an engine is made, and kept nowhere else."""

from __future__ import annotations

import os
import re
from typing import Any

from pydantic import BaseModel, RootModel, SecretStr, field_validator

_REFERENCE = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*")


class UnresolvedSecretError(ValueError):
    """There is nothing where a reference points; the message has the reference, which is no secret."""


class SecretRef(RootModel[str], frozen=True):
    """Where a secret lies: `env:NAME`, a variable of the worker's environment."""

    @field_validator("root")
    @classmethod
    def _is_reference(cls, value: str) -> str:
        if not _REFERENCE.fullmatch(value):
            # What was given may be the secret itself: it is not repeated.
            raise ValueError("write env:NAME, the variable that has the secret, and not the secret itself")
        return value

    def resolve(self) -> SecretStr:
        """Read the secret.

        Raises:
            UnresolvedSecretError: the variable is not set, or empty.
        """
        secret = os.environ.get(self.root.removeprefix("env:"))
        if not secret:
            raise UnresolvedSecretError(f"there is no secret at {self.root}: set this variable for the worker")
        return SecretStr(secret)


def require_resolvable(options: Any) -> None:  # noqa: ANN401 - options of any engine, and what is in them
    """See that there is a secret behind every reference in an engine's options.

    Raises:
        UnresolvedSecretError: there is none behind one of them.
    """
    match options:
        case SecretRef():
            options.resolve()
        case BaseModel():
            for _, value in options:
                require_resolvable(value)
        case dict():
            require_resolvable(list(options.values()))
        case list() | tuple():
            for value in options:
                require_resolvable(value)
