"""Ports of this machine: the wanted one, or a free one where that is in use."""

from __future__ import annotations

import errno
import ipaddress
import socket

_CONNECT_TIMEOUT_S = 0.5
_IPV6 = 6


def choose(host: str, wanted: int) -> int:
    """Return the wanted port if it is free on the host's address, else any free one; 0 wants any."""
    if wanted and not _serves(host, wanted):
        port = _bind(host, wanted)
        if port is not None:
            return port
    free = _bind(host, 0)
    if free is None:
        raise OSError(errno.EADDRNOTAVAIL, f"no free port on {host}")
    return free


def reachable(host: str) -> str:
    """Return where this machine reaches a server that listens on the host; on all addresses is on this one too."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.is_unspecified:
        return "127.0.0.1"
    return f"[{host}]" if address.version == _IPV6 else host


def _serves(host: str, port: int) -> bool:
    # Some systems let two sockets bind a port, one on the address and one on all addresses.
    with socket.socket(_family(host)) as probe:
        probe.settimeout(_CONNECT_TIMEOUT_S)
        return probe.connect_ex((host, port)) == 0


def _bind(host: str, port: int) -> int | None:
    """Return the port that could be bound; it is free again at once."""
    with socket.socket(_family(host)) as probe:
        # As servers do: else the remains of closed connections would count as use.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno in {errno.EADDRINUSE, errno.EACCES}:
                return None
            raise
        return int(probe.getsockname()[1])


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
