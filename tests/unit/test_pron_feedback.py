from __future__ import annotations

import re
from string import Formatter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.kinds.pronunciation import Phoneme, Scores, SpeakingRate, WordScore
from workers.engines.pronunciation.feedback import MESSAGES, Facts, feedback
from workers.engines.pronunciation.phones import IPA
from workers.engines.pronunciation.tips import TIPS


def word(text: str | None, accuracy: float | None = 95.0, error: Any = "none", **phones: float) -> WordScore:
    return WordScore(
        text=text,
        start=None if text is None else 0,
        end=None if text is None else len(text),
        accuracy=accuracy,
        error_type=error,
        start_ms=0,
        end_ms=100,
        source="none" if accuracy is None and error == "none" else "dictionary",
        phonemes=tuple(
            Phoneme(arpabet=phone, ipa=IPA[phone], accuracy=score, start_ms=0, end_ms=50)
            for phone, score in phones.items()
        ),
    )


def facts(*words: WordScore, **fields: Any) -> Facts:
    read = sum(one.error_type != "omission" for one in words)
    completeness = 100 * read / max(1, len(words))
    fluency = fields.pop("fluency", 70.0)
    given: dict[str, Any] = {
        "scores": Scores(accuracy=80, fluency=fluency, completeness=completeness, prosody=None, pron_score=80),
        "words": words,
        "extra_words": (),
        "rate": SpeakingRate(words_per_minute=120.0, phones_per_second=9.0, pause_ratio=0.1),
        "pauses": (),
        "matches": True,
        "noisy": False,
        "truncated": False,
    }
    return Facts(**(given | fields))


def codes(*words: WordScore, **fields: Any) -> list[str]:
    return [one.code for one in feedback(facts(*words, **fields), "en")]


def said(code: str, language: str, *words: WordScore, **fields: Any) -> str:
    return next(one.text for one in feedback(facts(*words, **fields), language) if one.code == code)  # type: ignore[arg-type]


def test_a_perfect_reading_is_praised_for_what_was_good_in_it():
    assert codes(word("Good"), word("morning"), fluency=95.0) == ["all_words_read", "clear_words", "steady_reading"]
    assert said("clear_words", "en", word("Good"), word("dull", 70.0)) == "Especially clear: \u201cGood\u201d."


def test_a_reading_with_a_long_pause_is_not_called_steady():
    assert "steady_reading" not in codes(word("Good"), word("morning"), fluency=95.0, pauses=((500, 1_600),))


@pytest.mark.parametrize(
    ("code", "words", "fields"),
    [
        ("omitted_words", (word("a"), word("b", None, "omission")), {}),
        ("mispronounced_words", (word("a", 30.0, "mispronunciation"),), {}),
        ("inserted_words", (word("a"), word(None, None, "insertion")), {}),
        ("extra_words", (word("a"), word("um", None, "insertion")), {"extra_words": ("um",)}),
        ("slow_pace", (word("a"),), {"rate": SpeakingRate(words_per_minute=40, phones_per_second=3, pause_ratio=0)}),
        ("fast_pace", (word("a"),), {"rate": SpeakingRate(words_per_minute=400, phones_per_second=18, pause_ratio=0)}),
        ("long_pauses", (word("a"),), {"pauses": ((0, 1_001),)}),
        ("truncated", (word("a"),), {"truncated": True}),
        ("noisy", (word("a"),), {"noisy": True}),
        ("unscored_words", (word("a"), word("\uc548\ub155", None)), {}),
        ("other_text", (word("a"),), {"matches": False}),
        ("nothing_read", (word("a", None, "omission"),), {}),
        ("practise_sound", (word("a", 40.0, TH=20.0),), {}),
    ],
)
def test_each_fact_has_its_sentence_and_no_sentence_is_without_its_fact(code: str, words: Any, fields: Any):
    assert code in codes(*words, **fields)
    assert code not in codes(word("a"))


def test_of_another_text_no_word_is_criticised():
    wrong = (word("a", 20.0, "mispronunciation", TH=5.0), word("b", None, "omission"))
    assert codes(*wrong, matches=False, pauses=((0, 2_000),)) == ["other_text"]


def test_the_hardest_sounds_come_with_their_words_and_how_to_make_them():
    words = (word("lie", 90.0, L=59.0), word("think", 60.0, TH=20.0, IH=95.0), word("three", 70.0, TH=40.0, R=50.0))
    sounds = [one.text for one in feedback(facts(*words), "en") if one.code == "practise_sound"]
    assert len(sounds) == 2
    assert sounds[0] == (f"Practise the sound /\u03b8/ in \u201cthink\u201d, \u201cthree\u201d: {TIPS['en']['TH']}")
    assert "/\u0279/ in \u201cthree\u201d" in sounds[1]


def test_a_sound_that_is_good_elsewhere_is_not_hard():
    assert "practise_sound" not in codes(word("s", 60.0, S=50.0), word("see", 99.0, S=99.0))


def test_sounds_that_rules_have_guessed_are_not_offered_for_practice():
    guessed = word("bulgogi", 40.0, G=10.0).model_copy(update={"source": "rules"})
    assert "practise_sound" not in codes(guessed)


def test_a_place_is_named_by_the_word_before_it():
    inserted = word(None, None, "insertion")
    text = said("inserted_words", "en", inserted, word("a"), inserted)
    assert text.endswith("before the first word, after \u201ca\u201d.")
    assert said("inserted_words", "ko", word("a"), inserted).endswith("\u201ca\u201d \ub2e4\uc74c.")


def test_a_long_list_is_cut():
    missed = [word(text, None, "omission") for text in "bcdefg"]
    assert "\u201cd\u201d and 3 more." in said("omitted_words", "en", word("a"), *missed)
    assert "\u201cd\u201d \uc678 3\uac1c." in said("omitted_words", "ko", word("a"), *missed)


@pytest.mark.parametrize("code", MESSAGES)
def test_both_languages_say_the_same_facts(code: str):
    fields = [
        {name for _, name, _, _ in Formatter().parse(MESSAGES[code][language]) if name} for language in ("en", "ko")
    ]
    assert fields[0] == fields[1]
    assert re.search("[\uac00-\ud7a3]", MESSAGES[code]["ko"])
    assert not re.search("[\uac00-\ud7a3]", MESSAGES[code]["en"])


#: Particles with two forms, chosen by the sound before them.
PARTICLES = "\uc740\ub294\uc774\uac00\uc744\ub97c\uacfc\uc640\ub85c"


def test_no_korean_particle_depends_on_how_a_word_is_read():
    for messages in MESSAGES.values():
        assert not re.search(rf"\{{\w+\}}[\u201d/)]?[{PARTICLES}]", messages["ko"])


def test_nobody_is_told_what_was_said_instead():
    english = [message["en"] for message in MESSAGES.values()] + list(TIPS["en"].values())
    assert not [text for text in english if re.search(r"\byou (said|pronounced)\b", text, re.IGNORECASE)]


@given(
    st.lists(
        st.builds(
            word,
            st.text(min_size=1, max_size=8),
            st.floats(0, 100),
            st.sampled_from(["none", "omission", "insertion", "mispronunciation"]),
            TH=st.floats(0, 100),
        )
    ),
    st.sampled_from(["en", "ko"]),
    st.booleans(),
)
def test_any_result_can_be_put_into_words(words: list[WordScore], language: Any, matches: bool):  # noqa: FBT001
    for one in feedback(facts(*words, matches=matches), language):
        assert one.code in MESSAGES
        assert one.text.endswith((".", ")"))


def test_no_word_is_praised_that_is_criticised_elsewhere_in_the_text():
    said_well, left_out = word("we", 99.0), word("We", None, "omission")
    assert "clear_words" not in codes(said_well, left_out)
    assert "clear_words" not in codes(word("the", 99.0), word("the", 20.0, "mispronunciation"))
    assert (
        said("clear_words", "en", word("thing", 95.0, TH=30.0), word("day", 95.0))
        == "Especially clear: \u201cday\u201d."
    )


def test_words_that_nobody_listened_for_were_not_heard():
    assert "all_words_read" not in codes(word("lunch"), word("\uc810\uc2ec", None))


def test_a_reading_of_a_part_is_not_praised_for_its_pace():
    read = [word("a"), *(word("b", None, "omission") for _ in range(3))]
    assert "steady_reading" not in codes(*read, fluency=95.0)
