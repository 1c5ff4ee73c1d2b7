"""Documents made to hurt: each is refused or read, within limits that are measured from outside."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.errors import PermanentError, TransientError
from tests.hostile_documents import HOSTILE, pdf
from tests.memory import status_mb
from tests.waiting import runs
from workers.engines.child import files
from workers.engines.documents import reader as reading
from workers.engines.documents.reader import Reader
from workers.engines.documents.refusals import MAX_BYTES
from workers.engines.documents.server import MAX_ADDRESS_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes through /proc")

#: The worst took 370 MB; beyond 512 MB of addresses allocations fail.
MAX_RSS_MB = 420
#: Less than outside of tests: what computes without end shall not take a minute each.
CPU_S = 2

PDF = pdf(["The first page has one sentence.", "The second page\nhas two lines."])


@pytest.fixture(autouse=True)
def little_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "CPU_S", CPU_S)
    monkeypatch.setattr(files, "PATIENCE", 50)  # other tests compute, too


@pytest.fixture
def reader() -> Iterator[Reader]:
    reader = Reader()
    reader.process.child.hello(timeout_s=20)
    yield reader
    reader.close()


def outcome(reader: Reader, data: bytes, name: str) -> str:
    """`read`, or the code of the refusal."""
    try:
        reader.read(data, name=name, timeout_s=100)
    except PermanentError as error:
        return error.code
    return "read"


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_document_is_refused_or_read_within_its_limits(case: str, reader: Reader):
    name, make, codes = HOSTILE[case]
    pid = reader.process.child.pid
    assert pid is not None
    assert outcome(reader, make(), name) in (codes or {"read"})
    if runs(pid):
        assert status_mb("VmHWM", pid) < MAX_RSS_MB
    assert reader.read(PDF, name="next.pdf", timeout_s=20).document.text.startswith("The first page")


def test_what_computes_too_long_is_ended_by_the_kernel_and_is_the_documents_fault(reader: Reader):
    pid = reader.process.child.pid
    endless = b"<html>" + b"a<!--" * 3_000_000
    with pytest.raises(PermanentError, match="unreadable_document: The document takes too long to read"):
        reader.read(endless, name="a.html", timeout_s=100)
    assert pid is not None
    assert not runs(pid)


def test_a_document_larger_than_is_taken_is_refused_unread(reader: Reader):
    with pytest.raises(PermanentError, match="document_too_large: The file is larger than 20 MB"):
        reader.read(bytes(MAX_BYTES + 1), name="a.txt", timeout_s=60)


def test_an_attempt_without_time_left_is_tried_again(reader: Reader):
    with pytest.raises(TransientError, match="engine_timeout"):
        reader.read(PDF, name="a.pdf", timeout_s=-1)


def test_a_pdf_is_read_page_by_page(reader: Reader):
    read = reader.read(PDF, name="a.pdf", timeout_s=20)
    assert read.format == "pdf"
    assert [(one.section, one.text) for one in read.document.passages] == [
        ("page 1", "The first page has one sentence."),
        ("page 2", "The second page\nhas two lines."),
    ]


def test_the_readers_addresses_are_limited(reader: Reader):
    limits = Path(f"/proc/{reader.process.child.pid}/limits").read_text("ascii").splitlines()
    (addresses,) = (line for line in limits if line.startswith("Max address space"))
    assert addresses.split()[3] == str(MAX_ADDRESS_BYTES)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.one_of(
        st.binary(max_size=3_000),
        st.tuples(st.integers(0, len(PDF) - 1), st.binary(min_size=1, max_size=40)).map(
            lambda change: PDF[: change[0]] + change[1] + PDF[change[0] + len(change[1]) :]
        ),
        st.text(max_size=2_000).map(lambda text: f"<html><p>{text}".encode("utf-8", "replace")),
    ),
    name=st.sampled_from(["a.pdf", "a.html", "a.md", "a.txt", "a"]),
)
def test_any_bytes_are_refused_or_read_by_the_same_process(data: bytes, name: str, reader: Reader):
    pid = reader.process.child.pid
    outcome(reader, data, name)
    assert reader.process.child.pid == pid
