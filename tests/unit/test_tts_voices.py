from __future__ import annotations

import pytest

from schemas.errors import PermanentError
from workers.engines.espeak.voices import Catalogue

#: As espeak-ng 1.52 lists them, in its order.
VOICES = [
    ("Chinese (Mandarin, latin as English)", ["cmn", "zh-cmn", "zh"], "sit/cmn"),
    ("English (Caribbean)", ["en-029", "en"], "gmw/en-029"),
    ("English (Great Britain)", ["en-gb", "en"], "gmw/en"),
    ("English (Scotland)", ["en-gb-scotland", "en"], "gmw/en-GB-scotland"),
    ("English (America)", ["en-us", "en"], "gmw/en-US"),
    ("Spanish (Spain)", ["es"], "roa/es"),
    ("Spanish (Latin America)", ["es-419", "es-mx"], "roa/es-419"),
    ("French (Belgium)", ["fr-be", "fr"], "roa/fr-BE"),
    ("French (France)", ["fr-fr", "fr"], "roa/fr"),
    ("Korean", ["ko"], "ko"),
    ("Norwegian Bokmål", ["nb", "no"], "gmq/nb"),
    ("Chinese (Cantonese)", ["yue", "zh-yue", "zh"], "sit/yue"),
]
CATALOGUE = Catalogue(VOICES, ["f1", "f3", "m3", "Storm", "Mr serious"])


@pytest.mark.parametrize(
    ("language", "identifier"),
    [
        ("en-US", "gmw/en-US"),
        ("en-us", "gmw/en-US"),
        ("en-GB", "gmw/en"),
        ("en", "gmw/en"),
        ("en-AU", "gmw/en"),
        ("en-US-x-private", "gmw/en-US"),
        ("ko-KR", "ko"),
        ("ko", "ko"),
        ("fr-FR", "roa/fr"),
        ("fr-CA", "roa/fr"),
        ("fr-BE", "roa/fr-BE"),
        ("es-MX", "roa/es-419"),
        ("es-US", "roa/es-419"),
        ("zh-CN", "sit/cmn"),
        ("zh-Hant-TW", "sit/cmn"),
        ("zh-HK", "sit/yue"),
        ("no", "gmq/nb"),
        ("nn-NO", "gmq/nb"),
    ],
)
def test_a_language_finds_its_voice(language: str, identifier: str):
    assert CATALOGUE.choose(language, None).identifier == identifier


@pytest.mark.parametrize("language", ["xx", "xx-US", "eng-US", "e-n"])
def test_an_unknown_language_is_refused_with_some_that_are_known(language: str):
    with pytest.raises(PermanentError, match=r"no voice for this language. It speaks cmn, en, es, fr, ko") as refusal:
        CATALOGUE.choose(language, None)
    assert refusal.value.code == "unsupported_language"


@pytest.mark.parametrize(
    ("voice", "identifier", "name"),
    [
        (None, "gmw/en-US", "English (America)"),
        ("f3", "gmw/en-US+f3", "English (America), f3"),
        ("+m3", "gmw/en-US+m3", "English (America), m3"),
        ("storm", "gmw/en-US+Storm", "English (America), Storm"),
        ("en-gb-scotland", "gmw/en-GB-scotland", "English (Scotland)"),
        ("EN-GB+F3", "gmw/en+f3", "English (Great Britain), f3"),
        ("en-gb + Mr serious", "gmw/en+Mr serious", "English (Great Britain), Mr serious"),
    ],
)
def test_a_voice_is_a_variant_or_a_voice_of_the_language(voice: str | None, identifier: str, name: str):
    chosen = CATALOGUE.choose("en-US", voice)
    assert (chosen.identifier, chosen.name) == (identifier, name)


@pytest.mark.parametrize("voice", ["bob", "ko", "f9", "en-us+f9", "bob+f3", "+", "f3+f3"])
def test_an_unknown_voice_is_refused_with_some_that_are_known(voice: str):
    with pytest.raises(PermanentError, match=r"Voices: en-us, en-029, .* variants of each: f1, f3, m3") as refusal:
        CATALOGUE.choose("en-US", voice)
    assert refusal.value.code == "unknown_voice"
