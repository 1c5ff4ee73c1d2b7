"""Transcripts as Transcribe writes them: numbers are strings, punctuation has no times.

https://docs.aws.amazon.com/transcribe/latest/dg/diarization-output-batch.html
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Said:
    """A word or a punctuation mark."""

    content: str
    start_s: float | None = None
    end_s: float | None = None
    confidence: float = 0.99
    speaker: str | None = None

    def item(self, number: int) -> dict[str, Any]:
        """Return it as the document has it."""
        kind = "punctuation" if self.start_s is None else "pronunciation"
        confidence = "0.0" if self.start_s is None else str(self.confidence)
        item: dict[str, Any] = {
            "id": number,
            "type": kind,
            "alternatives": [{"confidence": confidence, "content": self.content}],
        }
        if self.start_s is not None:
            item |= {"start_time": str(self.start_s), "end_time": str(self.end_s)}
        return item | ({"speaker_label": self.speaker} if self.speaker else {})


def document(transcript: str, *said: Said, language: str | None = None, **results: Any) -> bytes:
    """Return a document."""
    items = [each.item(number) for number, each in enumerate(said)]
    found: dict[str, Any] = {"transcripts": [{"transcript": transcript}], "items": items, **results}
    if language:
        found = {"language_code": language, **found}
        found["language_identification"] = [{"score": "0.9", "code": language}]
    whole = {"jobName": "sayline-x", "accountId": "111122223333", "status": "COMPLETED", "results": found}
    return json.dumps(whole, ensure_ascii=False).encode()


HELLO = document(
    "Hello, how are you?",
    Said("Hello", 0.04, 0.41),
    Said(","),
    Said("how", 0.5, 0.62),
    Said("are", 0.62, 0.75),
    Said("you", 0.75, 0.98, confidence=0.874),
    Said("?"),
)
KOREAN = document(
    "안녕하세요. 만나서 반갑습니다.",
    Said("안녕하세요", 0.1, 0.8),
    Said("."),
    Said("만나서", 1.0, 1.4),
    Said("반갑습니다", 1.45, 2.1),
    Said("."),
    language="ko-KR",
)
