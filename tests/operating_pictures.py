"""The operators' commands in pictures, of a night of a small stack: `python -m tests.operating_pictures DIRECTORY`."""

from __future__ import annotations

import os
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from rich.text import Text

from ops.aws.clients import Clients
from ops.desk import open_desk
from ops.dlq.selection import Selection, find
from ops.picture.drawing import draw
from ops.picture.terminal import Terminal
from tests.acceptance.running import RunningStack
from tests.night_shift import KIND, Checker, Vendor, submit
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

    from ops.picture.screen import Screen

#: Jun's texts are marked as Hindi by mistake; Mina's run into an outage, far enough apart that no breaker opens.
JUN, MINA, APART = 60, 1000, 40
#: The last of Mina's hear nothing of the outage: others succeed while its jobs are tried again.
LAST = 300
CTRL_C = "\x03"


class Night:
    """The stack, what its vendor does, and an operator who looks."""

    def __init__(self, folder: Path, open_: ExitStack) -> None:
        self.vendor = open_.enter_context(Vendor())
        self.stack = open_.enter_context(
            RunningStack(
                folder,
                engines={KIND: "comprehend"},
                engine_options={"comprehend": {"endpoint_url": self.vendor.url, "region": "us-east-1"}},
                presence_s=2,
                pauses_s=1,
            )
        )
        self.checker = Checker(self.stack.settings, self.vendor)

    def looks(
        self, *args: str, until: Callable[[Screen], bool] | None = None, to_its_end: bool = False
    ) -> tuple[str, Text]:
        """Run a command, to its end or until this is to be seen, or both; return it and what it shows."""
        environ = {**os.environ, **self.stack.settings.environ()}
        shown: list[Text] = []
        with Terminal([sys.executable, "-m", "ops.cli", *args], environ=environ) as terminal:
            if until:
                terminal.wait_for(until, timeout_s=120)
                shown.append(terminal.screen.styled)
            if until and not to_its_end:
                terminal.type(CTRL_C)
            terminal.end(timeout_s=120)
            if to_its_end or not until:
                shown.append(terminal.screen.styled)
        return " ".join(("sayline", *args)), Text("\n").join(shown)

    def dead(self, code: str) -> str:
        """Return a job that has died of it."""
        desk = open_desk(self.stack.settings)
        return next(job.id for job in find(desk, Selection(kinds=[KIND], code=code)))

    def falls(self) -> None:
        """Have the jobs come, and those die that must."""
        self.vendor.down = True
        submit(self.stack, {"jun": [_asked(n, language="hi") for n in range(JUN)]})
        submit(self.stack, {"mina": [_asked(n, entities=n % APART == 0 and n < MINA - LAST) for n in range(MINA)]})


def _asked(number: int, *, language: str = "en", entities: bool = False) -> dict[str, object]:
    features = ["sentiment", *(["entities"] if entities else [])]
    return {"text": f"I like lesson {number} in Seoul.", "language": language, "features": features}


def main() -> None:
    """Live through the night, and draw what it shows."""
    os.environ |= dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), "test")  # the vendor is a stub
    directory = Path(sys.argv[1])
    directory.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as temporary, ExitStack() as open_:
        night = Night(Path(temporary), open_)
        for name, picture in _pictures(night).items():
            (directory / f"{name}.svg").write_text(draw(*picture), "utf-8")


def _pictures(night: Night) -> dict[str, list[tuple[str, Text]]]:
    pictures = {}
    with ThreadPoolExecutor(1) as apps:
        falling = apps.submit(night.falls)
        pictures["queues"] = [night.looks("queues", "--watch", until=_has_rates)]
        pictures["workers"] = [night.looks("workers")]
        falling.result()
    wait_until(night.checker.is_quiet, timeout_s=120)
    pictures["list"] = [night.looks("dlq", "list", "--group")]
    pictures["show"] = [night.looks("dlq", "show", night.dead("engine_unavailable"))]
    night.vendor.down = False
    pictures["redrive"] = _redriven(night)
    pictures["doctor"] = [_examined(night)]
    return pictures


def _has_rates(screen: Screen) -> bool:
    """Whether jobs wait, run and have died, and it is known how long the others will take."""
    number, age = r" +[\d,]*[1-9][\d,]*", r" +\d+ \w+"
    row = rf"^{KIND}{number}{number} +\d+{number}{age} +[\d.]+ +[\d.]+{age}"
    return bool(re.search(row, screen.text, re.MULTILINE))


def _is_half_way(screen: Screen) -> bool:
    return bool(re.search(r" [3-5]\d/", screen.text))


def _redriven(night: Night) -> list[tuple[str, Text]]:
    """A rehearsal, and a redrive while it is under way and at its end."""
    choice = ("dlq", "redrive", "--kind", KIND, "--set", "language=en")
    act = ("--yes", "--wait", "--rate", "25")
    return [
        night.looks(*choice),
        night.looks(*choice, *act, until=_is_half_way, to_its_end=True),
    ]


def _examined(night: Night) -> tuple[str, Text]:
    """What the doctor finds where a queue has lost its policy, and a vendor is not there."""
    sqs, settings = Clients(night.stack.settings).sqs, night.stack.settings
    url = sqs.get_queue_url(QueueName=settings.queue_name("tts"))["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": ""})
    url = sqs.get_queue_url(QueueName=settings.dlq_name("reply"))["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"MessageRetentionPeriod": "345600"})
    return night.looks("doctor")


if __name__ == "__main__":
    main()
