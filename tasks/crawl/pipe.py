"""What the process that crawls and its parent say to each other, as JSON can say it, and back again.

JSON's escapes carry every character that a server sent, lone surrogates included.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from traceback import format_exception
from typing import Any

from tasks.crawl.dated import Dated
from tasks.crawl.frontier import Kept
from tasks.crawl.made import Failure
from tasks.crawl.run import Crawled
from tasks.errors import ConfigError, CorpusError, UnitError

SELF = 0
"""The number under which the process speaks of itself: that it is ready, or why it ended."""
LAST_SECONDS = 30
"""How long it may take to close its archives; then the kernel ends it, and the next crawl finishes them."""
STOPPED = "the crawl was stopped; the same command goes on where it was"
_ERRORS = {kind.__name__: kind for kind in (ConfigError, UnitError, CorpusError)}

Plain = dict[str, Any]
"""What JSON can say."""


def plain_error(error: BaseException) -> Plain:
    """An error for JSON; one that is not the project's own keeps its kind and where it happened."""
    if type(error).__name__ in _ERRORS and isinstance(error, CorpusError):
        return {"error": type(error).__name__, "message": str(error)}
    where = "".join(format_exception(error))
    return {
        "error": "CorpusError",
        "message": f"the crawl failed: {type(error).__name__}: {error}",
        "where": where,
    }


def error_from(answer: Plain) -> CorpusError:
    """The error again; where it happened is a note on it."""
    error = _ERRORS[answer["error"]](answer["message"])
    if "where" in answer:
        error.add_note(answer["where"])
    return error


def crawled_from(plain: Plain) -> Crawled:
    """What a run did, as it was before it became JSON."""
    return Crawled(
        **{
            **plain,
            "archives": tuple(Kept(**one) for one in plain["archives"]),
            "files": tuple(map(Path, plain["files"])),
            "failures": tuple(Failure(**one) for one in plain["failures"]),
        }
    )


def plain_dated(found: Dated) -> Plain:
    """What sitemaps list, for JSON."""
    return {
        "pages": {day.isoformat(): sorted(keys) for day, keys in found.pages.items()},
        "status": found.status, "undated": found.undated, "others": dict(found.others), "is_entered": found.is_entered,
    }  # fmt: skip


def dated_from(plain: Plain) -> Dated:
    """What sitemaps list, as it was before it became JSON."""
    pages = {date.fromisoformat(day): set(keys) for day, keys in plain["pages"].items()}
    return Dated(**{**plain, "pages": pages, "others": Counter(plain["others"])})
