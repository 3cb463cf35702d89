"""A named query on a live page: its rows as a table, a chart where it is a trend, and how to ask it elsewhere."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

from tasks.analyse.export import format_cell
from tasks.analyse.lake import LakeReader
from tasks.analyse.queries import Parameter, Query, find_query
from tasks.analyse.views import quote
from tasks.report import charts, words
from tasks.report.pages import web_address

SHOWN = 500
"""Rows in the table; a download has all of them."""
MOST_POINTS = 800
"""Buckets of a chart."""
QUESTIONS: Mapping[str, tuple[str, ...]] = {
    "actor": (
        "actor_trend", "mix_adjusted_trend", "tone_trend", "bursts", "co_mentions", "actor_topics", "quote_share", "pickup", "lead_lag", "samples",
    ),
    "topic": ("topic_share", "topic_actors", "samples"),
}  # fmt: skip
"""Queries that a subject's page offers."""
_TREND = ("bucket_on", "share", "share_low", "share_high", "is_gap")


def questions(kind: str, subject_id: str, given: Sequence[tuple[str, Any]]) -> list[dict[str, str]]:
    """The queries about a subject with their addresses, under the reader's filter as far as they take it."""
    found = []
    for name in QUESTIONS[kind]:
        query = find_query(name)
        takes = {parameter.name for parameter in query.parameters}
        pairs = [(kind, subject_id), *((key, value) for key, value in given if key in takes)]
        plain = [(key, ",".join(value) if isinstance(value, tuple) else str(value)) for key, value in pairs]
        found.append({"name": name, "purpose": query.purpose, "suffix": "?" + urlencode(plain)})
    return found


def answer_table(reader: LakeReader, query: Query, parameters: Mapping[str, str]) -> dict[str, Any]:
    """The first :data:`SHOWN` rows as text, which columns are numbers, whether there are more, and a chart for a single trend.

    Raises ConfigError for parameters that do not fit.
    """
    relation = reader.query(query.name, **parameters)
    columns = list(relation.columns)
    rows = relation.limit(max(SHOWN, MOST_POINTS) + 1).fetchall()
    about = dict(query.columns)
    return {
        "columns": [
            {"name": name, "about": about.get(name, ""), "is_number": any(_is_number(row[i]) for row in rows)}
            for i, name in enumerate(columns)
        ],
        "rows": [[_cell(value) for value in row] for row in rows[:SHOWN]],
        "is_cut": len(rows) > SHOWN,
        "chart": trend_of(query.name, columns, rows),
    }


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _cell(value: object) -> dict[str, str]:
    """A value as text, with its address when it is one."""
    return {"text": format_cell(value), "url": web_address(value) if isinstance(value, str) else ""}


def trend_of(name: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> dict[str, Any] | None:
    """The chart of rows that are one trend of shares; null for any others."""
    if not set(_TREND) <= set(columns) or not 1 < len(rows) <= MOST_POINTS:
        return None
    points = [dict(zip(columns, row, strict=True)) for row in rows]
    days = [point["bucket_on"] for point in points]
    if days != sorted(set(days)):
        return None
    bucket = bucket_of(days)
    values = [
        {
            "start": point["bucket_on"].isoformat(),
            "share": point["share"],
            "low": point["share_low"],
            "high": point["share_high"],
            "adjusted": point.get("adjusted_share"),
            "gap": bool(point["is_gap"]),
            "when": words.bucket_text(point["bucket_on"], bucket),
            "hint": words.percent_text(point["share"]) + (" – gap in the crawl" if point["is_gap"] else ""),
        }
        for point in points
    ]
    return charts.trend_chart(
        values, f"{name}: share over time, with its 95% interval; the table has the numbers", bucket=bucket
    )


def bucket_of(days: Sequence[date]) -> str:
    """The step between days in order."""
    least = min(b - a for a, b in pairwise(days))
    return "day" if least < timedelta(days=7) else "week" if least < timedelta(days=28) else "month"


def calls(query: Query, parameters: Mapping[str, str]) -> tuple[str, str, str]:
    """The same question for the command line, for Python and for a DuckDB shell."""
    given = [(p, parameters[p.name]) for p in query.parameters if p.name in parameters]
    options = "".join(f" --{p.name}={shlex.quote(value)}" for p, value in given)
    python = ", ".join(f"{p.name}={_literal(p, value)!r}" for p, value in given)
    sql = [
        (f"{p.name} := " if not p.is_required else "") + _sql_text(_literal(p, value)) for p, value in given
    ]
    return (
        f"columninch query {query.name}{options}",
        f"connect(lake).{query.name}({python})",
        f"FROM {query.name}({', '.join(sql)});",
    )


def _literal(parameter: Parameter, value: str) -> int | str | list[str]:
    """A value of an address as Python has it."""
    if parameter.type == "INTEGER" and value.isdecimal():
        return int(value)
    return [part.strip() for part in value.split(",")] if parameter.type.endswith("[]") else value


def _sql_text(value: int | str | list[str]) -> str:
    """A value as SQL."""
    if isinstance(value, list):
        return f"[{', '.join(map(quote, value))}]"
    return quote(value) if isinstance(value, str) else str(value)
