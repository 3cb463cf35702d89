"""robots.txt as RFC 9309 wants it: what may be fetched, how fast, and what silence of the server means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from protego import Protego
from yarl import URL

TOKEN = "columninch"
"""The name by which robots.txt may address the crawler."""
BYTES = 512_000
"""Bytes of a robots.txt that are read: 500 KiB, the least the standard allows."""
LONGEST_DELAY = 3600.0


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
    text = body[:BYTES].decode("utf-8", "replace").removeprefix("\ufeff")
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    parsed = Protego.parse(text)
    delay = parsed.crawl_delay(token)
    return Rules(
        lambda url: is_robots(url) or bool(parsed.can_fetch(url, token)),
        min(float(delay), LONGEST_DELAY) if delay and delay > 0 else None,
        tuple(parsed.sitemaps),
    )


def is_robots(url: str) -> bool:
    """Whether the URL is that of a robots.txt itself, which is always allowed (RFC 9309, 2.2.2)."""
    return URL(url).raw_path == "/robots.txt"


def robots_url(url: URL) -> URL:
    """Where the robots.txt for *url* is: at its scheme, host and port."""
    return url.with_path("/robots.txt").with_query(None).with_fragment(None)
