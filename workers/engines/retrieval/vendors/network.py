"""What embeddings by a vendor have in common, whoever it is."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from schemas.kinds.reply import Tokens
from schemas.usage import Usage
from workers.engines.calling import patiently
from workers.engines.llm.meter import Meter
from workers.engines.llm.model import ENDING_S
from workers.engines.retrieval.scripts import has_letters, is_latin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from workers.engines.ports import Call, RetrievalCall
    from workers.engines.retrieval.vendors.options import VendorOptions

T = TypeVar("T")

_NO_NAME = re.compile(r"[^A-Za-z0-9.:-]+")


class NetworkEmbeddings:
    """The part of Embeddings that all of them share; an adapter adds `of_passages`, `of_question` and `close`."""

    is_local = False
    lead: float | None = None

    def __init__(self, options: VendorOptions, *, model: str, dimensions: int) -> None:
        self.name = f"{_NO_NAME.sub('-', model)}:{dimensions}"
        self.dimensions = dimensions
        self.support = options.support
        self._reads = is_latin if options.latin_only else has_letters
        self._price = options.price

    def reads(self, text: str) -> bool:
        """Whether the model knows the text's language, as far as its letters tell."""
        return self._reads(text)

    @contextmanager
    def _metered(self, call: RetrievalCall) -> Iterator[Meter]:
        """Give a meter for requests; the attempt is told at the end, as one may cost a fraction of a micro-dollar."""
        meter = Meter()
        yield meter
        read = meter.tokens.input if meter.tokens else 0
        call.record_usage(Usage(tokens=read, cost_microusd=meter.cost_microusd(self._price)))


def tokens_read(count: int | None) -> Tokens | None:
    """Return a request's tokens; None where the vendor does not say."""
    return None if count is None else Tokens(input=max(0, count), output=0)


def asked(once: Callable[[], T], call: Call) -> T:
    """Ask a vendor, and again within seconds where that can help.

    What may have been carried out is asked again, too: it costs what one request does, and the job's next attempt
    would ask for the whole document's.
    """
    return patiently(once, deadline_s=call.remaining_s - ENDING_S, costs_nothing_twice=True)
