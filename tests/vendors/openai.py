"""A server of OpenAI's `/v1/audio/transcriptions`, as OpenAI answers or as whisper servers do.

https://platform.openai.com/docs/api-reference/audio/createTranscription
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from email.parser import BytesParser
from email.policy import HTTP
from typing import TYPE_CHECKING, Any

from tests.vendors.server import VendorServer, answer, request_id

if TYPE_CHECKING:
    from email.message import EmailMessage

    from tests.faults.wire import Message

PATH = "/v1/audio/transcriptions"
#: As OpenAI answers with `verbose_json`: words have no punctuation, the language has its English name.
HELLO: dict[str, Any] = {
    "task": "transcribe",
    "language": "english",
    "duration": 2.5,
    "text": "Hello, how are you? Fine.",
    "usage": {"type": "duration", "seconds": 3},
    "words": [
        {"word": "Hello", "start": 0.0, "end": 0.46},
        {"word": "how", "start": 0.72, "end": 0.9},
        {"word": "are", "start": 0.9, "end": 1.02},
        {"word": "you", "start": 1.02, "end": 1.3},
        {"word": "Fine", "start": 1.8, "end": 2.2},
    ],
    "segments": [
        {
            "id": 0, "seek": 0, "start": 0.0, "end": 1.5, "text": " Hello, how are you?", "tokens": [50364],
            "temperature": 0.0, "avg_logprob": -0.2, "compression_ratio": 1.1, "no_speech_prob": 0.01,
        },
        {
            "id": 1, "seek": 0, "start": 1.5, "end": 2.3, "text": " Fine.", "tokens": [50364], "temperature": 0.0,
            "avg_logprob": -0.7, "compression_ratio": 1.0, "no_speech_prob": 0.02,
        },
    ],
}  # fmt: skip
#: As a faster-whisper server answers: words within segments, a space before each, punctuation with it, probabilities.
KOREAN: dict[str, Any] = {
    "language": "ko",
    "duration": "2.5",
    "text": "안녕하세요. 만나서 반갑습니다.",
    "segments": [
        {
            "start": 0.0, "end": 2.1, "text": " 안녕하세요. 만나서 반갑습니다.", "avg_logprob": -0.3,
            "words": [
                {"word": " 안녕하세요.", "start": 0.1, "end": 0.8, "probability": 0.97},
                {"word": " 만나서", "start": 1.0, "end": 1.4, "probability": 0.5},
                {"word": " 반갑습니다.", "start": 1.4, "end": 2.1, "probability": 0.83},
            ],
        }
    ],
}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """A request as the server understood it."""

    fields: dict[str, list[str]]
    name: str
    mime: str
    file: bytes


class OpenAIServer(VendorServer):
    """Serves one key; none is asked for where `key` is None."""

    def __init__(self, key: str | None = None) -> None:
        super().__init__()
        self.key = key
        self.document: dict[str, Any] = HELLO
        self.transcribed: list[Asked] = []
        """What was carried out, each of which is paid for."""

    def operation(self, request: Message) -> str:
        """Return the path."""
        return request.target

    def reply(self, operation: str, request: Message) -> bytes:
        """Carry it out."""
        if request.method != "POST" or operation != PATH:
            return refusal(404, "invalid_request_error", "unknown_url")
        if self.key is not None and request.headers.get("authorization") != f"Bearer {self.key}":
            return refusal(401, "invalid_request_error", "invalid_api_key")
        asked = _parsed(request)
        if "model" not in asked.fields:
            return refusal(400, "invalid_request_error", "missing_required_parameter")
        self.transcribed.append(asked)
        document = self.document
        if asked.fields["response_format"] == ["json"]:
            document = {"text": document["text"]}
        return _json(200, document)


def refusal(status: int, kind: str, code: str | None = None, message: str = "No.", **headers: str) -> bytes:
    """Return an error in OpenAI's own form."""
    return _json(status, {"error": {"message": message, "type": kind, "param": None, "code": code}}, **headers)


def _json(status: int, document: dict[str, Any], **headers: str) -> bytes:
    body = json.dumps(document, ensure_ascii=False).encode()
    return answer(status, "application/json", body, x_request_id=f"req_{request_id()}", **headers)


def _parsed(request: Message) -> Asked:
    """Read multipart/form-data (RFC 7578)."""
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
    whole: EmailMessage = BytesParser(policy=HTTP).parsebytes(head + request.body)
    fields: dict[str, list[str]] = {}
    name, mime, file = "", "", b""
    for part in whole.iter_parts():
        payload = part.get_payload(decode=True)
        assert isinstance(payload, bytes)
        if part.get_filename():
            name, mime, file = str(part.get_filename()), part.get_content_type(), payload
        else:
            field = str(part.get_param("name", header="content-disposition"))
            fields.setdefault(field, []).append(payload.decode())
    return Asked(fields, name, mime, file)
