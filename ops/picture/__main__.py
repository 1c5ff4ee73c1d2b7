"""Draw a run of a command: `python -m ops.picture docs/demo.svg sayline demo`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from ops.picture.drawing import draw
from ops.picture.terminal import Terminal

_TIMEOUT_S = 600


def main() -> None:
    """Run the command to its end, and write its picture; ends as it does, without one, where it fails."""
    path, *command = sys.argv[1:]
    with Terminal(command, environ=os.environ) as terminal:
        if code := terminal.end(timeout_s=_TIMEOUT_S):
            sys.exit(code)
        Path(path).write_text(draw((" ".join(command), terminal.screen.styled)), "utf-8")


if __name__ == "__main__":
    main()
