"""Which addresses may be reached: none that is private, unless its host was allowed by name.

The check is made three times, because a name can say one thing when asked and another when used (DNS rebinding): on the
URL, on the answers of the resolver, and on the address of every socket before it is opened.  The last one is decisive:
what is checked there is what is connected to.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

Lookup = Callable[[str, int, socket.AddressFamily], Awaitable[list[ResolveResult]]]
"""Asks the system for the addresses of (host, port, family)."""

_EMBEDDING = (IPv6Network("64:ff9b::/96"), IPv6Network("::/96"), IPv6Network("::ffff:0:0:0/96"))
"""Networks whose last four bytes are an IPv4 address: NAT64 (RFC 6052), compatible (RFC 4291), translated (RFC 2765)."""
_REFUSED_6 = tuple(
    IPv6Network(net) for net in ("2002::/16", "2001::/32", "64:ff9b:1::/48", "fec0::/10", "3fff::/20")
)
"""6to4, Teredo, local NAT64, site-local and documentation: ways to private networks, or to nobody."""
_REFUSED_4 = tuple(IPv4Network(net) for net in ("192.0.0.0/24", "192.88.99.0/24", "100.64.0.0/10"))
"""Protocol assignments, 6to4 relays and shared addresses, which not every Python counts as private."""


class BlockedError(OSError):
    """An address that must not be reached, or a URL that is no address of the web."""


@lru_cache(maxsize=4096)
def is_public(address: str) -> bool:
    """Whether *address* (IPv4 or IPv6, as text, with or without a zone) is one of the public internet.

    False for private, loopback, link-local, multicast, shared (CGNAT), reserved and unspecified addresses, for IPv6 that
    carries such an IPv4 address inside, and for what is no address at all.
    """
    try:
        ip: IPv4Address | IPv6Address = ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        elif ip.scope_id or any(ip in net for net in _REFUSED_6):
            return False
        elif int(ip) > 1 and any(ip in net for net in _EMBEDDING):
            ip = IPv4Address(int(ip) & 0xFFFFFFFF)
    if isinstance(ip, IPv4Address) and any(ip in net for net in _REFUSED_4):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_link_local or ip.is_unspecified)


def bare_address(host: str) -> str | None:
    """*host* as an IP address in its plain form, without brackets and zone; None when it is a name."""
    try:
        return str(ip_address(host.strip("[]").partition("%")[0]))
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Guard:
    """Which hosts may be reached although they are private: ``host`` or ``host:port``, lower case.

    ``granted`` fills with the private addresses that allowed hosts were resolved to: (address, port).
    """

    allow: Collection[str] = ()
    granted: set[tuple[str, int]] = field(default_factory=set)

    def allows(self, host: str, port: int) -> bool:
        """Whether the host was allowed by name, on every port or on this one."""
        name = host.strip("[]").lower().rstrip(".")
        return name in self.allow or f"{name}:{port}" in self.allow

    def check_url(self, url: URL) -> None:
        """Raise BlockedError unless *url* is http(s), without a password, and does not spell a private address out."""
        if url.scheme not in ("http", "https") or not url.raw_host or not url.port:
            raise BlockedError(f"not an address of the web: {str(url)[:200]}")
        if url.raw_user or url.raw_password:
            raise BlockedError("the address holds a name or password")
        address = bare_address(url.raw_host)
        if address is None:
            return
        if self.allows(url.raw_host, url.port):
            self.granted.add((address, url.port))
        elif not is_public(address):
            raise BlockedError(f"{address} is not a public address")

    def open_socket(self, info: tuple[Any, Any, Any, Any, Any]) -> socket.socket:
        """A socket for the address *info* (as of ``getaddrinfo``); BlockedError when it must not be reached."""
        family, kind, protocol, _, where = info
        address = bare_address(str(where[0]))
        if address is None or not (is_public(str(where[0])) or (address, where[1]) in self.granted):
            raise BlockedError(f"{where[0]} is not a public address")
        return socket.socket(family, kind, protocol)


async def system_lookup(host: str, port: int, family: socket.AddressFamily) -> list[ResolveResult]:
    """The addresses the system knows for *host*."""
    loop = asyncio.get_running_loop()
    infos = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, family=family)
    return [
        ResolveResult(
            hostname=host,
            host=str(where[0]),
            port=port,
            family=of,
            proto=protocol,
            flags=socket.AI_NUMERICHOST,
        )
        for of, _, protocol, _, where in infos
    ]


class GuardedResolver(AbstractResolver):
    """Gives aiohttp only addresses that may be reached."""

    def __init__(self, guard: Guard, lookup: Lookup = system_lookup) -> None:
        """Check against *guard* what *lookup* answers."""
        self._guard, self._lookup = guard, lookup

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The reachable addresses of *host*.  BlockedError (an OSError, as aiohttp expects) when there is none."""
        found = await self._lookup(host, port, family)
        if self._guard.allows(host, port):
            self._guard.granted.update((bare_address(one["host"]) or "", port) for one in found)
            return found
        public = [one for one in found if is_public(one["host"])]
        if not public:
            raise BlockedError(f"{host} has no public address")
        return public

    async def close(self) -> None:
        """Nothing to close."""
