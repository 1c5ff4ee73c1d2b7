"""The engines of pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from workers.engines.ports.call import Call

if TYPE_CHECKING:
    from schemas.kinds.image import ImageRequest
    from workers.engines.ports.call import OutputFile


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """A picture as an engine has made it."""

    image: bytes
    """A file: PNG, JPEG or WebP."""
    description: str
    """Alternative text: what is to be seen."""
    model: str
    """The engine's model or version."""
    seed: int | None = None
    missing: tuple[str, ...] = ()
    """Words of the scene that are not in the picture."""
    keywords: tuple[str, ...] = ()
    """What is in the picture, in single words, lower case."""
    notice: str | None = None
    cost_microusd: int = 0


class DrawingCall(Call, Protocol):
    """The attempt that a picture is drawn for; `workers.work.Work` is one."""

    def output(self, name: str) -> OutputFile:
        """Return the place of a file that goes with the job, the same for each attempt."""


class ImageEngine(Protocol):
    """Draws described scenes."""

    @property
    def name(self) -> str:
        """The engine's name, as results have it."""

    def draw(self, request: ImageRequest, call: DrawingCall) -> Drawing:
        """Draw the scene.

        Raises:
            PermanentError: it can't be drawn, or the vendor's filter forbids it: `refused_by_policy`.
            TransientError: the engine failed or took too long.
        """

    def close(self) -> None:
        """Let go of processes and connections."""
