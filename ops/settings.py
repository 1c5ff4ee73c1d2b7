"""Every setting of Sayline, read from `SAYLINE_*` variables and `.env`; the README's table comes from here."""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

Port = Annotated[int, Field(ge=0, le=65_535)]
Seconds = Annotated[float, Field(gt=0)]


class Settings(BaseSettings):
    """Settings of every process; what is derived from them is a property below."""

    model_config = SettingsConfigDict(
        env_prefix="SAYLINE_", env_file=".env", extra="ignore", frozen=True, use_attribute_docstrings=True
    )

    aws: Literal["local", "localstack", "aws"] = "local"
    """Where AWS is: the embedded emulator, a LocalStack, or AWS itself."""
    environment: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,15}$")] = "dev"
    """Part of every AWS name, so that environments can share an account."""
    region: str = "us-east-1"
    """AWS region."""
    bucket: str | None = None
    """Name of the bucket; `sayline-{environment}` where none is given (bucket names are global on AWS)."""
    data_dir: Path = Path(".data")
    """Where the local stack keeps its state."""
    emulator_port: Port = 4566
    """Port of the embedded emulator; `sayline up` takes a free one where it is in use."""
    api_host: str = "127.0.0.1"
    """Address that the API listens on."""
    api_port: Port = 8000
    """Port of the API; `sayline up` takes a free one where it is in use."""
    api_url: str | None = None
    """Where the CLI finds the API; that of the running local stack where none is given."""
    kinds: Annotated[tuple[str, ...], NoDecode] = ()
    """Kinds that a worker serves, separated by commas; all where none is given."""
    engines: dict[str, str] = Field(default_factory=lambda: {"tts": "espeak"})
    """Engine of each kind, as JSON."""
    concurrency: Annotated[int, Field(ge=1, le=256)] = 2
    """Processes of a worker."""
    inline_max_bytes: Annotated[int, Field(ge=0, le=100_000)] = 1024
    """Largest request or result that stays in its record; a larger one goes to the bucket."""
    record_retention_days: Annotated[int, Field(ge=1)] = 30
    """How long a job's record is kept after its end."""
    result_url_expires_s: Annotated[int, Field(ge=1, le=604_800)] = 900
    """How long a presigned URL of a result works."""
    long_poll_s: Annotated[int, Field(ge=1, le=20)] = 20
    """How long a receive waits for messages."""
    check_after_s: Seconds = 600
    """When the clock first looks at an open job; doubles with each check."""
    clock_interval_s: Seconds = 15
    """How often the clock looks for due and late jobs."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """Least level that is logged."""
    log_format: Literal["auto", "console", "json"] = "auto"
    """`auto` is coloured on a terminal, else JSON lines."""

    @field_validator("kinds", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(filter(None, map(str.strip, value.split(",")))) if isinstance(value, str) else value

    def environ(self) -> dict[str, str]:
        """Return the variables by which another process gets these settings, whatever its `.env` says."""
        values = self.model_dump(mode="json", exclude_none=True)
        values["kinds"] = ",".join(self.kinds)
        return {
            f"SAYLINE_{name.upper()}": value if isinstance(value, str) else json.dumps(value)
            for name, value in values.items()
        }

    @cached_property
    def stack(self) -> str:
        """Name of the CloudFormation stack, and stem of every AWS name."""
        return f"sayline-{self.environment}"

    @property
    def table_name(self) -> str:
        """Name of the DynamoDB table."""
        return self.stack

    @property
    def bucket_name(self) -> str:
        """Name of the S3 bucket."""
        return self.bucket or self.stack

    def queue_name(self, kind: str) -> str:
        """Return the name of a kind's queue."""
        return f"{self.stack}-{kind}"

    def dlq_name(self, kind: str) -> str:
        """Return the name of a kind's dead-letter queue."""
        return f"{self.queue_name(kind)}-dlq"
