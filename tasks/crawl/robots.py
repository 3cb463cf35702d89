"""robots.txt as RFC 9309 wants it: what may be fetched, how fast, and what silence of the server means."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from protego import Protego
from yarl import URL

from tasks.crawl.rules import make_decider

TOKEN = "columninch"
"""The name by which robots.txt may address the crawler."""
BYTES = 512_000
"""Bytes of a robots.txt that are read: 500 KiB, the least the standard allows."""
LONGEST_DELAY = 3600.0
_LINE = re.compile(r"\s*(user-agent|allow|disallow)(?:\s*:|\s)\s*(.*)", re.IGNORECASE)
_AUTHORITY = re.compile(r"[A-Za-z]+://[^/?#]*")
_TOKEN = re.compile(r"[A-Za-z_-]+")


@dataclass(frozen=True, slots=True)
class Rules:
    """What one host's robots.txt says: whether a URL may be fetched, seconds between two requests, and sitemaps it names.

    ``is_known`` is false while the host does not say.
    """

    allows: Callable[[str], bool]
    delay: float | None = None
    sitemaps: tuple[str, ...] = ()
    is_known: bool = True


ALLOW_ALL = Rules(lambda _: True)
UNREACHABLE = Rules(lambda _: False, is_known=False)
"""Nothing may be fetched for now; another day the host may say what may."""

BLOCKED = Rules(lambda _: False, is_known=False)
"""Nothing may be fetched: the host is on a private address."""


def read_robots(status: int | None, body: bytes, token: str = TOKEN) -> Rules:
    """The rules that a robots.txt answered with *status* (after redirects) and *body* makes; null when nobody answered.

    RFC 9309, 2.3.1: a missing file (400-499) allows everything, an unreachable one (500-599, no answer) nothing.  A host
    that answers 429 is overloaded rather than without rules, so that it counts as unreachable, as Google's crawler has it.
    """
    if status is None or status == 429 or status >= 500:
        return UNREACHABLE
    if 400 <= status < 500:
        return ALLOW_ALL
    return parse_robots(body, token) if 200 <= status < 300 else ALLOW_ALL


def parse_robots(body: bytes, token: str = TOKEN) -> Rules:
    """The rules in the text of a robots.txt.  Any bytes are a robots.txt: what cannot be read says nothing."""
    text = body[:BYTES].decode("utf-8", "replace").removeprefix("\ufeff").replace("\x00", "")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    decide = make_decider(rules_for(text.split("\n"), token))
    more = Protego.parse(text)
    delay = more.crawl_delay(token)

    def allows(url: str) -> bool:
        """Whether the rules let us ask for *url*."""
        path = _AUTHORITY.sub("", url, count=1).partition("#")[0]
        path = path if path.startswith("/") else f"/{path}"
        return path == "/robots.txt" or decide(path)  # RFC 9309, 2.2.2

    return Rules(
        allows, min(float(delay), LONGEST_DELAY) if delay and delay > 0 else None, tuple(more.sitemaps)
    )


def rules_for(lines: Iterable[str], token: str) -> list[tuple[bool, str]]:
    """(allow, pattern) of every group for *token*, else of every group for everyone (RFC 9309, 2.2.1).

    Lines that are neither agent nor rule do not part groups (2.2.4).  A product token is compared whole: neither ``column``
    nor ``columninchbot`` is us, ``columninch/1.0`` is.
    """
    ours: list[tuple[bool, str]] = []
    all_others: list[tuple[bool, str]] = []
    is_named = is_ours = is_all = in_rules = False
    for line in lines:
        found = _LINE.match(line.partition("#")[0])
        if found is None:
            continue
        kind, value = found[1].lower(), found[2].strip()
        if kind == "user-agent":
            if in_rules:
                is_ours = is_all = in_rules = False
            name = _TOKEN.match(value)
            is_ours |= name is not None and name[0].lower() == token
            is_all |= value == "*"
            is_named |= is_ours
            continue
        in_rules = True
        for group in [ours] * is_ours + [all_others] * is_all:
            group.append((kind == "allow", value))
    return ours if is_named else all_others


def robots_url(url: URL) -> URL:
    """Where the robots.txt for *url* is: at its scheme, host and port."""
    return url.with_path("/robots.txt").with_query(None).with_fragment(None)
