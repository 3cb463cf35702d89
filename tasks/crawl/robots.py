"""robots.txt as RFC 9309 wants it: what may be fetched, how fast, and what silence of the server means."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from protego import Protego
from yarl import URL

TOKEN = "columninch"
"""The name by which robots.txt may address the crawler."""
BYTES = 512_000
"""Bytes of a robots.txt that are read: 500 KiB, the least the standard allows."""
LONGEST_DELAY = 3600.0
_LINE = re.compile(r"\s*(user-agent|allow|disallow)(?:\s*:|\s)\s*(.*)", re.IGNORECASE)
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
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    parsed = Protego.parse("\n".join(_standard_lines(lines, token)))
    more = Protego.parse("\n".join(lines))
    delay = more.crawl_delay(token)
    return Rules(
        lambda url: is_robots(url) or bool(parsed.can_fetch(url, token)),
        min(float(delay), LONGEST_DELAY) if delay and delay > 0 else None,
        tuple(more.sitemaps),
    )


def _standard_lines(lines: Iterable[str], token: str) -> Iterator[str]:
    """The lines that decide who may fetch what, so that Protego reads groups and names as the standard does.

    Other lines do not part groups (2.2.4), and a group is for us when its product token equals ours (2.2.1): Protego takes
    ``column`` for the beginning of our name, and does not see our name in ``columninch/1.0``.
    """
    for line in lines:
        found = _LINE.match(line)
        if found is None:
            continue
        kind, value = found[1].lower(), found[2]
        if kind == "user-agent":
            name = _TOKEN.match(value)
            is_ours = name is not None and name[0].lower() == token
            value = token if is_ours else "*" if value.split("#")[0].strip() == "*" else "-"
        yield f"{kind}: {value}"


def is_robots(url: str) -> bool:
    """Whether the URL is that of a robots.txt itself, which is always allowed (RFC 9309, 2.2.2)."""
    return URL(url).raw_path == "/robots.txt"


def robots_url(url: URL) -> URL:
    """Where the robots.txt for *url* is: at its scheme, host and port."""
    return url.with_path("/robots.txt").with_query(None).with_fragment(None)
