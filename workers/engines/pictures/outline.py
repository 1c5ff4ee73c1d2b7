"""What a picture's file says of itself, read from its structure before any decoder sees it."""

from __future__ import annotations

from dataclasses import dataclass

from workers.engines.pictures.refusals import MAX_FRAMES, MAX_PIXELS, RefusedPictureError


@dataclass(frozen=True, kw_only=True)
class Outline:
    """A picture as its headers describe it."""

    format: str
    """`jpeg`, `png`, `webp`, `gif` or `bmp`."""
    width: int
    """Pixels, before it is turned upright."""
    height: int
    frames: int
    data: bytes
    """The file without what follows the picture, other frames and chunks that say nothing about the first frame's
    pixels, as far as the format can be cut."""

    def require_fit(self) -> None:
        """Raise `RefusedPictureError` where it has none, or too much, of something."""
        if min(self.width, self.height, self.frames) < 1:
            raise RefusedPictureError("damaged")
        if self.width * self.height > MAX_PIXELS[self.format]:
            raise RefusedPictureError("too_many_pixels")
        if self.frames > MAX_FRAMES:
            raise RefusedPictureError("too_many_frames")
