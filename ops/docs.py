"""What the docs take from the code, written between markers: `<!-- name -->` ... `<!-- /name -->`.

`python -m ops.docs` writes it; `tests/unit/test_docs.py` fails where it has drifted.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel

from ops.settings import Settings
from schemas.kinds import registry
from schemas.retention import prefixes
from schemas.status import TRANSITIONS
from workers.engines import ENGINES, engine_class
from workers.engines.retrieval.vendors.options import EMBEDDINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from pydantic.fields import FieldInfo

    from schemas.model import Model


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


def settings_table() -> str:
    """Return the table of all settings."""
    rows = [
        (f"`SAYLINE_{name.upper()}`", _default(field), field.description or "")
        for name, field in Settings.model_fields.items()
    ]
    return _table(("variable", "default", "what it does"), rows)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "(required)"
    value = field.get_default(call_default_factory=True)
    if value in (None, (), ""):
        return ""
    if isinstance(value, BaseModel):
        value = value.model_dump(mode="json")
    return f"`{json.dumps(value) if isinstance(value, dict) else value}`"


def transitions_table() -> str:
    """Return the table of all moves of a job."""
    rows = [
        (f"`{row.name}`", ", ".join(sorted(row.sources)), row.target, row.who, "; ".join(row.guards))
        for row in TRANSITIONS.values()
    ]
    return _table(("move", "from", "to", "who", "only if"), rows)


def kinds_table() -> str:
    """Return the table of all kinds."""
    rows = [
        (f"`{kind.name}`", kind.summary, str(kind.timeout_s), str(kind.max_attempts)) for kind in registry().values()
    ]
    return _table(("kind", "what it does", "time-out, s", "attempts"), rows)


def engines_table() -> str:
    """Return the table of all engines and their options."""
    rows = [
        row
        for kind, names in ENGINES.items()
        for name in names
        for row in _option_rows(kind, name, getattr(engine_class(kind, name), "Options", None))
    ]
    return _table(("kind", "engine", "option", "default", "what it does"), rows)


def _option_rows(kind: str, name: str, options: type[Model] | None) -> Iterator[tuple[str, ...]]:
    for option, field in options.model_fields.items() if options else ():
        yield f"`{kind}`", f"`{name}`", f"`{option}`", _default(field), (field.description or "").replace("\n", " ")
    if options is None:
        yield f"`{kind}`", f"`{name}`", "", "", ""


def embeddings_table() -> str:
    """Return the table of the models that make vectors, and of their options."""
    rows = [
        (f"`{model.model_fields['name'].default}`", *row[2:])
        for model in EMBEDDINGS
        for row in _option_rows("", "", model)
        if row[2] != "`name`"
    ]
    return _table(("`name`", "option", "default", "what it does"), rows)


def retention_table() -> str:
    """Return the table of the bucket's prefixes."""
    rows = [(f"`{prefix}/`", f"{days} days" if days else "kept") for prefix, days in sorted(prefixes().items())]
    return _table(("objects below", "are kept for"), rows)


BLOCKS: Mapping[str, Callable[[], str]] = {
    "settings": settings_table,
    "transitions": transitions_table,
    "kinds": kinds_table,
    "engines": engines_table,
    "embeddings": embeddings_table,
    "retention": retention_table,
}


def documents(root: Path) -> list[Path]:
    """Return all Markdown files of the project."""
    return sorted([*root.glob("*.md"), *(root / "docs").rglob("*.md")])


def filled(text: str) -> str:
    """Return a document with every block as the code has it now."""
    for name, content in BLOCKS.items():
        start, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        block = f"{start}{content()}\n{end}".replace("\\", r"\\")
        text = re.sub(rf"{start}.*?{end}", block, text, flags=re.DOTALL)
    return text


def main() -> None:
    """Write the blocks of all documents."""
    for path in documents(Path.cwd()):
        text = path.read_text("utf-8")
        path.write_text(filled(text), "utf-8")


if __name__ == "__main__":
    main()
