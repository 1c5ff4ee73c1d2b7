"""What the demo posts is there, small, and goes with its kind's example."""

from __future__ import annotations

from typing import TYPE_CHECKING

import av
import pytest

from ops.hearing import hear
from ops.samples import TEXTS
from schemas.files import SAMPLES
from schemas.kinds import registry

if TYPE_CHECKING:
    from schemas.files import FileField
    from schemas.kinds import AnyKind

FILES = [(kind, file) for kind in registry().values() for file in kind.files.values()]
SPOKEN = [(kind, file) for kind, file in FILES if file.media == "audio"]


@pytest.mark.parametrize(("kind", "file"), FILES, ids=lambda value: getattr(value, "name", ""))
def test_a_kinds_sample_is_there_and_small(kind: AnyKind, file: FileField):
    assert 0 < file.sample_path.stat().st_size < 20_000


@pytest.mark.parametrize(("kind", "file"), SPOKEN, ids=lambda value: getattr(value, "name", ""))
def test_a_recording_says_what_its_kinds_example_expects(kind: AnyKind, file: FileField):
    assert TEXTS[file.sample] in kind.example.model_dump(mode="json").values()


def test_a_sample_is_what_a_browser_records():
    path = SAMPLES / "good-morning.webm"

    with av.open(path) as container:
        (stream,) = container.streams.audio
        assert "webm" in container.format.name
        assert (stream.codec_context.name, stream.rate) == ("opus", 48_000)
    heard = hear(path.read_bytes())
    assert heard.is_speech
    assert 1.5 < heard.duration_s < 3.0


def test_every_recording_is_made_by_the_script_and_every_sample_is_a_kinds():
    assert {file.sample for _, file in SPOKEN} == set(TEXTS)
    assert {path.name for path in SAMPLES.iterdir()} == {file.sample for _, file in FILES}


@pytest.mark.parametrize("kind", [kind for kind in registry().values() if kind.files], ids=lambda kind: kind.name)
def test_a_kind_with_files_names_fields_of_its_request_and_is_not_reused(kind: AnyKind):
    assert set(kind.files) <= set(kind.request.model_fields)
    assert not kind.reusable, "what lies under an upload's key may change while its form is good"
