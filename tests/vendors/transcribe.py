"""Amazon Transcribe's batch interface, in its own protocol (AWS JSON 1.1): jobs that go on with every look at them.

https://docs.aws.amazon.com/transcribe/latest/APIReference/API_Operations_Amazon_Transcribe_Service.html
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.vendors.aws_json import AwsJsonServer, RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

_NAME = re.compile(r"^[0-9a-zA-Z._-]{1,200}$")
_KEY = re.compile(r"^[a-zA-Z0-9\-_.!*'()/]{1,1024}$")


@dataclass
class VendorJob:
    """A job as it stands."""

    asked: dict[str, Any]
    created: float
    looks: int = 0
    status: str = "QUEUED"
    reason: str | None = None
    language: str | None = None


@dataclass
class Outcome:
    """What becomes of jobs."""

    document: bytes = b""
    """What is written to the bucket."""
    looks: int = 2
    """How many looks find a job unfinished."""
    failure: str | None = None
    """Why it fails; None where it does not."""
    language: str | None = "en-US"
    """What is found where the language is to be identified."""


@dataclass
class Bucket:
    """A bucket as the service sees it; a test gives it that of an emulator."""

    read: Callable[[str, str], bytes | None]
    """Bucket and key to bytes; None where there is no such object."""
    write: Callable[[str, str, bytes], None]


@dataclass
class Memory:
    """Buckets that only the server and the test see."""

    objects: dict[str, bytes] = field(default_factory=dict)

    def bucket(self) -> Bucket:
        return Bucket(
            lambda bucket, key: self.objects.get(f"s3://{bucket}/{key}"),
            lambda bucket, key, data: self.objects.update({f"s3://{bucket}/{key}": data}),
        )


class TranscribeServer(AwsJsonServer):
    """Serves one account in one region."""

    service = "transcribe"
    target = "Transcribe"

    def __init__(self, bucket: Bucket, outcome: Outcome | None = None) -> None:
        super().__init__()
        self.outcome = outcome or Outcome()
        self.jobs: dict[str, VendorJob] = {}
        self.begun: list[str] = []
        """Names of the jobs that were begun, each of which is paid for."""
        self._bucket = bucket

    def carried_out(self, operation: str, asked: dict[str, Any]) -> dict[str, Any]:
        match operation:
            case "StartTranscriptionJob":
                return self._start(asked)
            case "GetTranscriptionJob":
                return self._get(asked["TranscriptionJobName"])
        raise RefusedError("UnknownOperationException", operation)

    def _start(self, asked: dict[str, Any]) -> dict[str, Any]:
        name = asked["TranscriptionJobName"]
        if name in self.jobs:
            raise RefusedError("ConflictException", "The requested job name already exists.")
        self._require_valid(asked)
        self.jobs[name] = VendorJob(asked, created=time.time(), language=asked.get("LanguageCode"))
        self.begun.append(name)
        return self._view(self.jobs[name])

    def _require_valid(self, asked: dict[str, Any]) -> None:
        languages = [asked[name] for name in ("LanguageCode", "IdentifyLanguage") if asked.get(name)]
        bucket, _, key = asked["Media"]["MediaFileUri"].removeprefix("s3://").partition("/")
        settings = asked.get("Settings", {})
        faults = {
            "1 validation error detected: TranscriptionJobName": not _NAME.match(asked["TranscriptionJobName"]),
            "1 validation error detected: OutputKey": not _KEY.match(asked["OutputKey"]),
            "You must specify either LanguageCode or IdentifyLanguage, not both.": len(languages) != 1,
            "You must include at least two language options.": len(asked.get("LanguageOptions", [1, 2])) < 2,
            "MaxSpeakerLabels and ShowSpeakerLabels go together.": (
                settings.get("ShowSpeakerLabels", False) != ("MaxSpeakerLabels" in settings)
            ),
            "The requested vocabulary couldn't be found. Check the vocabulary name and try your request again.": (
                settings.get("VocabularyName") == "missing"
            ),
            "The S3 URI that you provided can't be accessed. Make sure that you have read permission and try your "
            "request again.": self._bucket.read(bucket, key) is None,
        }
        for message, found in faults.items():
            if found:
                raise RefusedError("BadRequestException", message)

    def _get(self, name: str) -> dict[str, Any]:
        job = self.jobs.get(name)
        if job is None:
            raise RefusedError("NotFoundException", "The requested job couldn't be found.")
        job.looks += 1
        if job.status in {"QUEUED", "IN_PROGRESS"}:
            self._go_on(job)
        return self._view(job)

    def _go_on(self, job: VendorJob) -> None:
        job.status = "IN_PROGRESS"
        if job.looks <= self.outcome.looks:
            return
        if self.outcome.failure:
            job.status, job.reason = "FAILED", self.outcome.failure
            return
        job.language = job.language or self.outcome.language
        self._bucket.write(job.asked["OutputBucketName"], job.asked["OutputKey"], self.outcome.document)
        job.status = "COMPLETED"

    def _view(self, job: VendorJob) -> dict[str, Any]:
        asked = job.asked
        view: dict[str, Any] = {
            "TranscriptionJobName": asked["TranscriptionJobName"],
            "TranscriptionJobStatus": job.status,
            "Media": asked["Media"],
            "CreationTime": round(job.created, 3),
            "Settings": asked.get("Settings"),
            "LanguageCode": job.language,
        }
        if job.status == "COMPLETED":
            place = f"{asked['OutputBucketName']}/{asked['OutputKey']}"
            view["Transcript"] = {"TranscriptFileUri": f"https://s3.us-east-1.amazonaws.com/{place}"}
        if job.reason:
            view["FailureReason"] = job.reason
        return {"TranscriptionJob": {name: value for name, value in view.items() if value is not None}}
