"""What a list says, without what belongs to other outlets and what would have no end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from tasks.config import Source
from tasks.crawl.traps import Shapes, trap_of
from tasks.urls import bare_host, canonical_url


@dataclass(frozen=True, slots=True)
class Entries:
    """What one list says: (address, date of change) pairs, a note, how many entries it had, the sitemaps it leads to."""

    found: Collection[tuple[str, str | None]] = ()
    note: str = ""
    total: int | None = None
    children: tuple[str, ...] = ()
    pages: list[tuple[str, str, str | None]] = field(default_factory=list)
    others: int = 0
    trapped: Mapping[str, int] = field(default_factory=dict)

    @property
    def listed(self) -> int:
        """Entries of the list, whatever became of them."""
        return len(self.found) if self.total is None else self.total

    @property
    def status(self) -> str:
        """A line for people; ``entries`` stands in it whenever the list could be read."""
        left = [f"{count} left out ({reason})" for reason, count in self.trapped.items()]
        others = [f"{self.others} of other hosts"] if self.others else []
        return f"{self.listed} entries{self.note}" + "".join(f", {one}" for one in [*others, *left])


def own_entries(source: Source, read: Entries, now: datetime) -> Entries:
    """The same with ``pages``: (key, address, date of change) of what belongs to the outlet and is no trap."""
    hosts = frozenset(bare_host(host) for host in source.hosts)
    shapes, trapped, others = Shapes(), Counter[str](), 0
    pages: list[tuple[str, str, str | None]] = []
    for url, changed in read.found:
        if not is_own(hosts, url):
            others += 1
        elif (reason := trap_of(url, now) or shapes.add(url)) is not None:
            trapped[reason] += 1
        else:
            pages.append((canonical_url(url), url, changed))
    return Entries(read.found, read.note, read.total, read.children, pages, others, dict(trapped))


def is_own(hosts: Collection[str], url: str) -> bool:
    """Whether an address belongs to the outlet of *hosts* (bare), which are any when it has none configured."""
    host = bare_host(urlsplit(url).hostname or "")
    return not hosts or host in hosts or any(host.endswith("." + one) for one in hosts)
