from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.engines.audio.claims import is_cut_off, is_mp4_cut, is_ogg_cut, mp3_s, wav_length_ratio


def riff(claimed: int, there: int, *before: tuple[bytes, bytes]) -> bytes:
    chunks = b"".join(struct.pack("<4sI", name, len(body)) + body + b"\0" * (len(body) % 2) for name, body in before)
    return b"RIFF\0\0\0\0WAVE" + chunks + struct.pack("<4sI", b"data", claimed) + bytes(there)


def page(*segments: int, last: bool = False) -> bytes:
    flags = 4 if last else 0
    return b"OggS" + bytes([0, flags]) + bytes(20) + bytes([len(segments), *segments]) + b"x" * sum(segments)


@pytest.mark.parametrize(
    ("claimed", "there", "ratio"),
    [(1_000, 1_000, 1), (1_000, 500, 2), (1_000, 1_500, 1), (0, 500, 1), (2**32 - 1, 500, 1), (2**31 - 40, 500, 1)],
    ids=["as it says", "half of it", "more behind it", "length 0", "of a pipe", "of SoX's pipe"],
)
def test_a_wav_claims_its_data_chunk(claimed: int, there: int, ratio: float):
    assert wav_length_ratio(riff(claimed, there, (b"fmt ", bytes(16)), (b"LIST", b"odd"))) == ratio
    assert is_cut_off(riff(claimed, there), "wav", None, 10.0) == (ratio > 1)


def test_an_ogg_file_is_cut_where_its_last_page_is():
    whole = page(30) + page(255, 10) + page(7, 200, last=True)
    assert not is_ogg_cut(whole)
    assert not is_ogg_cut(page(30) + page(255, 10)), "without a last page it may be a live recording"
    assert all(is_ogg_cut(whole[:-count]) for count in range(1, 200))
    assert not is_ogg_cut(b"no pages at all")


def test_an_mp4_file_is_cut_where_its_last_box_is():
    long_box = struct.pack(">I4sQ", 1, b"mdat", 16 + 40) + bytes(40)
    whole = struct.pack(">I4s", 16, b"ftyp") + bytes(8) + long_box
    assert not is_mp4_cut(whole)
    assert is_cut_off(whole[:-1], "mov,mp4,m4a,3gp,3g2,mj2", None, 1.0)
    assert all(is_mp4_cut(whole[:-count]) for count in range(1, 41))
    assert not is_mp4_cut(struct.pack(">I4s", 0, b"mdat") + bytes(40)), "a box without a size goes on to the end"


@pytest.mark.parametrize(
    ("claimed", "decoded", "cut"),
    [(10, 10, False), (10, 9.8, False), (10, 9.7, True), (100, 99.5, False), (100, 98.5, True), (10, 12, False)],
)
def test_other_formats_claim_a_duration_which_may_be_a_little_off(claimed: float, decoded: float, cut: bool):  # noqa: FBT001
    assert is_cut_off(b"", "matroska,webm", claimed, decoded) is cut
    assert not is_cut_off(b"", "matroska,webm", None, decoded)


@pytest.mark.parametrize(
    "mark",
    [
        b"Xing\0\0\0\x0f" + (102).to_bytes(4),
        b"Info\0\0\0\1" + (102).to_bytes(4),
        b"VBRI" + bytes(10) + (102).to_bytes(4),
    ],
    ids=["Xing", "Info", "VBRI"],
)
def test_an_mp3_says_its_length_in_the_first_frame_behind_its_tag(mark: bytes):
    tag = b"ID3\4\0\0" + bytes([0, 0, 100 >> 7, 100 & 127]) + mark.ljust(100)
    assert mp3_s(tag + b"\xff\xfb" + bytes(34) + mark, 44_100) == pytest.approx(100 * 1152 / 44_100)
    assert mp3_s(b"\xff\xf3" + bytes(34) + mark, 16_000) == pytest.approx(100 * 576 / 16_000)
    assert mp3_s(tag + b"\xff\xfb" + bytes(34), 44_100) is None
    assert mp3_s(b"\xff\xfb" + bytes(34) + b"Xing\0\0\0\x0e" + bytes(20), 44_100) is None


@given(st.binary(max_size=300), st.sampled_from(["wav", "ogg", "mp3", "matroska,webm", "aac", "mov,mp4"]))
def test_any_bytes_have_an_answer(data: bytes, name: str):
    start = {"wav": b"RIFF\0\0\0\0WAVE", "ogg": b"OggS\0"}.get(name, b"ID3")
    assert is_cut_off(start + data, name, 3.0, 1.0) in {True, False}
    assert (mp3_s(start + data, 44_100) or 0) >= 0
