"""What an image model is asked: a file with a version, as language models' prompts are (`workers.engines.llm.prompts`).

A negative prompt goes to the models that take one. To the others the same wish is a sentence.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from schemas.reply.levels import band_of
from workers.engines.llm.prompts import block_of

if TYPE_CHECKING:
    from schemas.kinds.image import ImageRequest
    from workers.engines.drawing.options import Style

#: The file's name; whatever is drawn depends on it.
PROMPT = "picture-1"
_FILES = Path(__file__).parent / "prompts"


@dataclass(frozen=True)
class ImagePrompt:
    """What is to be seen, in at most 4,000 characters, and what is not."""

    text: str
    negative: str | None
    """None where the model takes none."""


def prompt_of(request: ImageRequest, style: Style, *, negative: bool) -> ImagePrompt:
    """Write the prompt.

    Args:
        request: what is to be seen, for whom.
        style: how the settings want it drawn.
        negative: whether the model takes a negative prompt.
    """
    avoid = _on_one_line(request.avoid or "")
    values = {
        "scene": description_of(request),
        "style": style,
        "band": band_of(request.level),
        "category": request.category,
        "keywords": ", ".join(map(_on_one_line, request.keywords)),
        "leave_out": "" if negative else avoid,
    }
    unwanted = block_of(_FILES, PROMPT, "negative", {"avoid": avoid}) if negative else None
    return ImagePrompt(block_of(_FILES, PROMPT, "prompt", values), unwanted)


def description_of(request: ImageRequest) -> str:
    """Return the alternative text: the scene as a sentence. Nobody has looked whether the model has drawn that."""
    scene = _on_one_line(request.scene)
    ended = scene if scene.endswith((".", "!", "?", "…")) else f"{scene}."
    first = ended.split(" ", 1)[0]
    return ended[:1].upper() + ended[1:] if first.islower() else ended


def _on_one_line(text: str) -> str:
    return " ".join(text.split())
