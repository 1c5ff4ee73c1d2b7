"""Pieces of speech made one: decoded to the sample, joined without a click, with a pause between sentences."""

from __future__ import annotations

import io
from itertools import pairwise
from typing import TYPE_CHECKING

from schemas.errors import EngineUnavailableError
from workers.engines.audio.loudness import SILENCE_PEAK
from workers.engines.polly.cuts import Cut
from workers.engines.polly.service import NAME

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.int16]

#: A piece begins and ends in the midst of its noise: a step of a few units, which is heard in silence.
FADE_MS = 5
#: The least silence between two pieces, at normal speed. Polly pauses so long within one text; between two texts there
#: is only what the first ends and the second begins with.
PAUSES_MS = {Cut.SENTENCE: 400, Cut.CLAUSE: 150}
_FORMATS = "ogg,mp3"


def decoded(audio: bytes, sample_rate_hz: int) -> Samples:
    """Decode an answer of Polly's to mono PCM s16 of a sample rate.

    Raises:
        EngineUnavailableError: it is no audio.
    """
    import av  # noqa: PLC0415 - 104 MB of FFmpeg, which a worker of other kinds never loads
    import numpy as np  # noqa: PLC0415

    if not audio:  # nothing of the text is spoken, as with PCM
        return np.zeros(0, dtype=np.int16)
    options = {"format_whitelist": _FORMATS, "protocol_whitelist": ""}
    try:
        with av.open(io.BytesIO(audio), "r", options=options) as container:
            resampler = av.AudioResampler(format="s16", layout="mono", rate=sample_rate_hz)
            frames = [
                resampled.to_ndarray().ravel()
                for frame in (*container.decode(audio=0), None)
                for resampled in resampler.resample(frame)
            ]
    except (av.FFmpegError, IndexError) as error:
        raise EngineUnavailableError("Amazon Polly's audio can't be decoded.", engine=NAME) from error
    return np.concatenate([np.zeros(0, dtype=np.int16), *frames])


def of_pcm(audio: bytes) -> Samples:
    """Read an answer in PCM: mono, s16le."""
    import numpy as np  # noqa: PLC0415 - see above

    return np.frombuffer(audio[: len(audio) // 2 * 2], dtype="<i2")


def joined(
    parts: Sequence[Samples], ends: Sequence[Cut], sample_rate_hz: int, rate: float
) -> tuple[Samples, list[int]]:
    """Join parts of speech; returns all samples, and where in them each part begins.

    `ends` says what was cut behind each part, `rate` is the speaking rate, by which a pause is shorter or longer.
    """
    import numpy as np  # noqa: PLC0415 - see above

    starts = [0]
    for (left, right), end in zip(pairwise(parts), ends, strict=False):
        wanted = round(PAUSES_MS.get(end, 0) * sample_rate_hz / 1000 / rate)
        pause = max(0, wanted - _silent_end(left) - _silent_end(right[::-1]))
        starts.append(starts[-1] + len(left) + pause)
    whole = np.zeros(starts[-1] + len(parts[-1]), dtype=np.int16)
    for part, start in zip(parts, starts, strict=True):
        whole[start : start + len(part)] = part
    for (left, right), (before, behind) in zip(pairwise(parts), pairwise(starts), strict=True):
        _fade(whole[before : before + len(left)][::-1], sample_rate_hz)
        _fade(whole[behind : behind + len(right)], sample_rate_hz)
    return whole, starts


def _fade(part: Samples, sample_rate_hz: int) -> None:
    """Lead the beginning from silence, in place."""
    import numpy as np  # noqa: PLC0415 - see above

    length = min(len(part) // 2, sample_rate_hz * FADE_MS // 1000)
    part[:length] = part[:length] * (np.arange(length, dtype=np.float32) / max(1, length))


def _silent_end(part: Samples) -> int:
    """How many samples at the end are below any sound."""
    import numpy as np  # noqa: PLC0415 - see above

    loud = np.flatnonzero((part > SILENCE_PEAK) | (part < -SILENCE_PEAK))
    return len(part) - 1 - int(loud[-1]) if len(loud) else len(part)
