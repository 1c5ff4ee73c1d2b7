"""Which of Polly's voices speaks a language with an engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from schemas.errors import PermanentError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from workers.engines.polly.options import VoiceEngine

#: Which voice is taken where none is named: the first that has the engine. What is not here takes the first by name.
#: The first of a language is its usual region. Source: https://docs.aws.amazon.com/polly/latest/dg/available-voices.html
PREFERRED: Mapping[str, tuple[str, ...]] = {
    "en-US": ("Joanna", "Danielle", "Ruth"),
    "en-GB": ("Amy", "Emma"),
    "en-AU": ("Olivia", "Nicole"),
    "en-IN": ("Kajal", "Raveena"),
    "ko-KR": ("Seoyeon", "Jihye"),
    "ja-JP": ("Kazuha", "Tomoko", "Mizuki"),
    "cmn-CN": ("Zhiyu",),
    "yue-CN": ("Hiujin",),
    "fr-FR": ("Lea", "Celine"),
    "fr-CA": ("Gabrielle", "Chantal"),
    "de-DE": ("Vicki", "Marlene"),
    "es-ES": ("Lucia", "Conchita"),
    "es-MX": ("Mia",),
    "es-US": ("Lupe", "Penelope"),
    "it-IT": ("Bianca", "Carla"),
    "pt-BR": ("Camila", "Vitoria"),
    "pt-PT": ("Ines",),
    "nl-NL": ("Laura", "Lotte"),
    "pl-PL": ("Ola", "Ewa"),
    "ru-RU": ("Tatyana",),
    "tr-TR": ("Burcu", "Filiz"),
    "arb": ("Zeina",),
    "ar-AE": ("Hala",),
    "hi-IN": ("Kajal", "Aditi"),
    "sv-SE": ("Elin", "Astrid"),
    "nb-NO": ("Ida", "Liv"),
    "da-DK": ("Sofie", "Naja"),
    "fi-FI": ("Suvi",),
}
#: BCP 47 tags, in lower case, and Polly's own where they differ.
_ALIASES = {
    "ar": "arb",
    "ar-sa": "arb",
    "es-419": "es-MX",
    "no": "nb-NO",
    "yue": "yue-CN",
    "zh": "cmn-CN",
    "zh-cn": "cmn-CN",
    "zh-hans": "cmn-CN",
    "zh-hk": "yue-CN",
    "zh-mo": "yue-CN",
    "zh-sg": "cmn-CN",
}


@dataclass(frozen=True, kw_only=True)
class PollyVoice:
    """A voice as DescribeVoices has it."""

    id: str
    languages: tuple[str, ...]
    """Its own first, then those that it speaks as well."""
    engines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ChosenVoice:
    """A voice for a request."""

    id: str
    language: str | None
    """To be sent along where it is not the voice's own."""


def voices_of(answers: Iterable[Mapping[str, Any]]) -> list[PollyVoice]:
    """Read DescribeVoices' pages."""
    return [
        PollyVoice(
            id=voice["Id"],
            languages=(voice["LanguageCode"], *voice.get("AdditionalLanguageCodes", ())),
            engines=tuple(voice["SupportedEngines"]),
        )
        for answer in answers
        for voice in answer["Voices"]
    ]


class Catalogue:
    """The voices that Polly has in a region, for one engine."""

    def __init__(self, voices: Iterable[PollyVoice], engine: VoiceEngine, own: Mapping[str, str]) -> None:
        """Make it; `own` are the settings' voices by language."""
        self._voices = sorted(voices, key=lambda voice: voice.id)
        self._engine = engine
        self._own = {language.lower(): voice for language, voice in own.items()}

    def choose(self, language: str, voice: str | None) -> ChosenVoice:
        """Find the voice for a language; a region that Polly does not have is spoken as the language's usual one.

        Raises:
            PermanentError: `unsupported_language`, `unknown_voice`, `engine_not_supported`.
        """
        code, fitting = self._fitting(language)
        wanted = voice or self._own.get(language.lower()) or self._own.get(code.lower())
        if wanted is None:
            found = next((one for name in PREFERRED.get(code, ()) for one in fitting if one.id == name), fitting[0])
        else:
            found = self._named(wanted, code, fitting)
        return ChosenVoice(id=found.id, language=None if found.languages[0] == code else code)

    def _fitting(self, language: str) -> tuple[str, list[PollyVoice]]:
        """Polly's code for the language, and the voices that speak it with the engine."""
        known = {code.lower(): code for voice in self._voices for code in voice.languages}
        code = next((known[tag.lower()] for tag in _fallbacks(language, known.values()) if tag.lower() in known), None)
        if code is None:
            primary = sorted({one.partition("-")[0] for one in known})
            raise _refused("unsupported_language", f"Polly has no voice for this language. It speaks {_list(primary)}.")
        speaking = [voice for voice in self._voices if code in voice.languages]
        fitting = [voice for voice in speaking if self._engine in voice.engines]
        if not fitting:
            engines = sorted({engine for voice in speaking for engine in voice.engines})
            raise _refused(
                "engine_not_supported", f"No {self._engine} voice of Polly speaks {code}; {_list(engines)} voices do."
            )
        return code, fitting

    def _named(self, name: str, code: str, fitting: list[PollyVoice]) -> PollyVoice:
        found = next((one for one in fitting if one.id.lower() == name.strip().lower()), None)
        if found is not None:
            return found
        names = f"{self._engine} voices for {code}: {_list([one.id for one in fitting])}."
        if any(one.id.lower() == name.strip().lower() and code in one.languages for one in self._voices):
            raise _refused("engine_not_supported", f"This voice of Polly's is not {self._engine}. The {names}")
        raise _refused("unknown_voice", f"Polly has no such voice for this language. The {names}")


def _fallbacks(language: str, known: Iterable[str]) -> Iterator[str]:
    """The tag, and shorter ones; then the language's usual region, then any that there is."""
    subtags = language.lower().split("-")
    for count in range(len(subtags), 0, -1):
        shorter = "-".join(subtags[:count])
        yield _ALIASES.get(shorter, shorter)
    primary = f"{subtags[0]}-"
    yield from (code for code in PREFERRED if code.lower().startswith(primary))
    yield from sorted(code for code in known if code.lower().startswith(primary))


def _list(names: Iterable[str]) -> str:
    return ", ".join(names)


def _refused(code: str, message: str) -> PermanentError:
    return PermanentError(code, message, engine="amazon-polly")
