# ruff: noqa: RUF001 - IPA looks like other letters
from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import PermanentError, TransientError
from workers.engines.pronunciation.g2p import phones_of
from workers.engines.pronunciation.lexicon import MAX_PER_PART, Dictionary, Lexicon, model_dictionary
from workers.engines.pronunciation.phones import IPA
from workers.engines.pronunciation.reference import reference_of
from workers.engines.pronunciation.rules import REST_S, Rules
from workers.engines.pronunciation.text import readings
from workers.engines.pronunciation.tips import TIPS

if TYPE_CHECKING:
    from pathlib import Path

LINES = "'bout B AW T\na AH\na(2) EY\na's EY Z\nhundred HH AH N D R AH D\nred R EH D\nred(2) R IY D\nzoo Z UW\n"


def unknown(_word: str) -> None:
    return None


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon(model_dictionary(), unknown)


def sounds(lexicon: Lexicon, *words: str) -> list[str]:
    return [" ".join(one.phones) for one in lexicon.part((words,))]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("'bout", ["B AW T"]),
        ("a", ["AH", "EY"]),
        ("a's", ["EY Z"]),
        ("red", ["R EH D", "R IY D"]),
        ("zoo", ["Z UW"]),
        ("re", []),
        ("zzz", []),
        ("", []),
    ],
)
def test_a_word_is_found_with_all_its_variants(tmp_path: Path, word: str, expected: list[str]):
    path = tmp_path / "small.dict"
    path.write_text(LINES)
    assert [" ".join(phones) for phones in Dictionary(path).variants(word)] == expected


def test_the_model_s_dictionary_has_its_first_and_its_last_word():
    dictionary = model_dictionary()
    assert dictionary.variants("the") == (("DH", "AH"), ("DH", "IY"))
    assert dictionary.variants("'bout") == (("B", "AW", "T"),)
    assert "zywicki" in dictionary
    assert "bulgogi" not in dictionary


def test_every_word_that_numbers_and_signs_are_read_as_is_in_the_dictionary(lexicon: Lexicon):
    tables = [*readings.ABBREVIATIONS.values(), *readings.SIGNS.values(), *readings.UNITS.values()]
    words = {word for row in tables for name in row for word in name.split()}
    words |= set(readings.MAGNITUDES.values()) | {f"{letter}." for letter in "abcdefghijklmnopqrstuvwxyz"}
    assert [word for word in sorted(words) if not lexicon.part(((word,),))] == []


@pytest.mark.parametrize(
    ("word", "expected"),
    [("dora's", "D AO R AH Z"), ("boss's", "B AO S IH Z"), ("cat's", "K AE T S"), ("she've", "SH IY AH V")],
)
def test_endings_are_put_to_known_words(lexicon: Lexicon, word: str, expected: str):
    assert expected in sounds(lexicon, word)


def test_several_words_are_said_one_behind_the_other(lexicon: Lexicon):
    assert sounds(lexicon, "two", "cats") == ["T UW K AE T S"]


def test_a_part_of_many_readings_has_a_bounded_number_of_pronunciations(lexicon: Lexicon):
    part = tuple(("hundred",) * count for count in range(1, 30))
    assert len(lexicon.part(part)) == MAX_PER_PART


def test_an_unknown_word_is_said_by_rules_and_marked():
    (one,) = Lexicon(model_dictionary(), lambda word: "bʊlɡˈoʊɡi").part((("bulgogi",),))
    assert one.phones == ("B", "UH", "L", "G", "OW", "G", "IY")
    assert one.by_rules


@pytest.mark.parametrize(
    ("ipa", "phones"),
    [
        ("bˈɜːdbæθ", "B ER D B AE TH"),
        ("tʃˈɛɹi", "CH EH R IY"),
        ("(fr)ʒ(en)", "ZH"),
        ("dʒˈʌmpt", "JH AH M P T"),
        ("kˈɑːɹ", "K AA R"),
    ],
)
def test_ipa_becomes_the_model_s_phones(ipa: str, phones: str):
    assert phones_of(ipa) == tuple(phones.split())


@pytest.mark.parametrize("ipa", ["", "ˈˌ", "ɫɫ", "!k"])
def test_ipa_of_no_english_sound_gives_no_phones(ipa: str):
    assert phones_of(ipa) is None


@given(st.text(max_size=20))
def test_any_text_for_ipa_gives_known_phones_or_none(ipa: str):
    assert set(phones_of(ipa) or ()) <= IPA.keys()


def test_every_phone_of_the_dictionary_has_ipa_and_a_tip_in_both_languages():
    assert IPA.keys() == TIPS["en"].keys() == TIPS["ko"].keys()
    assert len(IPA) == 39


class Speller:
    def __init__(self, *answers: str | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def phonemes(self, text: str, *, voice: str, timeout_s: float) -> str:
        self.asked.append(text)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self) -> None:
        self.asked.append("closed")


def test_a_word_is_asked_of_espeak_once():
    speller = Speller("hɛnˈi")
    rules = Rules(speller)
    assert rules("henny") == rules("henny") == "hɛnˈi"
    assert speller.asked == ["henny"]


def test_rules_that_fail_leave_words_without_sounds_and_are_asked_again_later():
    speller = Speller(TransientError("engine_crashed", "It ended."), "x")
    at = [0.0]
    rules = Rules(speller, now=lambda: at[0])
    assert rules("one") is None
    assert rules("two") is None
    assert speller.asked == ["one"]
    at[0] = REST_S + 1
    assert rules("two") == "x"


def test_words_of_another_script_and_unknown_ones_are_kept_without_sounds(lexicon: Lexicon):
    reference = reference_of("Hello \uc138\uacc4 bulgogi", lexicon, engine="acoustic")
    assert [bool(word.parts) for word in reference.words] == [True, False, False]


@pytest.mark.parametrize("text", ["\uc548\ub155\ud558\uc138\uc694", "...", "\U0001f600", "bulgogi"])
def test_a_text_without_any_word_to_score_is_refused(lexicon: Lexicon, text: str):
    with pytest.raises(PermanentError, match="nothing_to_score"):
        reference_of(text, lexicon, engine="acoustic")
