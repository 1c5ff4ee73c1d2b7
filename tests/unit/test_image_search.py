"""Which pictures are found, in which order, page by page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from unittest.mock import patch
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import image_search
from schemas.image_search import MAX_EXAMINED, ImageQuery, page
from schemas.images import MAX_KEYWORDS, ImageEntry, keywords_of, normalised
from schemas.paging import CursorError, cursor_at, place, place_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def entry(number: int = 1, *, made_s: int = 0, **fields: Any) -> ImageEntry:
    defaults: dict[str, Any] = {
        "description": "A black cat is sleeping under the table.",
        "category": "daily",
        "difficulty": "low",
        "keywords": ("cat", "ice cream"),
        "expires_at": NOW + timedelta(days=365),
    }
    made = NOW + timedelta(seconds=made_s)
    return ImageEntry(id=str(UUID(int=number)), owner="mina", created_at=made, files={}, **defaults | fields)


@pytest.mark.parametrize(
    "text",
    ["", "  ", "cat", "CAT", "\uff23\uff21\uff34", "tab", "cream", "ice cream", "sleeping cat", "cat, table!", "blac"],
)
def test_each_word_begins_one_of_the_pictures(text: str):
    assert ImageQuery(text=text).matches(entry())


@pytest.mark.parametrize("text", ["dog", "cat dog", "at", "cats", "under-dog"])
def test_another_word_is_not_found(text: str):
    assert not ImageQuery(text=text).matches(entry())


@pytest.mark.parametrize("asked", ["고양이", "고양", "길고양이", "\u1100\u1169\u110b\u1163\u11bc\u110b\u1175"])
def test_korean_is_found_with_its_particles_within_words_and_in_any_form(asked: str):
    assert ImageQuery(text=asked).matches(entry(description="길고양이가 자고 있어요.", keywords=()))
    assert ImageQuery(text=asked).matches(entry(keywords=keywords_of(["길고양이"])))


def test_korean_that_is_not_there_is_not_found():
    assert not ImageQuery(text="강아지").matches(entry(description="길고양이가 자고 있어요."))


def test_category_and_difficulty_are_those_that_are_asked_for():
    travel = entry(category="travel", difficulty="high")
    assert ImageQuery(category="travel", difficulty="high", text="cat").matches(travel)
    assert not ImageQuery(category="daily").matches(travel)
    assert not ImageQuery(difficulty="low").matches(travel)


def test_what_is_over_is_left_out():
    over = entry(expires_at=NOW)
    assert page([over], ImageQuery(), now=NOW, limit=9) == ([], None)
    assert page([over], ImageQuery(), now=NOW - timedelta(seconds=1), limit=9) == ([over], None)


def behind(entries: Iterable[ImageEntry], cursor: str | None) -> Iterator[ImageEntry]:
    """What a store gives for the page that begins there."""
    ordered = sorted(entries, key=lambda one: one.place, reverse=True)
    return (one for one in ordered if cursor is None or one.place < place_of(cursor))


@pytest.mark.parametrize("examined", [1, 3, 1_000])
@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=30), st.integers(1, 7))
def test_pages_have_every_match_once_the_latest_first(examined: int, made: list[tuple[int, bool]], limit: int):
    entries = [
        entry(number, made_s=made_s, category="travel" if travel else "daily")
        for number, (made_s, travel) in enumerate(made)
    ]
    query = ImageQuery(category="travel")
    seen: list[ImageEntry] = []
    cursor: str | None = None
    with patch.object(image_search, "MAX_EXAMINED", examined):
        while True:
            found, cursor = page(behind(entries, cursor), query, now=NOW, limit=limit)
            assert len(found) <= limit
            assert len(found) == limit or cursor is None or examined <= len(made)
            seen += found
            if cursor is None:
                break
    wanted = [one for one in entries if one.category == "travel"]
    assert seen == sorted(wanted, key=lambda one: (one.created_at, one.id), reverse=True)


def test_a_page_looks_at_no_more_entries_than_it_may():
    entries = iter([entry(number, made_s=-number) for number in range(2 * MAX_EXAMINED)])

    found, cursor = page(entries, ImageQuery(text="elephant"), now=NOW, limit=5)

    assert (found, next(entries).place) == ([], entry(MAX_EXAMINED, made_s=-MAX_EXAMINED).place)
    assert cursor is not None
    assert place_of(cursor) == entry(MAX_EXAMINED - 1, made_s=1 - MAX_EXAMINED).place


def test_a_full_page_looks_no_further_than_for_one_more():
    entries = iter([entry(number, made_s=-number) for number in range(9)])

    page(entries, ImageQuery(), now=NOW, limit=2)

    assert len(list(entries)) == 6


def test_a_picture_that_comes_between_pages_moves_none():
    entries = [entry(number, made_s=number) for number in range(4)]
    first, cursor = page(behind(entries, None), ImageQuery(), now=NOW, limit=2)
    second, _ = page(behind([*entries, entry(9, made_s=9)], cursor), ImageQuery(), now=NOW, limit=2)
    assert [one.id for one in (*first, *second)] == [one.id for one in reversed(entries)]


@pytest.mark.parametrize(
    "cursor", ["", "x", "1", "1.", "1.-a", "1." + "g" * 65, "-1." + "0" * 36, "1." + "0" * 36 + "\n", "\u0661.a"]
)
def test_what_is_no_cursor_is_refused(cursor: str):
    with pytest.raises(CursorError):
        place_of(cursor)


@given(st.datetimes(datetime(1970, 1, 2), datetime(3000, 1, 1), timezones=st.just(UTC)), st.uuids())  # noqa: DTZ001
def test_a_cursor_leads_to_its_place(at: datetime, item_id: UUID):
    assert place_of(cursor_at(place(at, str(item_id)))) == place(at, str(item_id))


def test_keywords_are_normal_and_each_is_there_once():
    assert keywords_of(["Cat ", "\uff23\uff21\uff34", " "], ["ice  cream", "고양이", "cat"]) == (
        "cat",
        "ice cream",
        "고양이",
    )
    assert len(keywords_of([str(number) for number in range(99)])) == MAX_KEYWORDS


@given(st.text(max_size=40))
def test_what_is_normal_stays_as_it_is(text: str):
    assert normalised(normalised(text)) == normalised(text)
