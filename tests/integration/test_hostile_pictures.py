"""Pictures made to hurt: each is refused or made safe, within limits that are measured from outside."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.errors import PermanentError, TransientError
from tests.hostile_pictures import HOSTILE, MADE, archive, jpeg, many_scans
from tests.memory import status_mb
from tests.picture_files import CAMERA, SECRET, exif, quarters, saved
from tests.waiting import runs
from workers.engines.child import files
from workers.engines.pictures import processor as processing
from workers.engines.pictures.processor import Processor
from workers.engines.pictures.refusals import MAX_BYTES
from workers.engines.pictures.server import MAX_ADDRESS_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workers.engines.pictures.processor import MadePictures

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes through /proc")

#: What one file may take: the worst takes 385 MB, another 1 s of CPU time. A machine's cores may be busy.
MAX_RSS_MB = 480
MAX_CPU_S = 5.0
#: Nothing of these may be left of a file in what is made of it.
LEFTOVERS = (SECRET, CAMERA.encode(), b"Exif", b"page.html", b"passwd", b"http", b"ftyp", b"tEXt", b"iTXt", b"ICC")


@pytest.fixture(scope="module")
def processor() -> Iterator[Processor]:
    processor = Processor()
    processor.process.child.hello(timeout_s=20)
    yield processor
    processor.close()


def outcome(processor: Processor, data: bytes) -> tuple[str, MadePictures | None]:
    """`made`, or the code of the refusal; fails where the process did not live through it."""
    pid = processor.process.child.pid
    try:
        made = processor.make(data, timeout_s=60)
    except PermanentError as error:
        said, made = error.code, None
    else:
        said = MADE
    assert processor.process.child.pid == pid
    return said, made


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_picture_is_refused_or_made_safe_within_limits(processor: Processor, name: str):
    make, expected = HOSTILE[name]
    process = Path(f"/proc/{processor.process.child.pid}")
    data = make()
    (process / "clear_refs").write_text("5")  # starts the peak of the memory anew
    cpu = _cpu_s(process)
    said, made = outcome(processor, data)
    assert said == expected
    assert _cpu_s(process) - cpu < MAX_CPU_S
    assert status_mb("VmHWM", int(process.name)) < MAX_RSS_MB
    for picture in (made.original, made.processed, made.thumbnail) if made else ():
        assert len(picture.data) <= MAX_BYTES
        assert max(picture.width, picture.height) <= 4096
        assert [left for left in LEFTOVERS if left in picture.data] == []


def test_there_are_enough_of_them():
    assert len(HOSTILE) >= 50


def test_what_is_looked_for_is_found_where_it_was_left():
    placed = saved(quarters(), "JPEG", exif=exif(), comment=SECRET)
    assert all(left in placed + archive() for left in (SECRET, CAMERA.encode(), b"Exif", b"page.html"))


def test_a_picture_larger_than_is_taken_is_refused_unread(processor: Processor):
    with pytest.raises(PermanentError, match="picture_too_large: The file is larger than 20 MB"):
        processor.make(bytes(MAX_BYTES + 1), timeout_s=20)


def test_an_attempt_without_time_left_is_tried_again(processor: Processor):
    with pytest.raises(TransientError, match="engine_timeout"):
        processor.make(jpeg(), timeout_s=-1)


def test_the_processs_addresses_are_limited(processor: Processor):
    limits = Path(f"/proc/{processor.process.child.pid}/limits").read_text("ascii").splitlines()
    (addresses,) = (line for line in limits if line.startswith("Max address space"))
    assert addresses.split()[3] == str(MAX_ADDRESS_BYTES)


def test_what_computes_too_long_is_ended_by_the_kernel_and_is_the_pictures_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(processing, "CPU_S", 1)
    monkeypatch.setattr(files, "PATIENCE", 60)  # other tests compute, too
    # The same process without the limit of scans: each of them costs a pass over 25 million pixels.
    (tmp_path / "patient.py").write_text(
        "from workers.engines.pictures import jpeg, server\njpeg.MAX_SCANS = 10_000\nserver.main()\n", "utf-8"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    processor = Processor("patient")
    try:
        processor.process.child.hello(timeout_s=20)
        pid = processor.process.child.pid
        with pytest.raises(PermanentError, match="unreadable_picture: The picture takes too long to read"):
            processor.make(many_scans(3_000), timeout_s=100)
        assert pid is not None
        assert not runs(pid)
        assert processor.make(jpeg(), timeout_s=20).format == "jpeg"
    finally:
        processor.close()


_VALID = {
    "JPEG": jpeg(),
    "progressive": jpeg(progressive=True),
    **{name: saved(quarters(), name) for name in ("PNG", "GIF", "WEBP", "BMP")},
}


@settings(max_examples=200)
@given(
    st.sampled_from(sorted(_VALID)),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=8)), min_size=1, max_size=20),
    st.floats(0.05, 1),
)
def test_damaged_pictures_do_no_harm(
    processor: Processor, which: str, damages: list[tuple[float, bytes]], share: float
):
    data = bytearray(_VALID[which])
    for where, what in damages:
        at = int(where * len(data))
        data[at : at + len(what)] = what
    outcome(processor, bytes(data[: max(1, int(len(data) * share))]))


@settings(max_examples=100)
@given(
    st.sampled_from(
        [b"", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"GIF89a", b"RIFF\x40\0\0\0WEBP", b"BM"]
    ),
    st.binary(max_size=3_000),
)
def test_random_bytes_do_no_harm(processor: Processor, start: bytes, data: bytes):
    outcome(processor, start + data)


def _cpu_s(process: Path) -> float:
    return sum(map(int, (process / "stat").read_text().rpartition(")")[2].split()[11:13])) / 100
