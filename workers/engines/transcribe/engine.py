"""The engine: begin a job that bears our job's name, wait for it, read what it wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from schemas.errors import PermanentError
from workers.engines.aws import client
from workers.engines.transcribe.document import transcript_of
from workers.engines.transcribe.jobs import Jobs
from workers.engines.transcribe.request import ENGINE, Dialect, TranscribeOptions

if TYPE_CHECKING:
    from schemas.kinds.transcription import TranscriptionRequest
    from workers.engines.ports import AudioInput, Call, SourceFile, Transcript

#: Its calls only begin or look at a job.
_READ_TIMEOUT_S = 10.0
#: The vendor says which version of its interface it is, and none of its model.
_VERSION = "2017-10-26"


class TranscribeEngine:
    """Implements TranscriptionEngine; safe to use from several threads. The recording is read by the vendor alone."""

    name: ClassVar[str] = ENGINE
    metered: ClassVar[bool] = True
    Options = TranscribeOptions

    def __init__(self, options: TranscribeOptions, jobs: Jobs | None = None) -> None:
        self._options = options
        self._jobs = jobs or Jobs(client("transcribe", options, read_timeout_s=_READ_TIMEOUT_S))

    @property
    def identity(self) -> str:
        """All that results depend on beside the request."""
        return f"{ENGINE} {_VERSION} {self._options.model_dump_json()}"

    def transcribe(self, request: TranscriptionRequest, audio: AudioInput, call: Call) -> Transcript:
        """Transcribe the recording.

        A vendor's job is named by ours and its epoch: whichever attempt comes next finds what an earlier one began.

        Raises:
            PermanentError: `unsupported_option`, `unsupported_language`, `refused_by_engine`; of a job that has failed
                `unreadable_audio`, `audio_too_short`, `audio_too_long`, `unknown_file`, `transcription_failed`;
                `transcript_gone`, `unreadable_answer`.
            TransientError: `engine_timeout`; throttled; out of reach.
        """
        name = f"sayline-{call.token}"
        output = call.output("transcript.json")
        dialect = Dialect(self._options, self._languages())
        asked = dialect.parameters(name, request, media=audio.uri, output=output)
        self._jobs.begin(asked, call)
        job = self._jobs.wait(name, call)
        return transcript_of(_read(output), language=job.get("LanguageCode"), model=_VERSION, engine=ENGINE)

    def close(self) -> None:
        """Let go of connections."""
        self._jobs.client.close()

    def _languages(self) -> list[str]:
        codes: list[str] = self._jobs.client.meta.service_model.shape_for("LanguageCode").enum
        return codes


def _read(output: SourceFile) -> bytes:
    try:
        return output.read()
    except PermanentError as error:
        sentence = "The transcript that Amazon Transcribe wrote is not there any more. Submit a new job."
        raise PermanentError("transcript_gone", sentence, engine=ENGINE) from error
