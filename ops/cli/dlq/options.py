"""The options that choose dead letters: the same ones for every command."""

from __future__ import annotations

from functools import wraps
from inspect import Parameter, Signature, signature
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ops.cli import completion
from ops.cli.operators import common
from ops.dlq.selection import Selection
from ops.timing import utc_now
from schemas.dead_letters import Period

if TYPE_CHECKING:
    from collections.abc import Callable

_Kind = Annotated[
    list[str] | None,
    typer.Option(metavar="KIND", help="Of this kind. Repeatable.", show_default=False, autocompletion=completion.kinds),
]
_Code = Annotated[
    str | None, typer.Option(metavar="CODE", help="That died of this code.", autocompletion=completion.codes)
]
_Engine = Annotated[str | None, typer.Option(metavar="NAME", help="Of this engine's.")]
_Owner = Annotated[str | None, typer.Option(metavar="OWNER", help="Of this owner's.")]
_Flow = Annotated[str | None, typer.Option(metavar="FLOW", help="Of this flow.")]
_Text = Annotated[str | None, typer.Option(metavar="TEXT", help="With this in the reason, in any case.")]
_Older = Annotated[str | None, typer.Option(metavar="AGE", help="That died longer ago: 90s, 10m, 2h, 3d.")]
_Newer = Annotated[str | None, typer.Option(metavar="AGE", help="That died since then.")]
_Ids = Annotated[list[str] | None, typer.Argument(metavar="ID", help="These jobs alone.", show_default=False)]

_OPTIONS = {
    "kind": _Kind,
    "code": _Code,
    "engine": _Engine,
    "owner": _Owner,
    "flow": _Flow,
    "text": _Text,
    "older": _Older,
    "newer": _Newer,
}


def choosing(command: Callable[..., None], *, by_id: bool = True) -> Callable[..., None]:
    """Give a command the options that choose dead letters; it gets the `chosen: Selection`."""
    names = {"ids": _Ids, **_OPTIONS} if by_id else _OPTIONS

    @wraps(command)
    def run(**given: Any) -> None:  # noqa: ANN401 - the command's own
        chosen = _selection(**{name: given.pop(name) for name in names})
        command(chosen=chosen, **given)

    own = [
        parameter for parameter in signature(command, eval_str=True).parameters.values() if parameter.name != "chosen"
    ]
    added = [Parameter(n, Parameter.KEYWORD_ONLY, default=None, annotation=hint) for n, hint in names.items()]
    kept = [parameter.replace(kind=Parameter.KEYWORD_ONLY) for parameter in own]
    # Typer reads the signature, and would follow `__wrapped__` to the command's own.
    run.__signature__ = Signature([*added, *kept])  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in (*added, *kept)}
    del run.__wrapped__
    return run


def _selection(  # noqa: PLR0913 - the options
    *,
    kind: list[str] | None,
    code: str | None,
    engine: str | None,
    owner: str | None,
    flow: str | None,
    text: str | None,
    older: str | None,
    newer: str | None,
    ids: list[str] | None = None,
) -> Selection:
    ever = Period()
    since, until = common.period(older, newer, now=utc_now())
    return Selection(
        kinds=common.chosen(kind),
        ids=tuple(ids or ()),
        code=code,
        engine=engine,
        owner=owner,
        flow=flow,
        text=text,
        period=Period(since=since or ever.since, until=until or ever.until),
    )
