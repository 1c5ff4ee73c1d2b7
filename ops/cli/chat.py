"""`sayline chat`: a conversation with the tutor, each turn a job."""

import sys
from typing import Annotated
from uuid import uuid4

import typer
from rich.text import Text

from ops.cli.client import ApiClient, connect
from ops.cli.jobs import Owner, Timeout
from ops.cli.output import err, out, printable
from ops.cli.refusals import reported
from ops.cli.results.text import change
from ops.cli.waiting import require_success, wait
from ops.settings import Settings
from schemas.job import JsonObject

HELP = """Talk with the tutor; an empty line or Ctrl-D ends it.

\b
Examples:
sayline chat --topic travel --level low
sayline chat --topic food --explain-in ko
sayline chat --conversation 0192f1c4-7b1e-7cc0-98a1-5d1f0e7a4c55
echo "I goed to Busan." | sayline chat --topic travel
"""


def chat(  # noqa: PLR0913, PLR0917 - its options
    topic: Annotated[str | None, typer.Option(help="What to talk about.")] = None,
    level: Annotated[str | None, typer.Option(help="low, mid, high, or A1 to C2.")] = None,
    role: Annotated[str | None, typer.Option(help="Whom to talk with, for example `a waiter`.")] = None,
    explain_in: Annotated[str, typer.Option(help="en or ko.")] = "en",
    conversation: Annotated[
        str | None, typer.Option(metavar="ID", help="Go on with this one; a new one is the default.")
    ] = None,
    timeout: Timeout = 60,
    owner: Owner = None,
) -> None:
    """Talk with the tutor."""
    with reported():
        client = connect(Settings(), owner=owner)
        # A name of its own, so that the first turn can be asked for again without beginning another conversation.
        name = conversation or str(uuid4())
        fixed = {"type": "conversation", "conversation": name, "explain_in": explain_in}
        given = {"topic": topic, "level": level, "role": role}
        task = fixed | {field: value for field, value in given.items() if value is not None}
        _talk(client, task, timeout_s=timeout)
        err().print(f"Go on another time: sayline chat --conversation {name}", style="dim", soft_wrap=True)


def _talk(client: ApiClient, task: JsonObject, *, timeout_s: float) -> None:
    """Have the tutor begin where a person sits there, then answer line after line."""
    at_terminal = sys.stdin.isatty()
    if at_terminal:
        _show(_turn(client, task, "", timeout_s=timeout_s))
    while message := _said(prompt=at_terminal):
        _show(_turn(client, task, message, timeout_s=timeout_s))


def _said(*, prompt: bool) -> str:
    """Return the next line; empty where there is none."""
    if prompt:
        err().print("you  ", style="cyan", end="")
    return sys.stdin.readline().strip()


def _turn(client: ApiClient, task: JsonObject, message: str, *, timeout_s: float) -> JsonObject:
    job = client.submit("reply", {"task": {**task, "message": message}}, idempotency_key=str(uuid4()))
    console = err()
    with console.status("..."):
        job = wait(client, job["id"], timeout_s=timeout_s, watch=lambda *_: None)
    require_success(job, "The turn")
    answer: JsonObject = job["result"]["answer"]
    return answer


def _show(answer: JsonObject) -> None:
    console = out()
    for each in answer["corrections"]:
        console.print(Text(f"     {change(each)}: {printable(each['note'])}", style="yellow"))
    console.print(Text(f"tutor  {printable(answer['reply'])}", style="bold"))
