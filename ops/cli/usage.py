"""How a command line tells of its wrong use: in lines that end between words, as all else that it says."""

from __future__ import annotations

from typing import Any

from typer.core import TyperGroup
from typer.exceptions import TyperException

from ops.cli.output import WIDTH
from ops.cli.wording import filled

_TITLE = "Error: "


class Commands(TyperGroup):
    """The whole command line: what its commands find wrong of their options comes by here.

    The framework would leave the end of a line to the terminal, whatever word is there.
    """

    def invoke(self, *args: Any, **named: Any) -> Any:  # noqa: ANN401 - the framework's own
        """Read a command's options, and run it."""
        try:
            return super().invoke(*args, **named)
        except TyperException as error:
            said = filled(f"{_TITLE}{error.format_message()}", WIDTH).removeprefix(_TITLE)
            error.format_message = lambda: said  # type: ignore[method-assign]
            raise
