"""What the frontier remembers of lists (feeds, sitemaps, front pages) and of hosts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tasks.crawl.frontier import Frontier
from tasks.crawl.gates import Manners


@dataclass(frozen=True, slots=True)
class ListState:
    """What a list said when it was last read, for asking whether it has changed, and when it is asked again.

    ``children`` are the sitemaps of an index.  ``digest`` is that of the payload last kept whole, at ``kept_at``.  ``pause``
    is the time between two visits in seconds, 0 while nothing is known; ``failures`` counts those in a row.
    """

    etag: str | None = None
    modified: str | None = None
    children: tuple[str, ...] = ()
    digest: str | None = None
    kept_at: float = 0.0
    pause: float = 0.0
    due_at: float = 0.0
    entries: int = 0
    failures: int = 0
    checked_at: float = 0.0
    status: str = ""


_COLUMNS = "etag, modified, children, digest, kept_at, pause, due_at, entries, failures, checked_at, status"


def load_list(frontier: Frontier, url: str) -> ListState:
    """What is known of a list; an empty state when it was never read."""
    row = frontier.connection.execute(f"select {_COLUMNS} from feeds where url = ?", (url,)).fetchone()
    return _state(row) if row else ListState()


def load_lists(frontier: Frontier, source: str) -> dict[str, ListState]:
    """Every list of *source* that was ever asked for, by address."""
    rows = frontier.connection.execute(
        f"select url, {_COLUMNS} from feeds where source = ? order by url", (source,)
    )
    return {row[0]: _state(row[1:]) for row in rows}


def _state(row: tuple[object, ...]) -> ListState:
    plain = dict(zip(_COLUMNS.split(", "), row, strict=True))
    plain["children"] = tuple(str(plain["children"]).split())
    return ListState(
        **{name: value for name, value in plain.items() if value is not None}  # type: ignore[arg-type]
    )


def save_list(frontier: Frontier, url: str, source: str, state: ListState) -> None:
    """Keep what a list said; called after its URLs were entered."""
    with frontier.connection:
        frontier.connection.execute(
            f"insert or replace into feeds (url, source, {_COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                url, source, state.etag, state.modified, " ".join(state.children), state.digest, state.kept_at,
                state.pause, state.due_at, state.entries, state.failures, state.checked_at, state.status,
            ),
        )  # fmt: skip


def load_hosts(frontier: Frontier, now: float) -> dict[str, Manners]:
    """How hosts wanted to be treated when they were last asked."""
    rows = frontier.connection.execute("select host, paused_until, wanted, penalty, latency from hosts")
    return {host: Manners(max(0.0, until - now), *rest) for host, until, *rest in rows}


def save_hosts(frontier: Frontier, hosts: Mapping[str, Manners], now: float) -> None:
    """Keep how hosts want to be treated, so that the next run begins where this one ended."""
    rows: Iterable[tuple[str, float, float, float, float]] = [
        (host, now + one.pause if one.pause else 0.0, one.wanted, one.penalty, one.latency)
        for host, one in hosts.items()
    ]
    with frontier.connection:
        frontier.connection.executemany("insert or replace into hosts values (?, ?, ?, ?, ?)", rows)
