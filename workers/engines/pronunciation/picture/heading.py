"""The picture's head: the scores, the legend, and the same in words for who can't see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from workers.engines.pronunciation.picture.canvas import MARGIN_PX, element, label, width_px

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemas.kinds.pronunciation import Grade, Scores, WordScore

_LABELS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "title": "Pronunciation", "accuracy": "accuracy", "fluency": "fluency", "completeness": "completeness",
        "good": "80 to 100", "fair": "60 to 79", "poor": "below 60", "missed": "not heard", "pause": "pause",
        "inserted": "not in the text", "unscored": "no score", "words": "words", "none": "unknown",
    },
    "ko": {
        "title": "발음 점수", "accuracy": "정확도", "fluency": "유창성", "completeness": "완성도",
        "good": "80~100", "fair": "60~79", "poor": "60 미만", "missed": "들리지 않음", "pause": "쉼",
        "inserted": "글에 없는 말", "unscored": "점수 없음", "words": "단어", "none": "알 수 없음",
    },
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """What is drawn."""

    scores: Scores
    grade: Grade | None
    words: tuple[WordScore, ...]
    pauses: tuple[tuple[int, int], ...]
    """Start and end in milliseconds."""
    language: Literal["en", "ko"]
    """Of the labels."""

    def named(self, code: str) -> str:
        """Return a label."""
        return _LABELS[self.language][code]

    @property
    def title(self) -> str:
        """The overall score and grade."""
        return f"{self.named('title')}: {_exact(self.scores.pron_score)}" + (f" ({self.grade})" if self.grade else "")

    @property
    def parts(self) -> list[tuple[str, float | None]]:
        """What the overall score is made of."""
        scores = self.scores
        return [
            (self.named("accuracy"), scores.accuracy),
            (self.named("fluency"), scores.fluency),
            (self.named("completeness"), scores.completeness),
        ]


def heading(drawn: Drawn) -> str:
    """Draw the scores and the legend."""
    score = f"{_exact(drawn.scores.pron_score)} {drawn.grade or ''}".strip()
    pieces = [label(score, MARGIN_PX, 44, "big")]
    x = MARGIN_PX + width_px(score, 30) + 30
    for name, value in drawn.parts:
        pieces.append(label(f"{name} {_number(value)}", x, 42))
        x += width_px(f"{name} {_number(value)}", 12) + 26
    return "".join(pieces) + _legend(drawn)


def spoken_summary(drawn: Drawn) -> str:
    """Say in words what the picture shows."""
    parts = [f"{name} {_number(value)}" for name, value in drawn.parts]
    said = [_said(word, drawn) for word in drawn.words]
    return (
        f"{', '.join(parts)}. {drawn.named('words')}: {', '.join(said)}. {drawn.named('pause')}: {len(drawn.pauses)}."
    )


def _said(word: WordScore, drawn: Drawn) -> str:
    if word.error_type == "omission":
        return f"{word.text} ({drawn.named('missed')})"
    if word.error_type == "insertion":
        return f"{word.text or '+'} ({drawn.named('inserted')})"
    return (
        f"{word.text} {_number(word.accuracy)}"
        if word.accuracy is not None
        else f"{word.text} ({drawn.named('unscored')})"
    )


def _legend(drawn: Drawn) -> str:
    pieces, x, y = [], float(MARGIN_PX), 70
    for code in ("good", "fair", "poor"):
        pieces.append(swatch(x, y, 22, 12, code))
        x = _caption(pieces, drawn.named(code), x, y)
    pieces.append(element("rect", x=x, y=y, width=22, height=12, fill="url(#pause)"))
    x = _caption(pieces, drawn.named("pause"), x, y)
    pieces.append(label("+", x + 11, y + 11, "word"))
    x = _caption(pieces, drawn.named("inserted"), x, y)
    pieces.append(label("abc", x + 11, y + 10, "missed"))
    _caption(pieces, drawn.named("missed"), x, y)
    return "".join(pieces)


def _caption(pieces: list[str], text: str, x: float, y: int) -> float:
    pieces.append(label(text, x + 28, y + 10))
    return x + 28 + width_px(text, 12) + 22


def swatch(x: float, y: float, width: float, height: float, level: str) -> str:
    """Draw a field in a level's colour, and its pattern over it."""
    field = element("rect", x=x, y=y, width=width, height=height, class_=level)
    if level not in {"fair", "poor"}:
        return field
    return field + element("rect", x=x, y=y, width=width, height=height, fill=f"url(#{level})")


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.0f}"


def _exact(value: float | None) -> str:
    """Write a score as the result has it: its grade depends on the decimal."""
    return "-" if value is None else f"{value:.1f}"
