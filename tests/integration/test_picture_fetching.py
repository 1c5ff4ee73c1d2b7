"""A picture that lies somewhere in the world is fetched from there, and from nowhere else."""

from __future__ import annotations

import socket
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from schemas.errors import EngineUnavailableError, PermanentError
from tests.integration.calling import Attempt
from tests.vendors.picture_host import NAME, PICTURE, PictureHost, believing
from tests.vendors.pictures import png
from tests.vendors.server import answer
from workers.engines.openai.fetching import Fetcher, is_public

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HERE = "127.0.0.1"
OF_THE_WORLD = "93.184.216.34"


@pytest.fixture
def host() -> Iterator[PictureHost]:
    with PictureHost() as running:
        yield running


def to(*addresses: str) -> Callable[[str, int], list[str]]:
    """A resolver that has these for every name."""
    return lambda _host, _port: list(addresses)


def fetch(url: str, *, call: Attempt | None = None, **given: Any) -> bytes:
    """Fetch by names that lead here, and have this machine be of the world."""
    chosen = {"own": None, "verify": believing(), "resolve": to(HERE), "allowed": HERE.__eq__, **given}
    with closing(Fetcher(engine="x", **chosen)) as fetcher:
        return fetcher.fetch(url, call or Attempt(seconds=15.5), timeout_s=10)


def test_a_picture_is_fetched_at_the_address_that_was_looked_at_by_its_own_name(host: PictureHost):
    assert fetch(host.place()) == png(PICTURE)

    (_, asked), (named,) = host.asked[0], host.named
    assert asked.headers["host"] == f"{NAME}:{host.port}"
    assert named == NAME
    assert asked.headers["accept-encoding"] == "identity"  # nothing that grows as it is read
    assert not {"authorization", "cookie"} & asked.headers.keys()


def test_an_address_that_nobody_answers_at_is_not_the_last_one_tried(host: PictureHost):
    # Nobody listens at 127.0.0.2: the connection is refused.
    assert fetch(host.place(), resolve=to("127.0.0.2", HERE), allowed={"127.0.0.2", HERE}.__contains__) == png(PICTURE)


def test_a_host_has_to_show_a_certificate_of_its_own_name(host: PictureHost):
    with pytest.raises(EngineUnavailableError):
        fetch(host.place("other.test"))

    assert host.asked == []


def test_a_host_has_to_show_a_certificate_that_is_believed(host: PictureHost):
    with pytest.raises(EngineUnavailableError):
        fetch(host.place(), verify=True)

    assert host.asked == []


def test_the_environments_proxy_is_not_asked(host: PictureHost, monkeypatch: pytest.MonkeyPatch):
    for name in ("HTTPS_PROXY", "ALL_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    assert fetch(host.place()) == png(PICTURE)


def test_each_picture_has_a_connection_of_its_own(host: PictureHost):
    with closing(Fetcher(own=None, engine="x", verify=believing(), resolve=to(HERE), allowed=HERE.__eq__)) as fetcher:
        for _ in range(3):
            fetcher.fetch(host.place(), Attempt(), timeout_s=10)

    assert host.named == [NAME] * 3


@pytest.mark.parametrize(
    "addresses",
    [[], [HERE], [OF_THE_WORLD, "10.0.0.7"], ["10.0.0.7", OF_THE_WORLD], ["::ffff:127.0.0.1"], ["fe80::1%2"]],
)
def test_a_name_that_leads_to_any_address_that_is_not_the_worlds_is_not_followed(
    host: PictureHost, addresses: list[str]
):
    with pytest.raises(PermanentError, match="public internet") as raised:
        fetch(host.place(), resolve=to(*addresses), allowed=is_public)

    assert raised.value.code == "unsafe_url"
    assert host.named == []


def test_the_systems_resolver_is_asked_about_numbers_however_they_are_written(host: PictureHost):
    with closing(Fetcher(own=None, engine="x")) as fetcher:
        for written in (HERE, "127.1", "0x7f000001", "2130706433", "localhost"):
            with pytest.raises(PermanentError, match="public internet"):
                fetcher.fetch(host.place(written), Attempt(), timeout_s=10)

    assert host.named == []


def test_a_redirect_is_not_followed(host: PictureHost):
    host.plan(PICTURE, answer(302, "text/plain", b"", location="https://169.254.169.254/latest/meta-data/"))

    with pytest.raises(PermanentError, match="leads elsewhere"):
        fetch(host.place())


def test_a_name_that_nobody_knows_now_is_no_fault_of_the_jobs():
    def unknown(_host: str, _port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    with pytest.raises(EngineUnavailableError):
        fetch(f"https://{NAME}/1.png", resolve=unknown)
