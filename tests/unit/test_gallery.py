"""The docs' gallery of picture cards."""

from __future__ import annotations

from ops.gallery import PAGE, PROMPTS, drawings, page


def test_the_gallery_is_what_the_engine_draws_today():
    assert PAGE.read_text(encoding="utf-8") == page(drawings())


def test_each_of_twenty_prompts_has_a_small_picture():
    pictures = sorted(PAGE.parent.glob("card-*.webp"))
    assert len(pictures) == len(PROMPTS) == 20
    assert all(picture.stat().st_size < 25_000 for picture in pictures)
