"""Polly's calls by boto3, and what its errors mean.

Source: https://docs.aws.amazon.com/polly/latest/dg/API_SynthesizeSpeech.html
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from schemas.errors import EngineUnavailableError
from workers.engines.aws import Service, client, translated
from workers.engines.calling import patiently
from workers.engines.polly.voices import PollyVoice, voices_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemas.kinds.tts import MarkType
    from workers.engines.polly.options import PollyOptions
    from workers.engines.polly.pieces import Piece
    from workers.engines.polly.voices import ChosenVoice

#: As results and errors name it.
NAME = "amazon-polly"
#: Polly begins to answer within a second or so; a stream that says nothing for so long is lost.
_READ_TIMEOUT_S = 20
#: What throttles is mostly the account's own other calls, which are over in seconds.
_PATIENCE_S = 20.0

Format = Literal["mp3", "ogg_opus", "ogg_vorbis", "pcm"]

#: Whatever else Polly answers is throttling, or a failure of its own (`ServiceFailureException`): see `translated`.
SERVICE = Service(
    engine=NAME,
    title="Amazon Polly",
    refusals={
        "TextLengthExceededException": ("text_too_long", "The text, or a part that can't be divided, is too long."),
        "InvalidSsmlException": (
            "invalid_ssml",
            "Polly refuses the SSML: its engine does not take a tag, or not there, or not with this value.",
        ),
        "InvalidSampleRateException": ("unsupported_sample_rate", "Polly does not have this sample rate."),
        "LexiconNotFoundException": ("unknown_lexicon", "The settings name a lexicon that is not in Polly's region."),
        "LanguageNotSupportedException": ("unsupported_language", "Polly's voice does not speak this language."),
        "EngineNotSupportedException": (
            "engine_not_supported",
            "Polly's voice does not have the engine of the settings.",
        ),
        "MarksNotSupportedForFormatException": ("marks_not_supported", "Polly has no speech marks for this."),
        "SsmlMarksNotSupportedForTextTypeException": ("marks_not_supported", "Polly has no speech marks for this."),
    },
)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came of a piece."""

    body: bytes
    characters: int
    """How many characters are billed for it."""


@dataclass(frozen=True, kw_only=True)
class SpokenMark:
    """A speech mark as Polly has it; `start` and `end` count bytes of what was sent, in UTF-8."""

    type: MarkType
    start_ms: int
    start: int
    end: int


class Polly:
    """Amazon Polly, for one voice engine; made once per process, used by its threads."""

    def __init__(self, options: PollyOptions) -> None:
        self._options = options
        self._client = client("polly", options, read_timeout_s=_READ_TIMEOUT_S)

    def voices(self, *, deadline_s: float) -> list[PollyVoice]:
        """List every voice of the region.

        Raises:
            TransientError: Polly is out of reach, or refuses the worker.
        """

        def pages() -> list[dict[str, Any]]:
            with translated(SERVICE):
                return list(self._client.get_paginator("describe_voices").paginate())

        return voices_of(patiently(pages, deadline_s=deadline_s, costs_nothing_twice=True))

    def audio(self, piece: Piece, voice: ChosenVoice, *, to: Format, sample_rate_hz: int, deadline_s: float) -> Answer:
        """Have a piece spoken.

        Raises:
            PermanentError: see SERVICE.
            TransientError: Polly failed, is out of reach, or is asked for too much.
        """
        return self._synthesised(piece, voice, deadline_s, {"OutputFormat": to, "SampleRate": str(sample_rate_hz)})

    def marks(
        self, piece: Piece, voice: ChosenVoice, types: Sequence[MarkType], *, deadline_s: float
    ) -> tuple[list[SpokenMark], int]:
        """Ask when a piece's words or sentences are said; returns the marks and how many characters are billed.

        Raises:
            PermanentError: see SERVICE.
            TransientError: Polly failed, is out of reach, or is asked for too much.
        """
        asked = {"OutputFormat": "json", "SpeechMarkTypes": sorted(types)}
        answer = self._synthesised(piece, voice, deadline_s, asked)
        return read_marks(answer.body), answer.characters

    def _synthesised(self, piece: Piece, voice: ChosenVoice, deadline_s: float, asked: dict[str, Any]) -> Answer:
        request = {
            "Engine": self._options.engine,
            "VoiceId": voice.id,
            "Text": piece.text,
            "TextType": "ssml" if piece.ssml else "text",
            **({"LanguageCode": voice.language} if voice.language else {}),
            **({"LexiconNames": list(self._options.lexicons)} if self._options.lexicons else {}),
            **asked,
        }

        def call() -> Answer:
            # The stream is read here: what is lost on the way is an error of the call.
            with translated(SERVICE):
                answer = self._client.synthesize_speech(**request)
                return Answer(body=answer["AudioStream"].read(), characters=int(answer["RequestCharacters"]))

        return patiently(call, deadline_s=deadline_s, within_s=_PATIENCE_S)


def read_marks(body: bytes) -> list[SpokenMark]:
    """Read lines of JSON: https://docs.aws.amazon.com/polly/latest/dg/output.html."""
    try:
        lines = [json.loads(line) for line in body.splitlines() if line.strip()]
        return [
            SpokenMark(type=line["type"], start_ms=int(line["time"]), start=int(line["start"]), end=int(line["end"]))
            for line in lines
            if line["type"] in {"word", "sentence"}
        ]
    except (ValueError, KeyError, TypeError) as error:
        raise EngineUnavailableError("Amazon Polly's speech marks can't be read.", engine=NAME) from error
