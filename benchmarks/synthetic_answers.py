"""The answers of the queries counted again in plain Python, row by row, for tests: slow, and easy to believe."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Filter:
    """What a query may be asked to count."""

    start: date | None = None
    until: date | None = None
    sources: tuple[str, ...] | None = None
    language: str | None = None
    count: str = "groups"

    def parameters(self) -> dict[str, object]:
        """The same as parameters of a query."""
        return {
            "start": self.start,
            "until": self.until,
            "sources": list(self.sources) if self.sources else None,
            "language": self.language,
            "count": self.count,
        }

    def lets_through(self, article: Row) -> bool:
        """Whether an article is to be counted at all."""
        return (
            article["enrich_version"] is not None
            and article["published_on"] is not None
            and (self.start is None or article["published_on"] >= self.start)
            and (self.until is None or article["published_on"] < self.until)
            and (self.sources is None or article["source"] in self.sources)
            and (self.language is None or article["language"] == self.language)
        )


@dataclass(frozen=True, slots=True)
class Marts:
    """All rows of a small lake."""

    articles: list[Row]
    mentions: list[Row]
    coverage: list[Row]
    named: dict[int, set[str]] = field(default_factory=dict)

    def counted(self, wanted: Filter) -> list[Row]:
        """The articles that count: all, or one of each group."""
        passed = [a for a in self.articles if wanted.lets_through(a)]
        if wanted.count == "articles":
            return passed
        if wanted.sources is None:
            return [a for a in passed if a["is_canonical"]]
        first: dict[int, Row] = {}
        for article in sorted(
            passed,
            key=lambda a: (not a["is_canonical"], a["published_on"], a["published_at"], a["article_id"]),
        ):
            first.setdefault(article["group_id"], article)
        return list(first.values())


def read_marts(lake: Path) -> Marts:
    """Every row of the marts below *lake*."""

    def rows(table: str) -> list[Row]:
        files = sorted(lake.glob(f"marts/{table}/month=*/*.parquet"))
        return [row for file in files for row in pq.read_table(file, partitioning=None).to_pylist()]

    marts = Marts(rows("articles"), rows("mentions"), rows("coverage"), defaultdict(set))
    for mention in marts.mentions:
        marts.named[mention["article_id"]].add(mention["actor_id"])
    return marts


def bucket_of(day: date, bucket: str) -> date:
    """First day of the day's bucket; weeks begin on Monday."""
    if bucket == "day":
        return day
    return day - timedelta(days=day.weekday()) if bucket == "week" else day.replace(day=1)


def trend(articles: Iterable[Row], matches: set[int], bucket: str) -> dict[date, tuple[int, int]]:
    """(articles that match, all articles) per bucket."""
    hits: Counter[date] = Counter()
    totals: Counter[date] = Counter()
    for article in articles:
        when = bucket_of(article["published_on"], bucket)
        totals[when] += 1
        hits[when] += article["article_id"] in matches
    return {when: (hits[when], total) for when, total in totals.items()}
