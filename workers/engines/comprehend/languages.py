"""Which languages Comprehend analyses.

https://docs.aws.amazon.com/comprehend/latest/dg/supported-languages.html
"""

from __future__ import annotations

from schemas.media import primary_language

_LANGUAGES = frozenset({"ar", "de", "en", "es", "fr", "hi", "it", "ja", "ko", "pt", "zh"})
#: Chinese that is written in traditional characters.
_TRADITIONAL = frozenset({"hant", "tw", "hk", "mo"})


def code_of(tag: str) -> str | None:
    """Return Comprehend's code for a BCP 47 tag, for example `ko` for `ko-KR`; None where it has none."""
    language = primary_language(tag)
    subtags = frozenset(tag.lower().split("-")[1:])
    if language == "zh" and subtags & _TRADITIONAL and "hans" not in subtags:
        return "zh-TW"
    return language if language in _LANGUAGES else None
