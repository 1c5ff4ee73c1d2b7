"""What a request expects to be said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from schemas.errors import PermanentError
from workers.engines.pocketsphinx.grammar.automaton import automaton_of
from workers.engines.pocketsphinx.grammar.choices import Choices
from workers.engines.pocketsphinx.grammar.jsgf import parse
from workers.engines.pocketsphinx.grammar.lexemes import GrammarError
from workers.engines.pocketsphinx.grammar.nodes import Choice, Grammar, Words
from workers.engines.pocketsphinx.reading.text import ReadText
from workers.engines.pocketsphinx.tokens import tokens_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from schemas.kinds.transcription import SpokenWord, TranscriptionRequest
    from workers.engines.pocketsphinx.tokens import Token
    from workers.engines.ports import Call
    from workers.engines.pronunciation.lexicon import Lexicon

_ENGINE = "pocketsphinx"


class Expected(Protocol):
    """Something that is looked for in a recording."""

    def heard(self, samples: NDArray[np.int16], call: Call) -> list[SpokenWord]:
        """Return what of it is heard in mono PCM s16 at 16 kHz."""


def expected_of(request: TranscriptionRequest, lexicon: Lexicon) -> Expected | None:
    """Return what the request expects; None where anything may be said.

    Raises:
        PermanentError: `nothing_expected`: no word of it can be said in English. `invalid_grammar`.
    """
    if request.reference is not None:
        return ReadText(_sayable(request.reference, lexicon, "reference"))
    if request.phrases:
        phrases = [phrase for phrase in request.phrases if tokens_of(phrase, lexicon)]
        if not phrases:
            raise _nothing("phrases")
        return _choices(_one_of(phrases), lexicon)
    return None if request.grammar is None else _grammar(request.grammar, lexicon)


def _grammar(text: str, lexicon: Lexicon) -> Choices:
    try:
        return _choices(parse(text), lexicon)
    except GrammarError as error:
        raise PermanentError("invalid_grammar", str(error), engine=_ENGINE) from error


def _choices(grammar: Grammar, lexicon: Lexicon) -> Choices:
    known: dict[str, list[Token]] = {}

    def tokens(text: str) -> list[Token]:
        if text not in known:
            known[text] = tokens_of(text, lexicon)
        if not known[text]:
            raise GrammarError(
                "The grammar has a word without English sounds. Write how it is said, in English letters."
            )
        return known[text]

    return Choices(automaton_of(grammar, tokens))


def _one_of(phrases: Sequence[str]) -> Grammar:
    return Grammar({"<said>": Choice(tuple((1.0, Words(phrase)) for phrase in phrases))}, ("<said>",))


def _sayable(text: str, lexicon: Lexicon, field: str) -> list[Token]:
    tokens = tokens_of(text, lexicon)
    if not tokens:
        raise _nothing(field)
    return tokens


def _nothing(field: str) -> PermanentError:
    return PermanentError(
        "nothing_expected",
        f"There is no English word in `{field}`. Leave it out, or give what is said.",
        engine=_ENGINE,
    )
