from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.engines.child.frames import BrokenFrameError, read_frame, write_frame

HEADERS = st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=20), max_size=4)


def framed(header: dict[str, object], body: bytes = b"") -> bytes:
    stream = io.BytesIO()
    write_frame(stream, header, body)
    return stream.getvalue()


@given(st.lists(st.tuples(HEADERS, st.binary(max_size=200)), max_size=4))
def test_frames_come_out_as_they_went_in(frames: list[tuple[dict[str, object], bytes]]):
    stream = io.BytesIO(b"".join(framed(*frame) for frame in frames))
    assert [read_frame(stream) for _ in frames] == frames
    assert read_frame(stream) is None


@given(HEADERS, st.binary(min_size=1, max_size=50), st.data())
def test_a_frame_that_ends_early_is_broken(header: dict[str, object], body: bytes, data: st.DataObject):
    whole = framed(header, body)
    with pytest.raises(BrokenFrameError):
        read_frame(io.BytesIO(whole[: data.draw(st.integers(1, len(whole) - 1))]))


@pytest.mark.parametrize(
    "data",
    [
        b"Traceback (most recent call last)",
        b"\xff" * 40,
        b"\0\0\0\x02\0\0\0\0[]",
        b"\0\0\0\x02\0\0\0\0{{",
        b"\0\0\0\x02\0\0\0\0\xff\xfe",
    ],
)
def test_anything_else_is_broken(data: bytes):
    with pytest.raises(BrokenFrameError):
        read_frame(io.BytesIO(data))


def test_a_header_is_ascii_whatever_it_says():
    assert json.loads(framed({"text": "한\ud800"})[8:].decode("ascii")) == {"text": "한\ud800"}
