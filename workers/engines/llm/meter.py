"""What an answer has taken, over all calls that it took."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.kinds.reply import Tokens

if TYPE_CHECKING:
    from workers.engines.llm.options import ReadingPrice


class Meter:
    """Counts the tokens of calls."""

    def __init__(self) -> None:
        self._input = self._output = self._calls = 0
        self._known = True

    def count(self, tokens: Tokens | None) -> None:
        """Count a call; None where the server does not say."""
        self._calls += 1
        if tokens is None:
            self._known = False
        else:
            self._input += tokens.input
            self._output += tokens.output

    @property
    def tokens(self) -> Tokens | None:
        """All tokens; None where there were none, or those of a call are not known: half a count would mislead."""
        return Tokens(input=self._input, output=self._output) if self._known and self._calls else None

    def cost_microusd(self, price: ReadingPrice | None) -> int:
        """Return what is known to be billed."""
        return price.microusd(Tokens(input=self._input, output=self._output)) if price else 0
