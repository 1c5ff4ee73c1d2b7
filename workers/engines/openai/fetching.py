"""Fetching a picture from where a server says that it lies.

Whoever answers could name any address, also one that only this machine can reach (server-side request forgery:
https://cheatsheetseries.owasp.org/cheatsheets/Server_Side_Request_Forgery_Prevention_Cheat_Sheet.html). So it is https
alone, to a host all of whose addresses are public; the connection is made to the address that was looked at, so that
a name can't be another's a moment later; redirects are not followed; no proxy, cookie or key goes with it.
"""

from __future__ import annotations

import socket
from contextlib import closing, suppress
from ipaddress import IPv4Address, IPv6Network, ip_address
from typing import TYPE_CHECKING

import httpx2

from schemas.errors import EngineUnavailableError, PermanentError
from workers.engines.calling import patiently
from workers.engines.drawing.answers import ENDING_S, clock_for, gathered, seen
from workers.engines.pictures.refusals import MAX_BYTES

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from workers.engines.ports import Call

_CONNECT_TIMEOUT_S = 3.0
#: The picture is there and paid for: worth some patience.
_PATIENCE_S = 20.0
#: What hosts say of an address whose time is over, S3 and Azure 403.
_GONE = frozenset({httpx2.codes.FORBIDDEN, httpx2.codes.NOT_FOUND, httpx2.codes.GONE})
_HTTPS, _LAST_PORT = 443, 65_535
#: What IPv6 routes to the world, and what of it leads to addresses of IPv4: 6to4 and Teredo.
_PUBLIC_V6, _WITHIN_V6 = IPv6Network("2000::/3"), (IPv6Network("2002::/16"), IPv6Network("2001::/32"))


def addresses_of(host: str, port: int) -> list[str]:
    """Ask the system's resolver for a host's addresses, in the order in which to try them.

    Raises:
        OSError: it has none, or nobody knows now.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def is_public(address: str) -> bool:
    """Say whether an address is one of the world's, and not of this machine, its network, its cloud or a group."""
    found = ip_address(address)
    if not found.is_global or found.is_multicast:
        return False
    return isinstance(found, IPv4Address) or (
        found in _PUBLIC_V6 and not any(found in network for network in _WITHIN_V6)
    )


class PictureGoneError(EngineUnavailableError):
    """There is no picture at an address, or nobody may see it any more."""


class Fetcher:
    """Fetches pictures; safe to use from several threads."""

    def __init__(
        self,
        *,
        own: str | None,
        engine: str,
        verify: ssl.SSLContext | bool = True,
        resolve: Callable[[str, int], list[str]] = addresses_of,
        allowed: Callable[[str], bool] = is_public,
    ) -> None:
        """Prepare.

        Args:
            own: a URL at whose scheme, host and port pictures may lie, wherever that is; None where there is none.
            engine: its name, for errors.
            verify: whose certificates are believed.
            resolve: finds a host's addresses.
            allowed: whether to go to an address.
        """
        self._own = None if own is None else _origin(httpx2.URL(own))
        self._engine = engine
        self._resolve = resolve
        self._allowed = allowed
        # A connection is never used for two hosts, as its certificate was checked for one.
        limits = httpx2.Limits(max_keepalive_connections=0)
        headers = {"Accept": "image/*", "Accept-Encoding": "identity"}
        self._client = httpx2.Client(verify=verify, trust_env=False, headers=headers, limits=limits)

    def fetch(self, url: str, call: Call, *, timeout_s: float) -> bytes:
        """Fetch a picture; again, where that fails.

        Raises:
            PermanentError: `unsafe_url`, `picture_too_large`.
            EngineUnavailableError: it can't be fetched, or took too long; `PictureGoneError` where there is none.
            TransientError: `unreadable_answer`: what lies there is no picture.
        """

        def once() -> bytes:
            return self._fetched(url, call, timeout_s)

        deadline_s = call.remaining_s - ENDING_S
        data = patiently(once, deadline_s=deadline_s, within_s=_PATIENCE_S, costs_nothing_twice=True)
        return seen(data, engine=self._engine)

    def close(self) -> None:
        """Let go of connections."""
        self._client.close()

    def _fetched(self, text: str, call: Call, timeout_s: float) -> bytes:
        try:
            url = httpx2.URL(text)
            if self._own is not None and _origin(url) == self._own:
                return self._get(self._client.build_request("GET", url), call, timeout_s)
            return self._from_world(url, call, timeout_s)
        except (httpx2.InvalidURL, UnicodeError) as error:
            raise self._unsafe("is none") from error
        except (httpx2.TransportError, OSError) as error:
            raise EngineUnavailableError("The vendor's picture can't be fetched.", engine=self._engine) from error

    def _from_world(self, url: httpx2.URL, call: Call, timeout_s: float) -> bytes:
        port = _HTTPS if url.port is None else url.port
        if url.scheme != "https" or url.userinfo or not url.host or not 0 < port <= _LAST_PORT:
            raise self._unsafe("is no plain https address")
        host = url.raw_host.decode("ascii")
        addresses = self._resolve(host, port)
        if not addresses or not all(map(self._allowed, addresses)):
            raise self._unsafe("is not on the public internet")
        for address in addresses[:-1]:
            with suppress(httpx2.ConnectError, httpx2.ConnectTimeout):
                return self._get(self._pinned(url, host, address), call, timeout_s)
        return self._get(self._pinned(url, host, addresses[-1]), call, timeout_s)

    def _pinned(self, url: httpx2.URL, host: str, address: str) -> httpx2.Request:
        """Return a request to the address that was looked at, and no other; the certificate must be the name's."""
        request = self._client.build_request("GET", url.copy_with(host=address), extensions={"sni_hostname": host})
        request.headers["Host"] = url.netloc.decode("ascii")
        return request

    def _get(self, request: httpx2.Request, call: Call, timeout_s: float) -> bytes:
        clock = clock_for(call, timeout_s, engine=self._engine)
        request.extensions["timeout"] = httpx2.Timeout(clock.remaining_s(), connect=_CONNECT_TIMEOUT_S).as_dict()
        with closing(self._client.send(request, stream=True)) as response:
            if response.has_redirect_location:
                raise self._unsafe("leads elsewhere")
            if response.status_code != httpx2.codes.OK:
                sentence = f"The vendor's picture can't be fetched ({response.status_code})."
                error = PictureGoneError if response.status_code in _GONE else EngineUnavailableError
                raise error(sentence, engine=self._engine)
            parts = response.iter_raw()
            return gathered(parts, clock, call, at_most=MAX_BYTES, engine=self._engine)

    def _unsafe(self, why: str) -> PermanentError:
        sentence = f"The server's address of the picture {why}: this worker does not go there."
        return PermanentError("unsafe_url", sentence, engine=self._engine)


def _origin(url: httpx2.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port or {"http": 80, "https": _HTTPS}.get(url.scheme)
