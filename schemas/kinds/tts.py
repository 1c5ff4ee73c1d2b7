"""Text to speech: a text is spoken, with the times of its words where they are asked for."""

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from schemas.kind import Kind, Request, Result
from schemas.media import Audio, AudioFormat, Language, SampleRate
from schemas.model import Model

MarkType = Literal["word", "sentence"]
MAX_CHARACTERS = 20_000
#: Those of the sample rates that Opus takes: https://www.rfc-editor.org/rfc/rfc6716#section-2
OPUS_RATES_HZ: tuple[SampleRate, ...] = (8_000, 16_000, 24_000, 48_000)


class TtsRequest(Request):
    """What is to be spoken, and how."""

    text: Annotated[str, Field(min_length=1, max_length=MAX_CHARACTERS)]
    """Plain text, or SSML within `<speak>`."""
    text_type: Literal["text", "ssml"] = "text"
    """`ssml` takes the tags speak, p, s, break, emphasis, prosody, say-as, sub, lang and w."""
    language: Language = "en-US"
    """A BCP 47 tag, for example `en-US` or `ko-KR`."""
    voice: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_+ -]+$")] | None = None
    """One of the engine's voices for the language; its default where none is given.

    espeak-ng takes a variant (`f3`), a voice (`en-gb-scotland`) or both (`en-gb+f3`);
    Amazon Polly a name such as `Seoyeon`.
    """
    rate: Annotated[float, Field(ge=0.5, le=2.0, strict=True)] = 1.0
    """Speaking rate; 1.0 is the voice's own."""
    format: AudioFormat = "mp3"
    """`ogg` is Opus in Ogg, `wav` is PCM s16le."""
    sample_rate_hz: SampleRate = 24_000
    """Samples per second; Opus takes 8000, 16000, 24000 and 48000."""
    marks: Annotated[tuple[MarkType, ...], Field(max_length=2)] = ()
    """Which speech marks to return."""

    @field_validator("sample_rate_hz")
    @classmethod
    def _fits_the_format(cls, rate_hz: SampleRate, info: ValidationInfo) -> SampleRate:
        # A format that is not valid itself is not in the data.
        if info.data.get("format") == "ogg" and rate_hz not in OPUS_RATES_HZ:
            raise ValueError(f"Opus (`ogg`) takes {', '.join(map(str, OPUS_RATES_HZ))} Hz")
        return rate_hz


class Mark(Model):
    """When a word or sentence is spoken, and where it stands in the text that was sent."""

    type: MarkType
    start_ms: Annotated[int, Field(ge=0)]
    end_ms: Annotated[int, Field(ge=0)]
    start: Annotated[int, Field(ge=0)]
    """First character (Unicode code point) of the span in `text`."""
    end: Annotated[int, Field(ge=0)]
    """One past the span's last character."""
    text: str


class TtsResult(Result):
    """The audio, and what is known about it."""

    audio: Audio
    marks: tuple[Mark, ...] = ()
    voice: str
    language: str
    characters: Annotated[int, Field(ge=0)]
    """Characters that were spoken: those of the text, without SSML tags."""


KIND = Kind(
    name="tts",
    summary="Speak a text",
    request=TtsRequest,
    result=TtsResult,
    example=TtsRequest(text="Good morning! How are you today?", marks=("word",)),
    # 20,000 characters of Korean are 54 minutes of audio: 20 s of work, more on a busy machine.
    timeout_s=120,
    max_attempts=3,
    # A character takes up to 12 bytes where a client escapes it (`\ud83d\ude00`): 240,000 for the longest text.
    request_max_bytes=262_144,
    retention_days=7,
    reusable=True,
)
