"""Which rule of a robots.txt decides about a URL: the longest that matches, allow before disallow (RFC 9309, 2.2.2).

Protego weighs a rule by its length after ``?`` has become ``%3F``, so that a rule with a query wins too often.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from urllib.parse import quote

_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_SAFE = "/?:@!&'()+,;=~#[]%$*"
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

Matcher = tuple[int, bool, Callable[[str], bool]]
"""Octets of the rule, whether it allows, and whether it matches a path."""


def make_decider(rules: Iterable[tuple[bool, str]]) -> Callable[[str], bool]:
    """Whether a path with its query may be fetched under *rules* (allow, pattern); empty patterns say nothing."""
    prefixes: dict[str, bool] = {}
    others: list[Matcher] = []
    for allow, pattern in rules:
        normal = normalise(pattern)
        if not normal:
            continue
        if "*" in normal or "$" in normal:
            others.append((len(normal), allow, _globber(normal)))
        else:
            prefixes[normal] = prefixes.get(normal, False) or allow
    others.sort(key=lambda one: one[:2], reverse=True)
    longest = max(map(len, prefixes), default=0)

    def decide(path: str) -> bool:
        """Whether the longest rule that matches *path* allows it."""
        literal = normalise(path).replace("*", "%2A").replace("$", "%24")
        plain = next((at for at in range(min(longest, len(literal)), 0, -1) if literal[:at] in prefixes), 0)
        best = (plain, prefixes[literal[:plain]] if plain else True)
        for length, allow, matches in others:
            if (length, allow) <= best:
                break
            if matches(literal):
                return allow
        return best[1]

    return decide


def normalise(path: str) -> str:
    """A path or pattern in one form of percent-encoding: escapes in capitals, none where none is needed."""
    if not path.isascii() or " " in path or any(char in path for char in '"<>\\^`{|}'):
        path = quote(path, safe=_SAFE)
    return _ESCAPE.sub(_shortest, path) if "%" in path else path


def _shortest(match: re.Match[str]) -> str:
    char = chr(int(match[1], 16))
    return char if char in _UNRESERVED else match[0].upper()


def _globber(pattern: str) -> Callable[[str], bool]:
    """Whether a path matches a pattern with ``*`` (anything) and a closing ``$`` (the end): by searching, never by backtracking."""
    is_whole = pattern.endswith("$")
    first, *parts = pattern.removesuffix("$").replace("$", "%24").split("*")

    def matches(path: str) -> bool:
        """Whether *path* has the parts of the pattern in their order."""
        if not path.startswith(first):
            return False
        at, middle = len(first), parts
        if is_whole:
            if not parts:
                return len(path) == at
            *middle, last = parts
            if not path.endswith(last):
                return False
            path = path[: len(path) - len(last)]
            if len(path) < at:
                return False
        for part in middle:
            found = path.find(part, at)
            if found < 0:
                return False
            at = found + len(part)
        return True

    return matches
