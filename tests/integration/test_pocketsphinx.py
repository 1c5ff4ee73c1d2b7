from __future__ import annotations

import io
import os
import subprocess
import sys
import wave
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.errors import PermanentError
from schemas.kinds.transcription import TranscriptionRequest
from schemas.kinds.tts import TtsRequest
from workers.engines.espeak.engine import EspeakEngine
from workers.engines.pocketsphinx.engine import PocketsphinxEngine
from workers.engines.pocketsphinx.tokens import tokens_of
from workers.engines.ports import Recording

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from workers.engines.ports import Transcript

SENTENCE = "The old farmer keeps seven white horses near the river."
HZ = 16_000


@dataclass
class Audio:
    """A recording, and a call that nobody stops."""

    samples: NDArray[np.int16]
    uri: str = "s3://bucket/key"
    token: str = "job-1"
    remaining_s: float = 60.0
    said: list[float | None] = field(default_factory=list)

    def read(self) -> bytes:
        return b""

    def recording(self) -> Recording:
        return Recording(samples=self.samples, truncated=False)

    def output(self, name: str) -> Audio:
        raise NotImplementedError

    def progress(self, fraction: float | None, note: str | None = None, *, partial: str | None = None) -> None:
        self.said.append(fraction)


@dataclass(frozen=True)
class Spoken:
    samples: NDArray[np.int16]
    words: dict[str, slice]


class Voice:
    def __init__(self) -> None:
        self.engine = EspeakEngine()

    def say(self, text: str) -> Spoken:
        request = TtsRequest(text=text, format="wav", sample_rate_hz=HZ, rate=0.8, marks=["word"])
        speech = self.engine.speak(request, timeout_s=30)
        with wave.open(io.BytesIO(speech.audio)) as file:
            samples = np.frombuffer(file.readframes(file.getnframes()), np.int16)
        words = {
            mark.text.lower().strip(".?!"): slice(mark.start_ms * HZ // 1000, mark.end_ms * HZ // 1000)
            for mark in speech.marks
        }
        return Spoken(samples, words)


@pytest.fixture(scope="module")
def voice() -> Iterator[Voice]:
    voice = Voice()
    yield voice
    voice.engine.close()


@pytest.fixture(scope="module")
def sentence(voice: Voice) -> Spoken:
    return voice.say(SENTENCE)


@pytest.fixture(scope="module")
def engine() -> Iterator[PocketsphinxEngine]:
    engine = PocketsphinxEngine(PocketsphinxEngine.Options())
    yield engine
    engine.close()


def hear(engine: PocketsphinxEngine, samples: NDArray[np.int16], **fields: object) -> Transcript:
    audio = Audio(samples)
    request = TranscriptionRequest.model_validate({"audio": "audio:" + "0" * 32, **fields})
    return engine.transcribe(request, audio, audio)


def refusal(engine: PocketsphinxEngine, **fields: object) -> PermanentError:
    with pytest.raises(PermanentError) as caught:
        hear(engine, np.ones(HZ, np.int16), **fields)
    return caught.value


def test_a_text_is_found_in_its_own_spelling_and_in_time(engine: PocketsphinxEngine, sentence: Spoken):
    heard = hear(engine, sentence.samples, reference=SENTENCE)
    assert [word.text for word in heard.words] == SENTENCE.rstrip(".").split()
    assert (heard.quality, heard.language) == ("constrained", "en-US")
    assert heard.duration_ms == len(sentence.samples) * 1000 // HZ
    assert all(0 <= word.start_ms < word.end_ms <= heard.duration_ms + 10 for word in heard.words)
    assert all(word.end_ms <= following.start_ms for word, following in pairwise(heard.words))
    said = sentence.words["horses"]
    (found,) = (word for word in heard.words if word.text == "horses")
    assert found.start_ms == pytest.approx(said.start * 1000 / HZ, abs=120)
    assert found.end_ms == pytest.approx(said.stop * 1000 / HZ, abs=120)


@pytest.mark.parametrize("word", ["seven", "horses"])
def test_a_word_that_is_cut_out_is_not_heard(engine: PocketsphinxEngine, sentence: Spoken, word: str):
    cut = np.delete(sentence.samples, sentence.words[word])
    heard = hear(engine, cut, reference=SENTENCE)
    assert [word.text for word in heard.words if word.text != "[unk]"] == [
        other for other in SENTENCE.rstrip(".").split() if other != word
    ]


@pytest.mark.parametrize("word", ["farmer", "horses"])
def test_a_word_that_is_said_twice_is_heard_twice_and_marked(engine: PocketsphinxEngine, sentence: Spoken, word: str):
    said = sentence.words[word]
    twice = np.concatenate([sentence.samples[: said.stop], sentence.samples[said.start :]])
    heard = hear(engine, twice, reference=SENTENCE)
    assert [one.text for one in heard.words].count(word) == 2
    assert [one.text for one in heard.words if one.is_disfluency] == [word]


def test_a_word_that_the_text_has_not_is_told_as_unknown(engine: PocketsphinxEngine, voice: Voice, sentence: Spoken):
    other = voice.say("absolutely").samples
    at = sentence.words["river"].stop
    heard = hear(engine, np.concatenate([sentence.samples[:at], other, sentence.samples[at:]]), reference=SENTENCE)
    texts = [word.text for word in heard.words]
    assert texts[-2:] == ["river", "[unk]"]


def test_another_sentence_is_not_taken_for_the_text(engine: PocketsphinxEngine, voice: Voice):
    other = voice.say("Please put seven yellow flowers on the kitchen table.").samples
    heard = hear(engine, other, reference=SENTENCE)
    assert len([word for word in heard.words if word.text != "[unk]"]) <= 2


def test_numbers_keep_their_spelling(engine: PocketsphinxEngine, voice: Voice):
    heard = hear(engine, voice.say("It costs three dollars fifty.").samples, reference="It costs $3.50.")
    assert heard.words[-1].text == "$3.50"
    assert len(heard.words) <= 3


def test_of_several_phrases_the_one_that_was_said_is_chosen(engine: PocketsphinxEngine, sentence: Spoken):
    phrases = ["An old teacher reads several books.", SENTENCE, "The young farmer keeps seven brown cows."]
    heard = hear(engine, sentence.samples, phrases=phrases)
    assert heard.text == SENTENCE.rstrip(".")
    assert heard.quality == "constrained"


def test_a_grammar_is_followed(engine: PocketsphinxEngine, sentence: Spoken):
    grammar = """#JSGF V1.0;
    grammar farm;
    <who> = the (old | young) (farmer | teacher | doctor);
    <what> = (five | six | seven | eight) [(white | brown)+] (horses | cows);
    public <sentence> = <who> (keeps | sees) <what> [near (the | a) (river | road)];
    """
    assert hear(engine, sentence.samples, grammar=grammar).text == SENTENCE.rstrip(".").replace("The", "the")


def grammar(rules: str) -> str:
    return f"#JSGF V1.0;\ngrammar g;\n{rules}"


HOSTILE = {
    "no header": "public <a> = hello;",
    "no name": "#JSGF V1.0;\npublic <a> = hello;",
    "no public rule": grammar("<a> = hello;"),
    "import": grammar("import <secrets.*>; public <a> = hello;"),
    "import of a file": grammar("import </etc/passwd>; public <a> = hello;"),
    "itself": grammar("public <a> = hello <a>;"),
    "each other": grammar("public <a> = hello <b>; <b> = you <a>;"),
    "missing rule": grammar("public <a> = hello <b>;"),
    "twice": grammar("public <a> = hello; <a> = you;"),
    "doubling": grammar(
        "public <a0> = <a1> <a1>;" + "".join(f"<a{n}> = <a{n + 1}> <a{n + 1}>;" for n in range(1, 40)) + "<a40> = hi;"
    ),
    "doubling nothing": grammar(
        "public <a0> = <a1> <a1>;"
        + "".join(f"<a{n}> = <a{n + 1}> <a{n + 1}>;" for n in range(1, 40))
        + "<a40> = <NULL>;"
    ),
    "options": grammar("public <a> = " + "[hi] " * 1_500 + ";"),
    "brackets": grammar("public <a> = " + "(" * 4_000 + "hi" + ")" * 4_000 + ";"),
    "stars": grammar("public <a> = hi" + "*" * 5_000 + ";"),
    "open bracket": grammar("public <a> = (hi"),
    "control characters": grammar("public <a> = h\x00i;"),
    "escape": grammar("public <a> = h\x1b[2Ji;"),
    "void": grammar("public <a> = <VOID>;"),
    "void at the end": grammar("public <a> = hello <VOID>;"),
    "nothing": grammar("public <a> = <NULL>;"),
    "no words": grammar("public <a> = ;"),
    "no sounds": grammar("public <a> = \uc548\ub155;"),
    "weights of nothing": grammar("public <a> = /0/ hello | /0/ you;"),
    "open comment": grammar("/* public <a> = hello;"),
    "open tag": grammar("public <a> = hello {tag;"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_grammar_that_can_not_be_used_is_refused(engine: PocketsphinxEngine, name: str):
    error = refusal(engine, grammar=HOSTILE[name])
    assert error.code == "invalid_grammar"
    assert "hello" not in error.message


def test_tags_weights_comments_and_quotes_of_a_grammar_are_understood(engine: PocketsphinxEngine, sentence: Spoken):
    rules = """// who
    public <a> = /10/ "The old" {who} farmer keeps (seven {x = "\\}";} | /0.5/ eight) /* so */ <NULL> white horses
        near the river;"""
    assert hear(engine, sentence.samples, grammar=grammar(rules)).text == SENTENCE.rstrip(".")


def test_nothing_of_what_was_heard_before_changes_a_result(engine: PocketsphinxEngine, voice: Voice, sentence: Spoken):
    short = sentence.samples[: 2 * HZ]
    noise = np.random.default_rng(1).normal(0, 3_000, 2 * HZ).astype(np.int16)
    requests: list[dict[str, object]] = [{"reference": SENTENCE}, {"phrases": [SENTENCE, "hello"]}, {}]
    first = [hear(engine, short, **fields) for fields in requests]
    for fields in requests:
        hear(engine, noise, **fields)
    assert [hear(engine, short, **fields) for fields in requests] == first


def test_free_dictation_says_that_it_is_poor(engine: PocketsphinxEngine, sentence: Spoken):
    heard = hear(engine, sentence.samples)
    assert heard.quality == "low"
    assert heard.words
    assert all(word.confidence is not None and 0 <= word.confidence <= 1 for word in heard.words)
    assert not any(word.text.startswith(("<", "[", "+")) for word in heard.words)


@pytest.mark.parametrize("language", ["ko-KR", "fr", None])
def test_other_languages_are_refused_with_advice(engine: PocketsphinxEngine, language: str | None):
    error = refusal(engine, language=language)
    assert error.code == "unsupported_language"
    assert "`transcribe`" in error.message


@pytest.mark.parametrize("option", [{"speakers": 2}, {"vocabulary": "animals"}])
def test_options_of_vendors_are_refused(engine: PocketsphinxEngine, option: dict[str, object]):
    assert refusal(engine, **option).code == "unsupported_option"


@pytest.mark.parametrize("fields", [{"reference": "\uc548\ub155\ud558\uc138\uc694"}, {"phrases": ["!!", "\u2603"]}])
def test_a_text_without_english_words_is_refused(engine: PocketsphinxEngine, fields: dict[str, object]):
    assert refusal(engine, **fields).code == "nothing_expected"


@given(text=st.text(min_size=1, max_size=60))
@settings(max_examples=25)
def test_any_text_is_handled(engine: PocketsphinxEngine, sentence: Spoken, text: str):
    if tokens_of(text, engine.lexicon):
        heard = hear(engine, sentence.samples[: HZ // 2], reference=text)
        assert all(word.text == "[unk]" or word.text in text for word in heard.words)
    else:
        assert refusal(engine, reference=text).code == "nothing_expected"


MEMORY = """
import numpy as np
from tests.memory import status_mb
from tests.integration.test_pocketsphinx import HZ, SENTENCE, Voice, hear
from workers.engines.pocketsphinx.engine import PocketsphinxEngine
voice = Voice()
one = voice.say(SENTENCE).samples
voice.engine.close()
minute = np.tile(one, 60 * HZ // len(one) + 1)[: 60 * HZ]
PocketsphinxEngine.preload()
engine = PocketsphinxEngine(PocketsphinxEngine.Options())
for fields in ({}, {"reference": SENTENCE * (len(minute) // len(one) + 1)}, {"phrases": [SENTENCE, "hello"]}):
    assert hear(engine, minute, **fields).words
engine.close()
print(status_mb("VmHWM"))
"""


@pytest.mark.timeout(300)
def test_a_minute_takes_less_than_400_mb():
    answer = subprocess.run(
        [sys.executable, "-c", MEMORY],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
    )
    assert int(answer.stdout.split()[-1]) < 400
