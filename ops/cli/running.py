"""Settings by which the running local stack is reached: its ports may be others than those that were asked for."""

from __future__ import annotations

from ops.local import stack_file
from ops.settings import Settings


def settings() -> Settings:
    """Return the settings, with the emulator's port of the stack that runs here."""
    wanted = Settings()
    info = stack_file.read(wanted) if wanted.aws == "local" else None
    return wanted.model_copy(update={"emulator_port": info.emulator_port}) if info else wanted
