"""The commands of those who look at their conversations, or want them gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from ops.cli.client import connect
from ops.cli.jobs import AsJson, Owner  # noqa: TC001 - Typer reads them
from ops.cli.output import EXIT_CODES, err, out, print_json, print_line, printable
from ops.cli.refusals import reported
from ops.cli.tables import conversations_table
from ops.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemas.job import JsonObject

HELP = """See your conversations, or delete them.

\b
Examples:
sayline conversation list
sayline conversation show ID
"""

app = typer.Typer(name="conversation", help=HELP, no_args_is_help=True)

ConversationId = Annotated[str, typer.Argument(metavar="ID", help="The conversation's id.")]

LIST_HELP = """List your conversations, the latest turn first.

\b
Examples:
sayline conversation list --limit 500
sayline conversation list --json
"""

SHOW_HELP = """Show what was said in a conversation.

\b
Examples:
sayline conversation show 0192f1c4-7b1e-7cc0-98a1-5d1f0e7a4c55
sayline conversation show 0192f1c4-7b1e-7cc0-98a1-5d1f0e7a4c55 --json
"""

DELETE_HELP = """Delete a conversation and all that was said. What its jobs have in their results goes with the jobs.

\b
Examples:
sayline conversation delete 0192f1c4-7b1e-7cc0-98a1-5d1f0e7a4c55
sayline conversation delete 0192f1c4-7b1e-7cc0-98a1-5d1f0e7a4c55 --json
"""


@app.command("list", help=LIST_HELP, epilog=EXIT_CODES)
def list_conversations(
    limit: Annotated[int, typer.Option(min=1, help="How many.")] = 20,
    as_json: AsJson = False,  # noqa: FBT002 - a flag
    owner: Owner = None,
) -> None:
    """List the caller's conversations."""
    with reported():
        found = connect(Settings(), owner=owner).list_conversations(limit=limit)
        if as_json:
            print_json(found)
        elif found:
            out().print(conversations_table(found))
        else:
            err().print("You have no conversations yet. Try `sayline chat`.")


@app.command(help=SHOW_HELP, epilog=EXIT_CODES)
def show(conversation_id: ConversationId, as_json: AsJson = False, owner: Owner = None) -> None:  # noqa: FBT002
    """Show a conversation."""
    with reported():
        found = connect(Settings(), owner=owner).show_conversation(conversation_id)
        if as_json:
            print_json(found)
            return
        for line in _lines(found):
            out().print(line)


@app.command(help=DELETE_HELP, epilog=EXIT_CODES)
def delete(conversation_id: ConversationId, as_json: AsJson = False, owner: Owner = None) -> None:  # noqa: FBT002
    """Delete a conversation."""
    with reported():
        connect(Settings(), owner=owner).delete_conversation(conversation_id)
        if as_json:
            print_json({"id": conversation_id})
        else:
            print_line(conversation_id)


def _lines(conversation: JsonObject) -> Iterator[Text]:
    for turn in conversation["history"]:
        if turn["message"]:
            yield Text(f"{turn['number']:>3}  you    {printable(turn['message'])}")
        if turn["recast"]:
            yield Text(f"            {printable(turn['recast'])}", style="yellow")
        yield Text(f"{turn['number']:>3}  tutor  {printable(turn['reply'])}", style="bold")
