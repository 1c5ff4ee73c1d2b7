"""What the demo posts is there, small, and goes with its kind's example."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import av
import pytest

from ops.hearing import hear
from ops.samples import TEXTS
from schemas.files import SAMPLES
from schemas.kinds import registry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from schemas.files import FileField
    from schemas.kinds import AnyKind

FILES = [(kind, file) for kind in registry().values() for file in kind.files.values()]
SPOKEN = [(kind, file) for kind, file in FILES if file.media == "audio"]


OF_KINDS = sorted({path for kind, _ in FILES for path in kind.samples.values()})


@pytest.mark.parametrize("path", OF_KINDS, ids=lambda path: path.name)
def test_a_kinds_sample_is_there_and_small(path: Path):
    assert 0 < path.stat().st_size < 20_000


@pytest.mark.parametrize(("kind", "file"), SPOKEN, ids=lambda value: getattr(value, "name", ""))
def test_a_recording_says_what_its_kinds_example_expects(kind: AnyKind, file: FileField):
    assert file.sample
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
    assert {path.name for path in SAMPLES.iterdir()} == {file.sample for _, file in FILES if file.sample}


@pytest.mark.parametrize("kind", [kind for kind in registry().values() if kind.files], ids=lambda kind: kind.name)
def test_a_kind_with_files_is_not_reused(kind: AnyKind):
    assert not kind.reusable, "what lies under an upload's key may change while its form is good"


@pytest.mark.parametrize("kind", registry().values(), ids=lambda kind: kind.name)
def test_a_kind_declares_the_fields_that_name_files_and_no_others(kind: AnyKind):
    """What is not declared would be found missing by a worker alone, after the submission was accepted."""
    schema = kind.request.model_json_schema()

    assert set(kind.files) == set(_paths_of_refs(schema, schema.get("$defs", {})))


def _paths_of_refs(schema: Any, models: Any, path: str = "") -> Iterator[str]:
    """Yield the paths of a schema's fields that take a reference to a file."""
    if "$ref" in schema:
        schema = models[schema["$ref"].rpartition("/")[2]]
    if "job:" in schema.get("pattern", ""):
        yield path.removeprefix(".")
    for form in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        yield from _paths_of_refs(form, models, path)
    for name, field in schema.get("properties", {}).items():
        yield from _paths_of_refs(field, models, f"{path}.{name}")
    if "items" in schema:
        yield from _paths_of_refs(schema["items"], models, f"{path}[]")
