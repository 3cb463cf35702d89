"""Canonical URLs beside today's libraries: pairs that are one article, and pairs that are two.

    python -m benchmarks.urls

A library that takes nothing off keeps every pair apart, so both shares belong together.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tasks.urls import canonical_url

PAIRS = Path(__file__).parents[1] / "tests" / "golden" / "urls" / "pairs.tsv"


def read_pairs(path: Path = PAIRS) -> list[tuple[bool, str, str]]:
    """Whether each pair should merge, and its two addresses."""
    lines = path.read_text("utf-8").splitlines()[1:]
    rows = (line.split("\t") for line in lines)
    return [(what == "merge", json.loads(one), json.loads(other)) for what, one, other in rows]


def systems() -> Iterator[tuple[str, Callable[[str], object]]]:
    """Ours and every library that is installed, each with its strictest setting for this purpose."""
    yield "columninch", canonical_url
    try:
        import courlan

        yield "courlan clean_url", courlan.clean_url
        yield "courlan strict", lambda url: (courlan.check_url(url, strict=True) or (url,))[0]
    except ImportError:
        pass
    try:
        import w3lib.url

        yield "w3lib canonicalize_url", w3lib.url.canonicalize_url
    except ImportError:
        pass
    try:
        import url_normalize

        yield "url-normalize filter_params", lambda url: url_normalize.url_normalize(url, filter_params=True)
        yield "url-normalize", url_normalize.url_normalize
    except ImportError:
        pass


def _form(clean: Callable[[str], object], url: str) -> object:
    """The form that a library gives an address; the address itself where the library fails."""
    try:
        return clean(url) or url
    except (ValueError, UnicodeError, AttributeError, TypeError):
        return url


def main() -> None:
    """One line per system."""
    pairs = read_pairs()
    merge, apart = sum(is_one for is_one, _, _ in pairs), sum(not is_one for is_one, _, _ in pairs)
    ours = 0.0
    for name, clean in systems():
        before = time.process_time()
        hits = [
            (is_one, (_form(clean, one) == _form(clean, other)) == is_one) for is_one, one, other in pairs
        ]
        rate = 2 * len(pairs) / (time.process_time() - before)
        ours = ours or rate
        merged = sum(hit for is_one, hit in hits if is_one)
        kept = sum(hit for is_one, hit in hits if not is_one)
        print(f"{name}: merged {merged} of {merge}, kept apart {kept} of {apart}, speed x {rate / ours:.1f}")


if __name__ == "__main__":
    main()
