from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import PermanentError, TransientError
from tests.vendors.pictures import png
from workers.engines.drawing import answers
from workers.engines.drawing.answers import picture_of, seen


@given(st.binary(max_size=200), st.sampled_from(["", "data:image/png;base64,", "data:image/webp;base64,"]))
def test_a_picture_comes_out_of_base64_as_it_went_in(rest: bytes, head: str):
    data = png("x") + rest

    assert picture_of(head + base64.encodebytes(data).decode(), engine="x") == data


# Text could only be a picture in base64, which begins with iVBOR, /9j/ or UklGR.
@given(
    st.text(max_size=80).filter(lambda text: not text.lstrip().startswith(("iVBOR", "/9j/", "UklGR")))
    | st.binary(max_size=80).map(lambda data: base64.b64encode(b"\0" + data).decode())
)
def test_whatever_else_comes_in_its_place_is_unreadable(text: str):
    with pytest.raises(TransientError) as raised:
        picture_of(text, engine="x")

    assert raised.value.code == "unreadable_answer"


@pytest.mark.parametrize(
    "data", [b"", b"\x89PNG", b"GIF89a", b"BM", b"RIFF....WAVE", b"<svg/>", b"%PDF-1.7", b" \x89PNG\r\n\x1a\n"]
)
def test_what_does_not_begin_as_a_picture_is_none(data: bytes):
    with pytest.raises(TransientError):
        seen(data, engine="x")


def test_a_picture_beyond_what_is_processed_is_refused_for_good(monkeypatch: pytest.MonkeyPatch):
    data = png("x")
    monkeypatch.setattr(answers, "MAX_BYTES", len(data))

    assert seen(data, engine="x") == data
    with pytest.raises(PermanentError, match="picture_too_large"):
        seen(data + b"\0", engine="x")


def test_characters_that_are_none_of_base64s_are_not_passed_over():
    encoded = base64.b64encode(png("x")).decode()

    with pytest.raises(TransientError):
        picture_of(f"{encoded[:20]}%{encoded[20:]}", engine="x")
