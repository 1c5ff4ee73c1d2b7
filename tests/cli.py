"""The command line before the real API, with nothing but memory behind it."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx2
import typer
from structlog.testing import capture_logs
from typer.testing import CliRunner

from ops.cli import chat, conversations, jobs, upload
from ops.cli.client import ApiClient
from ops.cli.output import EXIT_CODES
from ops.cli.waiting import wait
from schemas.ports import UploadForm
from tests.api import ApiBench

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest
    from typer.testing import Result

    from ops.settings import Settings

URL = "http://testserver"

main = typer.Typer()
main.add_typer(jobs.app)
main.add_typer(conversations.app)
main.command(help=jobs.KINDS_HELP, epilog=EXIT_CODES)(jobs.kinds)
main.command(help=chat.HELP, epilog=EXIT_CODES)(chat.chat)
main.command(help=upload.HELP, epilog=EXIT_CODES)(upload.upload)


@dataclass
class Door(httpx2.BaseTransport):
    """Leads to the API, and to the bucket where a URL is presigned; may be shut for a number of requests."""

    api: ApiBench
    shut: list[Any] = field(default_factory=list)
    """What the next requests meet instead: errors to raise, responses, or None to let it in."""
    seen: list[httpx2.Request] = field(default_factory=list)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self.seen.append(request)
        if self.shut:
            met = self.shut.pop(0)
            if isinstance(met, BaseException):
                raise met
            if met is not None:
                return met
        if request.url.host == "bucket" and request.method == "POST":
            request.read()
            return httpx2.Response(204)
        if request.url.host == "bucket":
            found = self.api.objects.inner.objects.get(request.url.path.lstrip("/"))
            return httpx2.Response(200, content=found[0]) if found else httpx2.Response(404)
        with capture_logs():  # they would go to the command's output
            answer = self.api.http._transport.handle_request(request)  # noqa: SLF001 - its way into the app
            answer.read()
        return answer


class Terminal:
    """Runs commands; `meanwhile` happens in the command's first pause, and each pause takes its time at once."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.api = ApiBench()
        self.api.objects.inner.url = lambda key, **_: f"http://bucket/{key}"
        self.door = Door(self.api)
        self.now = 0.0
        self.pauses: list[float] = []
        self.meanwhile: list[Callable[[], object]] = []
        self.api.objects.inner.upload_form = lambda key, **_: UploadForm("http://bucket/", {"key": key})
        for command in (chat, conversations, jobs, upload):
            monkeypatch.setattr(command, "connect", self._connect)
        for command in (chat, jobs):
            patient = functools.partial(wait, sleep=self._sleep, monotonic=lambda: self.now)
            monkeypatch.setattr(command, "wait", patient)
        monkeypatch.delenv("SAYLINE_OWNER", raising=False)

    def run(self, *args: str, stdin: str | bytes | None = None) -> Result:
        return CliRunner().invoke(main, args, input=stdin, terminal_width=80)

    def _connect(self, _: Settings, *, owner: str | None) -> ApiClient:
        return ApiClient(URL, owner=owner, transport=self.door, sleep=self._sleep)

    def _sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds
        self.api.clock.advance(seconds)
        if self.meanwhile:
            self.meanwhile.pop(0)()
