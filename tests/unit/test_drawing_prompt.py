from __future__ import annotations

import hashlib
import itertools
import re
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.images import Category
from schemas.kinds.image import ImageRequest
from schemas.reply.levels import Level
from workers.engines.drawing import prompt
from workers.engines.drawing.options import Style
from workers.engines.drawing.prompt import PROMPT, description_of, prompt_of

FILES = Path(prompt.__file__).parent / "prompts"
#: A prompt that has been used is not changed: kept pictures depend on it. Write a file of the next number.
WRITTEN = {"picture-1": "b545fa24badc20b1"}
SCENE = "two children play with a ball"
WORDS = st.text(st.sampled_from("ab </>{}%'\"가\n&;,."), max_size=60).filter(str.strip)


def of(style: Style = "illustration", *, negative: bool = False, **request: Any) -> prompt.ImagePrompt:
    return prompt_of(ImageRequest(**{"scene": SCENE, **request}), style, negative=negative)


def test_a_prompt_of_a_version_stays_as_it_is():
    written = {file.stem: hashlib.sha256(file.read_bytes()).hexdigest()[:16] for file in sorted(FILES.iterdir())}

    assert written == WRITTEN
    assert PROMPT in WRITTEN


def test_every_band_category_and_style_has_a_prompt_of_its_own():
    levels, categories, styles = ("low", "mid", "high"), get_args(Category), get_args(Style)
    texts = {
        of(style, level=level, category=category).text
        for style, level, category in itertools.product(styles, levels, categories)
    }

    assert len(texts) == 18
    assert all(text.startswith("Two children play with a ball.\n") for text in texts)
    assert not any(re.search(r"\{[{%#]|[%#]\}|None|\n\n", text) for text in texts)


@pytest.mark.parametrize("level", get_args(Level))
def test_a_level_of_the_cefr_has_its_bands_prompt(level: str):
    bands = {"A": "low", "B": "mid", "C": "high"}

    assert of(level=level) == of(level=bands.get(level[0], level))


def test_keywords_are_to_be_recognised():
    assert "Easy to recognise, where the description has them: ball, park.\n" in of(keywords=("ball", "park")).text
    assert "Easy to recognise" not in of().text


@pytest.mark.parametrize("avoid", [None, "", " \n "])
def test_nothing_to_avoid_is_not_mentioned(avoid: str | None):
    assert "Leave out" not in of(avoid=avoid).text
    assert (of(avoid=avoid, negative=True).negative or "").startswith("caption, ")


def test_what_to_avoid_is_said_once_as_the_model_takes_it():
    sentence, negative = of(avoid="rain\nand dogs"), of(avoid="rain\nand dogs", negative=True)

    assert sentence.text.endswith("\nLeave out: rain and dogs.")
    assert sentence.negative is None
    assert (negative.negative or "").startswith("rain and dogs, caption, ")
    assert "rain" not in negative.text


@given(scene=WORDS, keyword=WORDS.filter(lambda text: len(text.strip()) <= 50), avoid=WORDS)
def test_no_text_is_a_template_or_adds_a_line(scene: str, keyword: str, avoid: str):
    plain, written = (
        of(scene=texts[0], keywords=(texts[1],), avoid=texts[2]) for texts in (("a", "b", "c"), (scene, keyword, avoid))
    )

    assert written.text.count("\n") == plain.text.count("\n")


def test_the_longest_request_has_a_prompt_that_every_model_takes():
    longest: dict[str, Any] = {"scene": "가" * 1_000, "keywords": ("나" * 50,) * 20, "avoid": "다" * 500}

    assert len(of(**longest).text) < 4_000
    assert len(of(**longest, negative=True).negative or "") < 4_000


@pytest.mark.parametrize(
    ("scene", "described"),
    [
        ("a cat", "A cat."),
        ("A cat!", "A cat!"),
        ("Is it\n a  cat?", "Is it a cat?"),
        ("고양이가 잔다", "고양이가 잔다."),
        ("iPhones on a desk.", "iPhones on a desk."),
    ],
)
def test_the_alternative_text_is_the_scene_as_a_sentence(scene: str, described: str):
    assert description_of(ImageRequest(scene=scene)) == described
