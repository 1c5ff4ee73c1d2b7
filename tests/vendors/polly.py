"""Amazon Polly on this machine: its protocol, limits and errors, with espeak-ng for a voice.

Protocol: https://docs.aws.amazon.com/polly/latest/dg/API_SynthesizeSpeech.html (REST with JSON, errors named by the
header x-amzn-ErrorType, audio in chunks). Limits: https://docs.aws.amazon.com/polly/latest/dg/limits.html
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs, urlsplit

from defusedxml.ElementTree import ParseError, fromstring

from tests.vendors.polly_speaking import Speaker, Spoken
from tests.vendors.polly_voices import VOICES
from tests.vendors.server import VendorServer, answer, request_id

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.faults.wire import Message

MAX_LENGTH, MAX_BILLED = 6_000, 3_000
_CHUNK = 64 * 1024
_PAGE = 20
_RATES = ("8000", "16000", "22050", "24000", "44100", "48000")
_FORMATS = {
    "mp3": ("audio/mpeg", _RATES),
    "ogg_vorbis": ("audio/ogg", _RATES),
    "ogg_opus": ("audio/ogg", ("48000",)),
    "pcm": ("audio/pcm", ("8000", "16000")),
    "json": ("application/x-json-stream", (*_RATES, "")),
}
_DEFAULT_RATES = {"standard": "22050", "neural": "24000", "long-form": "24000", "generative": "24000"}
_MARKS = {"sentence", "ssml", "viseme", "word"}
#: https://docs.aws.amazon.com/polly/latest/dg/supportedtags.html
_TAGS = {"speak", "p", "s", "break", "emphasis", "prosody", "say-as", "sub", "lang", "w", "mark", "phoneme"}


class RefusedError(Exception):
    """Polly says no."""

    def __init__(self, code: str, message: str = "", status: int = 400) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message


def _error(code: str, status: int, body: bytes, **headers: str) -> bytes:
    return answer(
        status, "application/json", body, x_amzn_errortype=f"{code}:", x_amzn_requestid=request_id(), **headers
    )


def refusal(code: str, status: int = 400, **headers: str) -> bytes:
    """Return the answer of an error, for example `refusal("ThrottlingException")`."""
    body = json.dumps({"message": f"{code} was planned"}).encode()
    return _error(code, status, body, **headers)


THROTTLED = refusal("ThrottlingException")
FAILED = refusal("ServiceFailureException", 500)


class PollyServer(VendorServer):
    """Operations: `DescribeVoices`, `SynthesizeSpeech`, and `SpeechMarks` for those that ask for JSON."""

    def __init__(self, *, lexicons: Iterable[str] = ()) -> None:
        super().__init__()
        self.lexicons = set(lexicons)
        self.billed = 0
        """Characters, of all that was answered."""
        self.speaker = Speaker()

    def __enter__(self) -> Self:
        self.speaker.start()
        return super().__enter__()

    def __exit__(self, *raised: object) -> None:
        super().__exit__(*raised)
        self.speaker.close()

    @property
    def sent(self) -> list[dict[str, Any]]:
        """Every request for audio or marks."""
        return [json.loads(message.body) for name, message in self.asked if name != "DescribeVoices"]

    def operation(self, request: Message) -> str:
        if urlsplit(request.target).path == "/v1/voices":
            return "DescribeVoices"
        return "SpeechMarks" if json.loads(request.body).get("OutputFormat") == "json" else "SynthesizeSpeech"

    def reply(self, operation: str, request: Message) -> bytes:
        if "AWS4-HMAC-SHA256 Credential=" not in request.headers.get("authorization", ""):
            return refusal("MissingAuthenticationTokenException", 403)
        try:
            return _voices(request) if operation == "DescribeVoices" else self._synthesised(json.loads(request.body))
        except RefusedError as no:
            return _error(no.code, no.status, json.dumps({"message": no.message}).encode())

    def _synthesised(self, asked: dict[str, Any]) -> bytes:
        voice = _voice(asked)
        for name in asked.get("LexiconNames", ()):
            if name not in self.lexicons:
                raise RefusedError("LexiconNotFoundException", "Lexicon not found", 404)
        mime, rate_hz = _format(asked)
        characters = _billed(asked)
        spoken = self.speaker.speak(asked, asked.get("LanguageCode", voice["LanguageCode"]))
        self.billed += characters
        if asked["OutputFormat"] == "json":
            body = _lines(asked, spoken)
        else:
            body = self.speaker.encoded(spoken, asked["OutputFormat"], rate_hz)
        return _streamed(mime, body, characters)


def _voices(request: Message) -> bytes:
    query = {name: values[0] for name, values in parse_qs(urlsplit(request.target).query).items()}
    first = query.get("NextToken", "0")
    if not first.isdigit():
        raise RefusedError("InvalidNextTokenException")
    engine, language = query.get("Engine"), query.get("LanguageCode")
    fitting = [
        voice
        for voice in VOICES
        if engine in {None, *voice["SupportedEngines"]} and language in {None, voice["LanguageCode"]}
    ]
    page: dict[str, Any] = {"Voices": fitting[int(first) : int(first) + _PAGE]}
    if int(first) + _PAGE < len(fitting):
        page["NextToken"] = str(int(first) + _PAGE)
    return answer(200, "application/json", json.dumps(page).encode(), x_amzn_requestid=request_id())


def _voice(asked: dict[str, Any]) -> dict[str, Any]:
    for required in ("Text", "OutputFormat", "VoiceId"):
        if required not in asked:
            raise RefusedError("ValidationException", f"{required} is missing")
    voice = next((voice for voice in VOICES if voice["Id"] == asked["VoiceId"]), None)
    if voice is None or asked.get("Engine", "standard") not in _DEFAULT_RATES:
        raise RefusedError("ValidationException", "Value failed to satisfy constraint: enum")
    if asked.get("Engine", "standard") not in voice["SupportedEngines"]:
        raise RefusedError("EngineNotSupportedException", "This voice does not support the selected engine")
    languages = {voice["LanguageCode"], *voice.get("AdditionalLanguageCodes", ())}
    if asked.get("LanguageCode", voice["LanguageCode"]) not in languages:
        raise RefusedError("LanguageNotSupportedException", "This voice does not support the selected language")
    return voice


def _format(asked: dict[str, Any]) -> tuple[str, int]:
    """The answer's media type and sample rate."""
    if asked["OutputFormat"] not in _FORMATS:
        raise RefusedError("ValidationException", "Value failed to satisfy constraint: enum")
    types = set(asked.get("SpeechMarkTypes", ()))
    if types and asked["OutputFormat"] != "json":
        raise RefusedError("MarksNotSupportedForFormatException")
    if asked["OutputFormat"] == "json" and not (types and types <= _MARKS):
        raise RefusedError("ValidationException", "SpeechMarkTypes")
    if "ssml" in types and asked.get("TextType", "text") == "text":
        raise RefusedError("SsmlMarksNotSupportedForTextTypeException")
    mime, rates = _FORMATS[asked["OutputFormat"]]
    default = "16000" if asked["OutputFormat"] == "pcm" else _DEFAULT_RATES[asked.get("Engine", "standard")]
    rate = asked.get("SampleRate", rates[0] if len(rates) == 1 else default)
    if rate not in rates:
        raise RefusedError("InvalidSampleRateException")
    return mime, int(rate or 0)


def _billed(asked: dict[str, Any]) -> int:
    """How many characters are billed: tags are not."""
    text = asked["Text"]
    read = text if asked.get("TextType", "text") == "text" else _content(text, asked.get("Engine", "standard"))
    if len(text) > MAX_LENGTH or len(read) > MAX_BILLED:
        raise RefusedError("TextLengthExceededException", "Maximum text length has been exceeded")
    return len(read)


def _content(text: str, engine: str) -> str:
    try:
        document = fromstring(text)
    except ParseError as error:
        raise RefusedError("InvalidSsmlException", "Invalid SSML request") from error
    for element in document.iter():
        pitch = element.tag == "prosody" and "pitch" in element.attrib
        rate = re.fullmatch(r"(\d+)%", element.attrib.get("rate", "100%"))
        if element.tag not in _TAGS or (engine != "standard" and (element.tag == "emphasis" or pitch)):
            raise RefusedError("InvalidSsmlException", "Invalid SSML request")
        if rate and not 20 <= int(rate[1]) <= 200:
            raise RefusedError("InvalidSsmlException", "Invalid SSML request")
    if document.tag != "speak":
        raise RefusedError("InvalidSsmlException", "Invalid SSML request")
    return "".join(document.itertext())


def _lines(asked: dict[str, Any], spoken: Spoken) -> bytes:
    """Speech marks; their offsets count bytes of the text as it was sent, tags and all."""
    text = asked["Text"]
    lines = [
        {
            "time": mark.start_ms,
            "type": mark.type,
            "start": len(text[: mark.start].encode()),
            "end": len(text[: mark.end].encode()),
            "value": mark.text,
        }
        for mark in spoken.marks
        if mark.type in asked["SpeechMarkTypes"]
    ]
    return "".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines).encode()


def _streamed(mime: str, body: bytes, characters: int) -> bytes:
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Type: {mime}\r\nTransfer-Encoding: chunked\r\n"
        f"x-amzn-RequestId: {request_id()}\r\nx-amzn-RequestCharacters: {characters}\r\n\r\n"
    )
    pieces = [body[start : start + _CHUNK] for start in range(0, len(body), _CHUNK)]
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    return head.encode() + chunks + b"0\r\n\r\n"
