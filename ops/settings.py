"""Every setting of Sayline, read from `SAYLINE_*` variables and `.env`; the README's table comes from here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

Port = Annotated[int, Field(ge=0, le=65_535)]
Seconds = Annotated[float, Field(gt=0)]

#: A queue's name and this is the name of its dead-letter queue.
DLQ_SUFFIX = "-dlq"
#: A lease ends this long before its message becomes visible: what the clocks of machines may differ by.
CLOCK_SKEW_S = 5
#: One heartbeat may fail, and clocks differ by up to 5 s; this is for both.
_BEAT_MARGIN_S = 10

#: Engines that need no network.
_EMBEDDED = {
    "analysis": "lexicon",
    "image": "cards",
    "pronunciation": "acoustic",
    "reply": "rules",
    "retrieval": "embedded",
    "transcription": "pocketsphinx",
    "tts": "espeak",
}


class Settings(BaseSettings):
    """Settings of every process; what is derived from them is a property below."""

    model_config = SettingsConfigDict(
        env_prefix="SAYLINE_",
        env_file=".env",
        extra="ignore",
        frozen=True,
        use_attribute_docstrings=True,
        # A secret that is written where its reference belongs must not show.
        hide_input_in_errors=True,
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
    engines: dict[str, str] = Field(default_factory=lambda: dict(_EMBEDDED))
    """Engine of each kind, as JSON; kinds that it leaves out keep theirs."""
    engine_options: dict[str, dict[str, Any]] = Field(default_factory=dict)
    """Options of engines by their names, as JSON: `{"polly": {"engine": "neural"}}`; a secret is `"env:NAME"`,
    `"ssm:/path"` or `"secretsmanager:name"`."""
    limits: dict[str, Annotated[int, Field(ge=1)]] = Field(default_factory=dict)
    """How many jobs of a kind a worker has in hand at most, as JSON: `{"tts": 4}`; throttling halves it for a while."""
    rates: dict[str, Seconds] = Field(default_factory=dict)
    """How many jobs of a kind a worker begins per second at most, as JSON."""
    pool: Literal["prefork", "threads"] = "prefork"
    """What runs a worker's jobs: processes for engines that compute, threads for kinds that wait for a vendor."""
    concurrency: Annotated[int, Field(ge=1, le=256)] = 2
    """Jobs that a worker runs at once: its processes, or threads."""
    prefetch: Annotated[int, Field(ge=1, le=100)] = 1
    """Messages in hand for each of those; more than 1 saves requests, and has short jobs wait behind long ones."""
    visibility_s: Annotated[int, Field(ge=10, le=43_200)] = 60
    """How long a message is hidden from its receive or latest heartbeat: when a killed worker's jobs start again."""
    heartbeat_s: Seconds = 15
    """How often lease and visibility of what is in hand are extended."""
    pauses_s: Seconds = 5
    """How often a worker looks for kinds that operators have paused or resumed."""
    presence_s: Seconds = 30
    """How often a worker says that it is alive; after three times that in silence it counts as gone."""
    checkup: bool = True
    """Whether a worker looks around as it starts, as `sayline doctor` does, and logs what it finds."""
    grace_s: Seconds = 100
    """From SIGTERM to a worker's exit, at most; what still runs then is handed back. Fargate allows 120 at most."""
    inline_max_bytes: Annotated[int, Field(ge=0, le=100_000)] = 1024
    """Largest request or result that stays in its record; a larger one goes to the bucket."""
    record_retention_days: Annotated[int, Field(ge=1)] = 30
    """How long a job's record is kept after its end."""
    result_url_expires_s: Annotated[int, Field(ge=1, le=604_800)] = 900
    """How long a presigned URL of a result works."""
    long_poll_s: Annotated[int, Field(ge=1, le=20)] | None = None
    """How long a receive waits for messages, and so a worker's end for its receives; 20 on AWS, 2 on an emulator."""
    check_after_s: Seconds = 600
    """When the clock first looks at an open job; doubles with each check."""
    clock_interval_s: Seconds = 15
    """How often the clock looks for due and late jobs."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """Least level that is logged."""
    log_format: Literal["auto", "console", "json"] = "auto"
    """`auto` is coloured on a terminal, else JSON lines."""

    @model_validator(mode="after")
    def _beats_in_time(self) -> Self:
        least = 2 * self.heartbeat_s + _BEAT_MARGIN_S
        if self.visibility_s < least:
            raise ValueError(
                f"visibility_s ({self.visibility_s}) is too short for heartbeat_s ({self.heartbeat_s:g}): "
                f"it must be at least twice that and {_BEAT_MARGIN_S} s, {least:g}"
            )
        return self

    @model_validator(mode="after")
    def _threads_take_what_they_run(self) -> Self:
        if self.pool == "threads" and self.prefetch > 1:
            raise ValueError("prefetch is 1 with threads: what they don't run can't be handed back. Raise concurrency.")
        return self

    @field_validator("engines")
    @classmethod
    def _keeps_others(cls, value: dict[str, str]) -> dict[str, str]:
        return _EMBEDDED | value

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

    @property
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

    @property
    def poll_s(self) -> int:
        """How long a receive waits for messages; on AWS each costs money, on an emulator people wait for the end."""
        return self.long_poll_s or (20 if self.aws == "aws" else 2)

    @property
    def lease_s(self) -> float:
        """How long a claim's lease lasts: it ends before the message may be visible again, whatever clocks say."""
        return self.visibility_s - self.heartbeat_s - CLOCK_SKEW_S

    def queue_name(self, kind: str) -> str:
        """Return the name of a kind's queue."""
        return f"{self.stack}-{kind}"

    def dlq_name(self, kind: str) -> str:
        """Return the name of a kind's dead-letter queue."""
        return f"{self.queue_name(kind)}{DLQ_SUFFIX}"
