"""A text that is read aloud, in its own spelling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.engines.pocketsphinx.reading.reader import Reader
from workers.engines.pocketsphinx.words import OTHER_SPEECH, spoken
from workers.engines.pronunciation.acoustic.model import load_model
from workers.engines.pronunciation.calibration import shipped_calibration

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from schemas.kinds.transcription import SpokenWord
    from workers.engines.pocketsphinx.reading.reader import Heard
    from workers.engines.pocketsphinx.tokens import Token
    from workers.engines.ports import Call
    from workers.engines.pronunciation.calibration import Calibration


class ReadText:
    """Its words, and what of them is said."""

    def __init__(self, tokens: Sequence[Token], calibration: Calibration | None = None) -> None:
        """Take another calibration than the shipped one, where one is being tried."""
        self._tokens = tokens
        self._calibration = calibration
        self._places = [(index, unit) for index, token in enumerate(tokens) for unit in range(len(token.units))]

    def heard(self, samples: NDArray[np.int16], call: Call) -> list[SpokenWord]:
        """Return the words that are heard in mono PCM s16 at 16 kHz, and `[unk]` for other speech."""
        model = load_model()
        reader = Reader(model, self._calibration or shipped_calibration(model.definition))
        units = [self._tokens[index].units[unit] for index, unit in self._places]
        found = reader.read(samples, units, checkpoint=lambda fraction: call.progress(fraction, "listening"))
        return [word for group in self._groups(found) if (word := self._word(group)) is not None]

    def _groups(self, found: Iterable[Heard]) -> Iterator[list[Heard]]:
        """Units of one token, one behind the other."""
        group: list[Heard] = []
        for heard in found:
            if group and not self._goes_on(group[-1], heard):
                yield group
                group = []
            group.append(heard)
        if group:
            yield group

    def _goes_on(self, before: Heard, after: Heard) -> bool:
        if before.unit is None or after.unit is None:
            return False
        (token, unit), (next_token, next_unit) = self._places[before.unit], self._places[after.unit]
        return token == next_token and unit < next_unit

    def _word(self, group: Sequence[Heard]) -> SpokenWord | None:
        """None for a token of which more is missing than was said."""
        start, end = group[0].start, group[-1].end
        confidence = sum(heard.confidence for heard in group) / len(group)
        if group[0].unit is None:
            return spoken(OTHER_SPEECH, start, end, confidence)
        token = self._tokens[self._places[group[0].unit][0]]
        if 2 * len(group) < len(token.units):
            return None
        return spoken(token.text, start, end, confidence, again=group[0].again)
