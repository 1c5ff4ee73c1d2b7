"""The embedded AWS emulator: MiniStack as a child process on 127.0.0.1, safe against crashes. `python -m` runs it."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import signal
import sys
from typing import TYPE_CHECKING, Any

from ops import log
from ops.lifeline import die_with_supervisor
from ops.local.gateway import Gateway
from ops.local.lock import LockedError, exclusive
from ops.local.readiness import wait_until_answers
from ops.local.snapshot import Snapshots
from ops.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from ops.local.ministack import MiniStack

HOST = "127.0.0.1"
READY_PATH = "/_ministack/health"

#: Only what the pipeline uses: the rest isn't even imported.
_SERVICES = ("cloudformation", "dynamodb", "s3", "sqs")
#: An emulator that was told to stop writes its last snapshot first; who takes over its directory waits for that.
_TAKE_OVER_TIMEOUT_S = 5.0
#: A long poll is not waited for when the emulator stops.
_GRACE_S = 0.5
_KEEP_ALIVE_S = 75.0


def ready_url(port: int) -> str:
    """Return the URL that answers once the emulator serves."""
    return f"http://{HOST}:{port}{READY_PATH}"


def wait_ready(port: int, timeout_s: float = 30) -> None:
    """Return once the emulator serves on the port.

    Raises:
        NotReadyError: it doesn't within the time.
    """
    wait_until_answers(ready_url(port), timeout_s)


def environment(settings: Settings, state: Path, objects: Path) -> dict[str, str]:
    """Return MiniStack's settings: it reads them from the environment, once, while it is imported.

    There is no port among them: MiniStack would write it into each queue's URL and so into the state, which must
    serve on another port the next time. Without MINISTACK_HOST it answers with the host and port that it was asked on.
    """
    return {
        "SERVICES": ",".join(_SERVICES),
        "MINISTACK_REGION": settings.region,
        "PERSIST_STATE": "1",
        "STATE_DIR": str(state),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(objects),
        # Listeners of services that aren't used here.
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        # At start and stop it removes containers that a MiniStack made: not those of another one on this machine.
        "DOCKER_HOST": f"unix://{state / 'no-docker.sock'}",
        "LOG_LEVEL": "WARNING",
    }


def main() -> None:
    """Run the emulator until it is told to stop, or its supervisor ends."""
    die_with_supervisor(signal.SIGTERM)
    settings = Settings()
    state = settings.data_dir.resolve() / "aws"
    try:
        with exclusive(state / "lock", timeout_s=_TAKE_OVER_TIMEOUT_S):
            run(settings, state)
    except (LockedError, OSError) as error:
        sys.exit(f"the emulator cannot start: {error}")


def run(settings: Settings, state: Path) -> None:
    """Load the state, serve, and save the state at the end."""
    for name in ("GATEWAY_PORT", "EDGE_PORT", "MINISTACK_HOST", "USE_SSL"):
        os.environ.pop(name, None)
    snapshot, objects = state / "current", settings.data_dir.resolve() / "s3"
    if not snapshot.exists():
        # Objects of a run that was killed before its first snapshot: no record knows them, and their bucket would
        # keep CloudFormation from making it.
        shutil.rmtree(objects, ignore_errors=True)
    os.environ.update(environment(settings, snapshot, objects))
    # It says at each start that a package for a service that isn't used is missing.
    logging.getLogger("kms").setLevel(logging.ERROR)
    ministack = _ministack()
    # After the import: MiniStack configures the root logger while it is imported.
    log.configure(settings.model_copy(update={"log_level": "warning"}), process="emulator")
    snapshots = Snapshots(state, ministack.save)
    asyncio.run(_serve(ministack.app, snapshots, settings.emulator_port))


def _ministack() -> MiniStack:
    # Only now: MiniStack reads the environment while it is imported.
    from ops.local.ministack import MiniStack  # noqa: PLC0415

    return MiniStack(_SERVICES)


async def _serve(app: Any, snapshots: Snapshots, port: int) -> None:  # noqa: ANN401 - MiniStack has no types
    from hypercorn.asyncio import serve  # noqa: PLC0415 - comes with MiniStack, which the API image doesn't have
    from hypercorn.config import Config  # noqa: PLC0415

    config = Config()
    config.bind = [f"{HOST}:{port}"]
    config.keep_alive_timeout = _KEEP_ALIVE_S
    config.graceful_timeout = _GRACE_S
    config.errorlog = logging.getLogger("hypercorn.error")
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_report)
    for signum in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signum, stop.set)
    periodic = asyncio.create_task(snapshots.run())
    gateway = Gateway(app, snapshots.mark_dirty)
    await serve(gateway, config, shutdown_trigger=stop.wait)  # type: ignore[arg-type]
    periodic.cancel()
    snapshots.take()


def _report(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    # Python 3.11 takes it for an error that the connections which are still open at the end are cancelled.
    if not isinstance(context.get("exception"), asyncio.CancelledError):
        loop.default_exception_handler(context)


if __name__ == "__main__":
    main()
