"""Which voice speaks, for a language, an engine and what the settings say; and what each engine's options are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from schemas.errors import PermanentError
from schemas.kinds.tts import TtsRequest
from tests.vendors.polly_voices import VOICES
from workers.engines.polly.options import PollyOptions
from workers.engines.polly.source import source_of
from workers.engines.polly.voices import PREFERRED, Catalogue, ChosenVoice, voices_of

if TYPE_CHECKING:
    from workers.engines.polly.options import VoiceEngine


def choose(
    language: str, voice: str | None = None, *, engine: VoiceEngine = "neural", own: dict[str, str] | None = None
) -> ChosenVoice:
    return Catalogue(voices_of([{"Voices": VOICES[:5]}, {"Voices": VOICES[5:]}]), engine, own or {}).choose(
        language, voice
    )


@pytest.mark.parametrize(
    ("language", "engine", "voice"),
    [
        ("en-US", "neural", "Joanna"),
        ("en-US", "long-form", "Danielle"),
        ("en-us", "generative", "Joanna"),
        ("en", "neural", "Joanna"),
        ("en-CA", "neural", "Joanna"),
        ("en-AU", "standard", "Nicole"),
        ("ko-KR", "neural", "Seoyeon"),
        ("ko", "standard", "Seoyeon"),
        ("zh", "neural", "Zhiyu"),
        ("zh-Hans-CN", "neural", "Zhiyu"),
        ("zh-HK", "neural", "Hiujin"),
        ("ar", "standard", "Zeina"),
        ("fr-FR", "standard", "Lea"),
        ("es-AR", "neural", "Lucia"),
        ("ja-JP", "standard", "Takumi"),
    ],
)
def test_a_language_has_its_usual_voice_that_has_the_engine(language: str, engine: VoiceEngine, voice: str):
    assert choose(language, engine=engine).id == voice


def test_the_settings_voice_comes_before_the_usual_one_and_the_requests_before_both():
    assert choose("ko-KR", own={"ko-KR": "Jihye"}).id == "Jihye"
    assert choose("ko", own={"KO-kr": "Jihye"}).id == "Jihye"
    assert choose("ko-KR", "seoyeon", own={"ko-KR": "Jihye"}).id == "Seoyeon"


def test_a_second_language_of_a_voice_is_sent_along_and_its_own_is_not():
    assert choose("hi-IN") == ChosenVoice(id="Kajal", language="hi-IN")
    assert choose("en-IN") == ChosenVoice(id="Kajal", language=None)


@pytest.mark.parametrize(
    ("language", "voice", "engine", "code", "named"),
    [
        ("tlh", None, "neural", "unsupported_language", "arb, cmn, de, en"),
        ("ko-KR", "Joanna", "neural", "unknown_voice", "neural voices for ko-KR: Jihye, Seoyeon"),
        ("ko-KR", "Jihye", "standard", "engine_not_supported", "standard voices for ko-KR: Seoyeon"),
        ("arb", None, "neural", "engine_not_supported", "standard voices do"),
        ("ko-KR", None, "long-form", "engine_not_supported", "generative, neural, standard voices do"),
    ],
)
def test_a_refusal_names_what_would_fit(language: str, voice: str | None, engine: VoiceEngine, code: str, named: str):
    with pytest.raises(PermanentError) as refused:
        choose(language, voice, engine=engine)
    assert refused.value.code == code
    assert named in refused.value.message


def test_the_table_of_usual_voices_names_voices_that_speak_the_language():
    spoken = {voice["Id"]: {voice["LanguageCode"], *voice.get("AdditionalLanguageCodes", ())} for voice in VOICES}
    for code, names in PREFERRED.items():
        assert all(code in spoken.get(name, {code}) for name in names)


@pytest.mark.parametrize(
    "options",
    [
        {"engine": "natural"},
        {"lexicons": ["a", "b", "c", "d", "e", "f"]},
        {"lexicons": ["../x"]},
        {"concurrent_calls": 0},
        {"concurrent_calls": 17},
        {"usd_per_million_characters": -1},
        {"voice": "Joanna"},
    ],
)
def test_options_that_polly_could_not_take_are_refused_at_the_start(options: dict[str, object]):
    with pytest.raises(ValidationError):
        PollyOptions.model_validate(options)


@pytest.mark.parametrize(
    ("engine", "price"), [("standard", 4.0), ("neural", 16.0), ("long-form", 100.0), ("generative", 30.0)]
)
def test_an_engine_has_its_list_price_unless_the_settings_say_another(engine: VoiceEngine, price: float):
    assert PollyOptions(engine=engine).microusd_per_character == price
    assert PollyOptions(engine=engine, usd_per_million_characters=0).microusd_per_character == 0


@pytest.mark.parametrize(
    ("fields", "pieces", "expected"),
    [
        ({"format": "mp3"}, 1, ("mp3", 24_000, True)),
        ({"format": "mp3", "sample_rate_hz": 44_100}, 1, ("mp3", 44_100, True)),
        ({"format": "mp3"}, 2, ("ogg_vorbis", 24_000, False)),
        ({"format": "mp3", "marks": ("word",)}, 1, ("ogg_vorbis", 24_000, False)),
        ({"format": "mp3", "sample_rate_hz": 16_000}, 1, ("pcm", 16_000, False)),
        ({"format": "wav", "sample_rate_hz": 8_000, "marks": ("word",)}, 9, ("pcm", 8_000, False)),
        ({"format": "wav"}, 1, ("ogg_vorbis", 24_000, False)),
        ({"format": "ogg", "sample_rate_hz": 48_000}, 1, ("ogg_opus", 48_000, True)),
        ({"format": "ogg"}, 1, ("ogg_vorbis", 24_000, False)),
    ],
)
def test_what_can_be_passed_on_is_and_all_else_comes_exact(
    fields: dict[str, object], pieces: int, expected: tuple[str, int, bool]
):
    source = source_of(TtsRequest.model_validate({"text": "x", **fields}), "neural", pieces)
    assert (source.format, source.sample_rate_hz, source.as_it_comes) == expected
