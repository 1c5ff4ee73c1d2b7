"""Draws a reading as an SVG picture: waveform, words, phones, pauses and what was missed, in rows of some seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.engines.pronunciation.picture.canvas import HEAD_PX, MARGIN_PX, ROW_PX, WIDTH_PX, element, escaped
from workers.engines.pronunciation.picture.heading import heading, spoken_summary
from workers.engines.pronunciation.picture.row import Row, row_svg
from workers.engines.pronunciation.picture.style import DEFINITIONS, STYLE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from workers.engines.pronunciation.picture.heading import Drawn

MIME = "image/svg+xml"
#: A row holds at most so much, so that a short word is wide enough for its letters.
ROW_MS = 6_000


def picture(drawn: Drawn, samples: NDArray[np.int16]) -> bytes:
    """Draw a result.

    Args:
        drawn: scores, words and pauses, and the language of labels.
        samples: the recording, mono PCM s16le at 16 kHz.
    """
    rows = _rows(len(samples) * 1000 // 16_000)
    height = HEAD_PX + ROW_PX * len(rows) + MARGIN_PX
    body = [
        f'<title id="t">{escaped(drawn.title)}</title>',
        f'<desc id="d">{escaped(spoken_summary(drawn))}</desc>',
        f"<style>{STYLE}</style><defs>{DEFINITIONS}</defs>",
        element("rect", width=WIDTH_PX, height=height, fill="#fff"),
        heading(drawn),
        *(row_svg(row, drawn, samples) for row in rows),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH_PX} {height}" role="img" lang="{drawn.language}" '
        f'aria-labelledby="t d">{"".join(body)}</svg>\n'
    ).encode()


def _rows(duration_ms: int) -> list[Row]:
    """Divide the recording into rows of equal length."""
    count = max(1, -(-duration_ms // ROW_MS))
    length = max(1, -(-duration_ms // count))
    return [
        Row(index, start_ms=index * length, end_ms=(index + 1) * length, is_last=index == count - 1)
        for index in range(count)
    ]
