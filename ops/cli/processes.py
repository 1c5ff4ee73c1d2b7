"""The commands that run processes, and make what they need.

What they import they import when they are called: the CLI starts fast, and the API's image has no worker.
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Annotated

import typer

from ops.cli.output import Exit, err, fail, print_json, print_line
from ops.log import configure
from ops.settings import Settings

if TYPE_CHECKING:
    from ops.local.stack import Stack

# ruff: noqa: PLC0415


UP_HELP = """Run emulator, API, worker and clock here until Ctrl-C.

The state stays in SAYLINE_DATA_DIR (.data); a second `sayline up` goes on with it.

\b
Examples:
sayline up
SAYLINE_API_PORT=8080 SAYLINE_KINDS=tts,reply sayline up
"""


def up() -> None:
    """Run emulator, API, worker and clock here until Ctrl-C."""
    from ops.local.readiness import NotReadyError
    from ops.local.stack import StackError
    from ops.local.up import run

    settings = Settings()
    configure(settings, process="stack")
    try:
        asyncio.run(run(settings, on_ready=_say_where))
    except (StackError, NotReadyError) as error:
        fail(str(error), code=Exit.UNAVAILABLE)


def _say_where(stack: Stack) -> None:
    print_line(stack.api_url)
    err().print(f"Its routes: {stack.api_url}/docs")
    err().print("Try: sayline job submit tts --text 'Good morning!' --wait")


API_HELP = """Run the HTTP API.

\b
Examples:
SAYLINE_AWS=aws SAYLINE_API_HOST=0.0.0.0 sayline api
"""


def api() -> None:
    """Run the HTTP API."""
    from producers.api import main

    main()


WORKER_HELP = """Run a worker for the kinds in SAYLINE_KINDS, or for all.

SIGTERM lets running jobs finish.

\b
Examples:
SAYLINE_AWS=aws SAYLINE_KINDS=tts,analysis sayline worker
"""


def worker() -> None:
    """Run a worker for the kinds in SAYLINE_KINDS, or for all."""
    from workers.app import main

    main()


CLOCK_HELP = """Run the clock, which queues jobs that are due, and late ones.

Any number may run; one has the duty at a time.

\b
Examples:
SAYLINE_AWS=aws sayline clock
"""


def clock() -> None:
    """Run the clock, which queues jobs that are due, and late ones."""
    from ops.clock.process import main

    main()


DEPLOY_HELP = """Create or update queues, table and bucket by CloudFormation.

What others have changed since is set back to the template, and said line by
line: queues that are gone and indexes are made anew, a table or bucket is not.

\b
Examples:
SAYLINE_AWS=aws SAYLINE_ENVIRONMENT=prod sayline deploy
sayline deploy --json
"""


def deploy(*, as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False) -> None:
    """Create or update queues, table and bucket by CloudFormation."""
    from ops.aws.clients import Clients
    from ops.aws.errors import translated
    from ops.infra.deploy import DeployError
    from ops.infra.deploy import deploy as deploy_stack

    settings = Settings()
    configure(settings, process="deploy")
    try:
        with translated("AWS"):
            mended = deploy_stack(settings, Clients(settings))
    except DeployError as error:
        fail("The stack is not as it should be.", str(error))
    if as_json:
        print_json({"stack": settings.stack, "region": settings.region, "mended": mended})
    else:
        for line in mended:
            print_line(line)
        print_line(f"{settings.stack} is deployed")


TEMPLATE_HELP = """Print the CloudFormation template as JSON.

\b
Examples:
sayline template > template.json
"""


def template() -> None:
    """Print the CloudFormation template as JSON."""
    from ops.infra.template import render

    print_json(json.loads(json.dumps(render(Settings()))))
