"""Prompts: files with versions, rendered by Jinja; a file that has been used is never changed, but has a successor.

A prompt has two blocks: `system`, in which nothing of the owner's stands, and `user`, in which every value is data
between marks, such as `<message>` and `</message>`. Every value is made so that it can't hold a mark: see `texts`.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from workers.engines.llm.model import ChatPrompt, ChatTurn
from workers.engines.llm.texts import as_data

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_FILES = Path(__file__).parent / "prompts"


class Prompt:
    """A prompt of one name and version."""

    def __init__(self, name: str) -> None:
        self.name = name
        """File name without its suffix, for example `conversation-1`; results have it."""

    def rendered(
        self,
        system: Mapping[str, object],
        user: Mapping[str, object],
        *,
        schema: Mapping[str, object],
        max_tokens: int,
        temperature: float | None,
    ) -> ChatPrompt:
        """Return it with values.

        Args:
            system: values of the system prompt: ours alone, nothing that an owner wrote.
            user: values of the user's part.
            schema: JSON Schema of the answer, which the system prompt has as `schema`.
            max_tokens: how much may be written.
            temperature: see `ChatPrompt`.

        Raises:
            jinja2.UndefinedError: a value is missing.
        """
        written = json.dumps(schema, ensure_ascii=False)
        return ChatPrompt(
            system=block_of(_FILES, self.name, "system", {**system, "schema": written}),
            turns=(ChatTurn("user", block_of(_FILES, self.name, "user", user)),),
            schema=schema,
            schema_name=self.name.rpartition("-")[0],
            max_tokens=max_tokens,
            temperature=temperature,
        )


def repair(faults: Sequence[str]) -> str:
    """Return what a model is told whose answer is of another form."""
    return block_of(_FILES, "repair-1", "user", {"faults": faults})


def block_of(folder: Path, file: str, name: str, values: Mapping[str, object]) -> str:
    """Return a block of a prompt, with values.

    Args:
        folder: where files of prompts are.
        file: its name without its suffix.
        name: the block's.
        values: what stands in it.

    Raises:
        jinja2.UndefinedError: a value is missing.
    """
    template = _environment(folder).get_template(f"{file}.md")
    return "".join(template.blocks[name](template.new_context(dict(values)))).strip()


@cache
def _environment(folder: Path) -> Environment:
    return Environment(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        finalize=_data,
        # Jinja's own escaping is HTML's, which has a model read `don&#39;t`.
        autoescape=False,  # noqa: S701
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def _data(value: object) -> str:
    return as_data(value if isinstance(value, str) else str(value))
