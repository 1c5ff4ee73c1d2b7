"""The engines of the kinds: whether they can be made, their secrets are there, and their vendors answer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ops.doctor.finding import Finding
from schemas.kinds import with_roles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ops.doctor.patient import Patient

_TIMEOUT_S = 5.0
_AT_ONCE = 8
#: What a proxy answers for a server that it does not reach.
_DEAD = frozenset({HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT})
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def check(patient: Patient) -> Iterator[Finding]:
    """Look at the engine of each kind, and of each role that its handler needs one for.

    A vendor is asked for whatever it answers: nothing is bought, as nobody signs in.
    """
    sound = []
    for kind in sorted(with_roles(patient.kinds)):
        if fault := patient.engines.fault(kind):
            yield _unfit(kind, fault.reason, is_secret=fault.is_secret)
        else:
            sound.append(kind)
    by_url = {url: kind for kind in sound for url in patient.engines.addresses(kind)}
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        for (url, kind), why in zip(by_url.items(), threads.map(_silence, by_url), strict=True):
            if why:
                yield _dead(kind, url, why)


def _unfit(kind: str, reason: str, *, is_secret: bool) -> Finding:
    reason = reason.rstrip(".")  # some are sentences
    if is_secret:
        remedy = "Put the secret where the reference points, or look whether this role may read it."
        return Finding(code="unresolvable_secret", subject=kind, detail=f"{reason}.", remedy=remedy)
    remedy = "Look at SAYLINE_ENGINES, SAYLINE_ENGINE_OPTIONS, and which extras are installed."
    return Finding(code="engine_unfit", subject=kind, detail=f"{reason}.", remedy=remedy)


def _dead(kind: str, url: str, why: str) -> Finding:
    return Finding(
        code="dead_engine",
        subject=f"{kind}: {_named(url)}",
        detail=f"Nothing answers there: {why}.",
        remedy="Look at the vendor's status page, at the URL in SAYLINE_ENGINE_OPTIONS, and at proxies and firewalls.",
    )


def _named(url: str) -> str:
    """Return a URL without what may be secret in it: a user's name and password, the query and the fragment."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()


def _silence(url: str) -> str | None:
    """Return why nothing answers at a URL; any answer of its server's own will do, as nobody has signed in."""
    import httpx2  # noqa: PLC0415 - workers, which do not look at engines, load the rest of the doctor

    beyond = urlsplit(url).hostname not in _LOOPBACK  # a proxy of the environment can't reach this machine's own
    try:
        with httpx2.Client(timeout=_TIMEOUT_S, trust_env=beyond) as http:
            status = http.get(url).status_code
    except (httpx2.TransportError, httpx2.InvalidURL) as error:
        return type(error).__name__
    return f"HTTP {status}" if status in _DEAD else None
