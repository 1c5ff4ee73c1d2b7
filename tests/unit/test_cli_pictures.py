"""What a picture's result says at a glance."""

from __future__ import annotations

from typing import Any

from ops.cli.results import glance

SIZES = {
    "original": {"width": 640, "height": 480},
    "processed": {"width": 640, "height": 480},
    "thumbnail": {"width": 256, "height": 192},
}
SAID = "original 640 x 480, processed 640 x 480, thumbnail 256 x 192"


def rows(kind: str, **result: Any) -> list[tuple[str, str]]:
    defaults: dict[str, Any] = {"description": "고양이", "keywords": ["cat", "고양이"]}
    return [(label, text.plain) for label, text in glance(kind, {**SIZES, **defaults, **result})]


def test_a_drawn_picture_says_what_is_not_in_it():
    assert rows("image", missing=["unicorn", "moon"], notice="A card.") == [
        ("shows", "고양이"),
        ("sizes", SAID),
        ("found by", "cat, 고양이"),
        ("not in it", "unicorn, moon"),
        ("notice", "A card."),
    ]
    assert rows("image", missing=[], notice=None)[-1] == ("found by", "cat, 고양이")


def test_an_upload_says_what_it_was():
    assert rows("picture", format="gif", frames=3)[0] == ("was", "gif, the first of 3 frames")
    assert rows("picture", format="jpeg", frames=1, description="", keywords=[]) == [("was", "jpeg"), ("sizes", SAID)]


def test_nobodys_words_move_the_cursor():
    assert "\x1b" not in str(rows("picture", format="png", frames=1, description="\x1b[2J", keywords=["\x1b[1m"]))
