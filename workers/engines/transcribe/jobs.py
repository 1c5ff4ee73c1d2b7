"""Transcribe's jobs: begin one, wait for it; each is named by our own job, so that there is never a second one."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from schemas.errors import EngineUnavailableError, PermanentError, ThrottledError, TransientError
from workers.engines.aws import ClientError, Service, code_of, translated
from workers.engines.calling import Timing, patiently
from workers.engines.transcribe.request import ENGINE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from workers.engines.ports import Call

SERVICE = Service(
    engine=ENGINE,
    title="Amazon Transcribe",
    # It may also mean that no more jobs may run at once: minutes, not seconds.
    waits_s={"LimitExceededException": 60.0},
    # No field of such a request has anything of the recording.
    quotable=frozenset({"BadRequestException"}),
)

#: From the first look to the second; each wait is half as long again as the one before.
_FIRST_WAIT_S = 1.0
_LONGEST_WAIT_S = 15.0
_GROWTH = 1.5
#: Looks that fail for longer than this end the attempt; the vendor's job goes on.
_LOST_SIGHT_S = 120.0
#: Kept of the attempt's time to read the transcript and to store the result.
_ENDING_S = 20.0

#: Parts of a FailureReason, and our code for it.
_REASONS = (
    ("length is too small", "audio_too_short"),
    ("speech segment long enough", "audio_too_short"),
    ("file size too large", "audio_too_long"),
    ("media format", "unreadable_audio"),
    ("isn't valid", "unreadable_audio"),
    ("sample rate", "unreadable_audio"),
    ("number of channels", "unreadable_audio"),
    ("can't be accessed", "unknown_file"),
)


@dataclass(frozen=True)
class Jobs:
    """Jobs of one account and region."""

    client: Any
    """boto3's client of Transcribe."""
    timing: Timing = field(default_factory=Timing)
    uniform: Callable[[float, float], float] = random.uniform

    def begin(self, parameters: Mapping[str, Any], call: Call) -> None:
        """Begin a job, or find that an earlier attempt has: the name is its idempotency key.

        Raises:
            PermanentError, TransientError: see `workers.engines.aws.translated`.
        """

        def start() -> None:
            with translated(SERVICE):
                try:
                    self.client.start_transcription_job(**parameters)
                except ClientError as error:
                    if code_of(error) != "ConflictException":
                        raise

        patiently(start, deadline_s=call.remaining_s, costs_nothing_twice=True, timing=self.timing)

    def wait(self, name: str, call: Call) -> Mapping[str, Any]:
        """Wait until a job is done, and return its `TranscriptionJob`.

        Passes a checkpoint before each look, so that a cancelled job stops to wait; what the vendor has begun it goes
        on with, as Transcribe has no way to stop a job.

        Raises:
            PermanentError: it has failed; the reason is the vendor's.
            TransientError: `engine_timeout`: the attempt's time is over; the next one waits for the same job.
        """
        wait_s, asked_s, seen_at = _FIRST_WAIT_S, 0.0, self.timing.now()
        while True:
            self._sleep(max(wait_s, asked_s), call)
            try:
                job = self._look(name)
            except (ThrottledError, EngineUnavailableError) as error:
                if self.timing.now() - seen_at > _LOST_SIGHT_S:
                    raise
                asked_s = error.retry_after_s or 0.0
            else:
                asked_s, seen_at = 0.0, self.timing.now()
                if job["TranscriptionJobStatus"] == "COMPLETED":
                    return job
                if job["TranscriptionJobStatus"] == "FAILED":
                    raise _failed(str(job.get("FailureReason", "no reason given")))
            wait_s = min(_LONGEST_WAIT_S, wait_s * _GROWTH)

    def _look(self, name: str) -> Mapping[str, Any]:
        with translated(SERVICE):
            answer: Mapping[str, Any] = self.client.get_transcription_job(TranscriptionJobName=name)
        if "TranscriptionJob" not in answer:  # an answer that ends within its head is an empty one to boto3
            raise EngineUnavailableError("Amazon Transcribe's answer is cut off.", engine=ENGINE)
        job: Mapping[str, Any] = answer["TranscriptionJob"]
        return job

    def _sleep(self, wait_s: float, call: Call) -> None:
        """Wait between half and all of the time, a checkpoint before it; not beyond the attempt's own."""
        call.progress(None, "waiting for Amazon Transcribe")
        left_s = call.remaining_s - _ENDING_S
        if left_s <= 0:
            sentence = "Amazon Transcribe has not finished yet; the next attempt waits for the same job of its."
            raise TransientError("engine_timeout", sentence, engine=ENGINE)
        self.timing.sleep(min(left_s, self.uniform(wait_s / 2, wait_s)))


def _failed(reason: str) -> PermanentError:
    code = next((code for part, code in _REASONS if part in reason), "transcription_failed")
    return PermanentError(code, f"Amazon Transcribe has failed: {reason}", engine=ENGINE)
