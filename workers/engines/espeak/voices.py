"""From a BCP 47 tag and a voice's name to the identifier that espeak-ng selects a voice by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemas.errors import PermanentError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: Tags whose espeak voice has another name: a macrolanguage, an old code, a region without a voice of its own.
_ALIASES = {
    "es-ar": "es-419",
    "es-cl": "es-419",
    "es-co": "es-419",
    "es-pe": "es-419",
    "es-us": "es-419",
    "in": "id",
    "iw": "he",
    "nn": "nb",
    "zh-hk": "yue",
    "zh-mo": "yue",
}
#: Offered in a refusal: the plain variants. The character voices ("Storm", "grandma") are taken as well.
_SUGGESTED_VARIANTS = ("f1", "f2", "f3", "f4", "f5", "m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8")
_SUGGESTIONS = 8
_WIDELY_LEARNT = ("ar", "cmn", "de", "en", "es", "fr", "hi", "it", "ja", "ko", "pt", "ru", "tr", "vi")


@dataclass(frozen=True, kw_only=True)
class ChosenVoice:
    """A voice as espeak selects it, and as a reader knows it."""

    identifier: str
    """For example `gmw/en-US+f3`."""
    name: str
    """For example `English (America), f3`."""
    language: str
    """espeak's own tag for it, for example `en-us`."""


@dataclass(frozen=True)
class _Voice:
    name: str
    languages: tuple[str, ...]
    identifier: str

    @property
    def stem(self) -> str:
        return self.identifier.rpartition("/")[2].lower()

    @property
    def keys(self) -> frozenset[str]:
        return frozenset((*self.languages, self.stem, self.name.lower()))


class Catalogue:
    """The voices and variants that espeak-ng lists."""

    def __init__(self, voices: Sequence[tuple[str, Sequence[str], str]], variants: Sequence[str]) -> None:
        self._voices = [
            _Voice(name, tuple(language.lower() for language in languages), identifier)
            for name, languages, identifier in voices
        ]
        self._variants = {variant.lower(): variant for variant in variants}

    def choose(self, language: str, voice: str | None) -> ChosenVoice:
        """Find the voice for a language; `voice` is a variant (`f3`), a voice (`en-gb-scotland`), or both with a `+`.

        A language is found by its exact tag, then without its last subtags, down to the bare language.

        Raises:
            PermanentError: `unsupported_language`, `unknown_voice`.
        """
        default = self._default(language)
        if voice is None:
            return _chosen(default, None)
        base, plus, variant = voice.strip().lower().partition("+")
        if not plus and base in self._variants:
            return _chosen(default, self._variants[base])
        found = self._named(base.strip(), default) if base.strip() else default
        if found is None or (plus and variant.strip() not in self._variants):
            raise self._unknown_voice(default)
        return _chosen(found, self._variants[variant.strip()] if plus else None)

    def _default(self, language: str) -> _Voice:
        for tag in _fallbacks(language.lower()):
            # A voice that is named after the language, then one whose first language it is, then any that lists it.
            for matches in (
                lambda voice, tag=tag: voice.stem == tag,
                lambda voice, tag=tag: voice.languages[:1] == (tag,),
                lambda voice, tag=tag: tag in voice.languages,
            ):
                if found := next(filter(matches, self._voices), None):
                    return found
        known = {_primary(voice) for voice in self._voices}
        named = ", ".join(language for language in _WIDELY_LEARNT if language in known)
        raise PermanentError(
            "unsupported_language",
            f"espeak-ng has no voice for this language. It speaks {named} and others, {len(known)} in all.",
            engine="espeak-ng",
        )

    def _named(self, name: str, default: _Voice) -> _Voice | None:
        own = _primary(default)
        return next((voice for voice in self._voices if _primary(voice) == own and name in voice.keys), None)

    def _unknown_voice(self, default: _Voice) -> PermanentError:
        others = [voice.stem for voice in self._voices if _primary(voice) == _primary(default) and voice != default]
        same = [default.stem, *others][:_SUGGESTIONS]
        variants = [variant for variant in _SUGGESTED_VARIANTS if variant in self._variants]
        return PermanentError(
            "unknown_voice",
            f"espeak-ng has no such voice for this language. Voices: {', '.join(same)}; variants of each: "
            f"{', '.join(variants)}; both together, for example {same[0]}+{variants[0] if variants else 'f1'}.",
            engine="espeak-ng",
        )


def _primary(voice: _Voice) -> str:
    return voice.languages[0].partition("-")[0]


def _fallbacks(tag: str) -> Iterator[str]:
    subtags = tag.split("-")
    for count in range(len(subtags), 0, -1):
        shorter = "-".join(subtags[:count])
        yield _ALIASES.get(shorter, shorter)


def _chosen(voice: _Voice, variant: str | None) -> ChosenVoice:
    return ChosenVoice(
        identifier=voice.identifier if variant is None else f"{voice.identifier}+{variant}",
        name=voice.name if variant is None else f"{voice.name}, {variant}",
        language=voice.languages[0],
    )
