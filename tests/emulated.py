"""The emulator as a process of its own, with the stack deployed, for tests that need AWS."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from contextlib import contextmanager, suppress
from random import SystemRandom
from typing import TYPE_CHECKING

from ops.aws.clients import Clients
from ops.infra.deploy import deploy
from ops.local.emulator import wait_ready
from ops.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


#: Below those that systems give to the clients' ends of connections, which would come between choosing and listening.
_PORTS = range(20_000, 32_768)


def free_port() -> int:
    """A port that nobody listens on now, and that nobody is given by chance before it is listened on."""
    while True:
        port = SystemRandom().choice(_PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@contextmanager
def emulator(data_dir: Path) -> Iterator[Settings]:
    """Run an emulator, and deploy to it; yields the settings by which it is reached."""
    settings = Settings(_env_file=None, aws="local", emulator_port=free_port(), data_dir=data_dir)
    process = subprocess.Popen([sys.executable, "-m", "ops.local.emulator"], env={**os.environ, **settings.environ()})
    try:
        wait_ready(settings.emulator_port)
        deploy(settings, Clients(settings))
        yield settings
    finally:
        process.terminate()
        process.wait(timeout=15)
