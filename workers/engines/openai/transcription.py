"""The engine: a recording to `/audio/transcriptions` of a server that speaks OpenAI's protocol, in one call.

What is sent is the decoded recording and not the upload: hostile files stay here, and silence, of which Whisper makes
sentences, is refused before anything is paid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field

from schemas.errors import PermanentError
from schemas.media import primary_language
from workers.engines.calling import patiently
from workers.engines.openai.answer import transcript_of
from workers.engines.openai.options import ServerOptions
from workers.engines.openai.service import connect, time_out, translated
from workers.engines.openai.upload import upload_of

if TYPE_CHECKING:
    from schemas.kinds.transcription import TranscriptionRequest
    from workers.engines.ports import AudioInput, Call, Transcript

ENGINE = "openai"
#: Kept of the attempt's time to store the result.
_ENDING_S = 10.0
#: What no such server takes, and what it may take as a prompt; and who does.
_REFUSED, _PROMPTS = ("grammar", "speakers", "vocabulary"), ("reference", "phrases")
_WHO_CAN = {
    "grammar": "the pocketsphinx engine",
    "phrases": "the pocketsphinx engine",
    "reference": "the pocketsphinx engine",
    "speakers": "Amazon Transcribe",
    "vocabulary": "Amazon Transcribe",
}


class TranscriptionOptions(ServerOptions):
    """Options of an OpenAI-compatible transcription server."""

    model: Annotated[str, Field(min_length=1)] = "whisper-1"
    """The model to ask for, as the server names it."""
    response_format: Literal["verbose_json", "json"] = "verbose_json"
    """`json` for models that give no times (gpt-4o-transcribe): the text is one segment then."""
    prompt: bool = False
    """Whether a request's `reference` or `phrases` are sent as a prompt. That helps spelling, and has the model write
    what was to be said in place of what was: not for judging learners. Without it such requests are refused."""
    timeout_s: Annotated[float, Field(gt=0)] = 600.0
    """How long the server may take to answer."""
    max_bytes: Annotated[int, Field(gt=0)] = 25_000_000
    """Longest file that the server takes."""


class OpenAITranscriptionEngine:
    """Implements TranscriptionEngine; safe to use from several threads."""

    name: ClassVar[str] = ENGINE
    metered: ClassVar[bool] = True
    Options = TranscriptionOptions

    def __init__(self, options: TranscriptionOptions) -> None:
        self._options = options
        self._client = connect(options)

    @property
    def identity(self) -> str:
        """All that results depend on beside the request."""
        depended = self._options.model_dump_json(include={"base_url", "model", "response_format", "prompt"})
        return f"{ENGINE} {depended}"

    def transcribe(self, request: TranscriptionRequest, audio: AudioInput, call: Call) -> Transcript:
        """Transcribe the recording; a cancelled job is noticed before and after the call, not in it.

        Raises:
            PermanentError: `unsupported_option`, `audio_too_long`, `insufficient_quota`, `refused_by_engine`; those of
                `AudioInput.recording`.
            TransientError: `unreadable_answer`; throttled; out of reach.
        """
        self._require_supported(request)
        recording = audio.recording()
        call.progress(None, "transcribing")
        file = upload_of(recording, max_bytes=self._options.max_bytes, checkpoint=lambda: call.progress(None))
        asked = self._asked(request, file)
        answer = patiently(lambda: self._ask(asked, call), deadline_s=call.remaining_s - _ENDING_S)
        call.progress(None, "transcribed")
        return transcript_of(answer, recording, language=request.language, model=self._options.model, engine=ENGINE)

    def close(self) -> None:
        """Let go of connections."""
        self._client.close()

    def _ask(self, asked: dict[str, Any], call: Call) -> bytes:
        seconds = min(self._options.timeout_s, call.remaining_s - _ENDING_S)
        with translated(ENGINE):
            create = self._client.audio.transcriptions.with_raw_response.create
            return create(**asked, timeout=time_out(seconds)).content

    def _asked(self, request: TranscriptionRequest, file: tuple[str, bytes, str]) -> dict[str, Any]:
        options, prompt = self._options, _prompt(request)
        asked: dict[str, Any] = {
            "file": file,
            "model": options.model,
            "response_format": options.response_format,
            "temperature": 0,
        }
        if options.response_format == "verbose_json":
            asked["timestamp_granularities"] = ["word", "segment"]
        if request.language:
            asked["language"] = primary_language(request.language)
        return asked | ({"prompt": prompt} if prompt else {})

    def _require_supported(self, request: TranscriptionRequest) -> None:
        for name in _REFUSED if self._options.prompt else (*_REFUSED, *_PROMPTS):
            if getattr(request, name):
                sentence = f"This transcription server takes no `{name}`. Leave it out, or use {_WHO_CAN[name]}."
                raise PermanentError("unsupported_option", sentence, engine=ENGINE)


def _prompt(request: TranscriptionRequest) -> str | None:
    return request.reference or ", ".join(request.phrases) or None
