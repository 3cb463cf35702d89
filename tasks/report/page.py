"""Builds the report: one HTML file with its charts and its data inside, which asks nothing of any network.

The templates are Jinja with escaping on, since headlines and addresses come from crawled pages.  A content security policy
in the page forbids every request.  Charts are SVG that :mod:`tasks.report.charts` computes: the page is whole without scripts,
which add choosing, filtering and hovering.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tasks.analyse.queries import list_queries
from tasks.reasons import REASONS
from tasks.report import charts, layout, pages, sections, words
from tasks.report.facts import LISTED, Facts, gather
from tasks.status import LakeStatus, lake_status
from tasks.store import open_lake

if TYPE_CHECKING:
    import jinja2

HERE = Path(__file__).parent
DEFAULT_TITLE = "The news, measured"
CONTENTS = (
    ("rose", "What rose"),
    ("storylines", "Storylines"),
    ("actors", "Actors"),
    ("topics", "Topics"),
    ("leads", "Who leads"),
    ("network", "Network"),
    ("places", "Map"),
    ("coverage", "Coverage"),
    ("count", "The count"),
    ("methods", "Methods"),
)
"""The sections: id and name in the navigation."""
KINDS = ("person", "organisation", "state", "group")
ASKED = frozenset(
    (
        "actor_network", "actor_topics", "bursts", "co_mentions", "coverage", "lead_lag", "mix_adjusted_trend", "pickup", "places",
        "quote_share", "rising_actors", "rising_topics", "samples", "storylines", "topic_actors", "topic_share",
    )
)  # fmt: skip
"""The named queries behind the page."""

Links = Mapping[str, Callable[[str], str]]
"""Addresses of the pages of an ``actor``, a ``topic`` and a ``storyline`` by id; an empty one where there is no page."""


def build_report(lake: Path, title: str | None = None) -> str:
    """The report on the marts of *lake* as one HTML page, under *title*.

    Raises ConfigError when there is no lake at that path.  A lake without articles gives a page that says so.
    """
    from tasks.analyse.lake import connect

    with connect(lake) as opened:
        facts = gather(opened)
    return write_page(facts, lake_status(open_lake(lake)), title or DEFAULT_TITLE)


def write_page(facts: Facts | None, status: LakeStatus, title: str) -> str:
    """The page of *facts*, null for a lake without articles."""
    return render(
        "page.html",
        title=title,
        report=view(facts) if facts else None,
        ledger=ledger_view(status),
        link=page_links(facts),
        style=read("page.css"),
        script=read("page.js"),
    )


def ledger_view(status: LakeStatus) -> dict[str, Any]:
    """What was read, kept and not kept, as text."""
    return {
        "read": words.count_text(status.read),
        "kept": words.count_text(status.kept),
        "rejected": words.count_text(status.rejected),
        "reasons": layout.ledger_rows(
            status.reasons, {str(reason): about for reason, about in REASONS.items()}
        ),
    }


def page_links(facts: Facts | None) -> Links:
    """Addresses within the page, of the actors and topics that it has pages of."""
    known = {one.subject_id for one in [*facts.actors, *facts.topics]} if facts else set[str]()

    def address(kind: str) -> Callable[[str], str]:
        """What leads to a subject's part of this page; nowhere for one that has none."""
        return lambda subject_id: f"#{kind}-{anchor(subject_id)}" if subject_id in known else ""

    return {"actor": address("actor"), "topic": address("topic"), "storyline": lambda subject_id: ""}


def anchor(subject_id: str) -> str:
    """An id as a part of an HTML id and of an address: no spaces or signs that mean something there."""
    return re.sub(r"[^\w.-]", "-", subject_id)


def view(facts: Facts) -> dict[str, Any]:
    """Everything the sections need, as text and numbers ready for print."""
    span = facts.span
    actors = [pages.subject_view(actor, span) for actor in facts.actors]
    topics = scaled([pages.subject_view(topic, span) for topic in facts.topics], span.bucket)
    pairs = sections.pair_rows(facts.pairs)
    whens, strips = layout.strip_rows(facts)
    return {
        "period": words.period_text(span.first_on, span.last_on),
        "recent": words.length_text(span.recent_days),
        "before": words.length_text(span.base_days),
        "recent_on": words.day_text(span.recent_on),
        "bucket": span.bucket,
        "care_bucket": span.care_bucket,
        "contents": CONTENTS,
        "outlet_count": len(facts.sources),
        "outlet_text": words.plural(len(facts.sources), "outlet"),
        "finding": layout.find_headline(facts),
        "lead": lead_subject(facts, actors, topics),
        "figures": layout.key_figures(facts),
        "rises": [
            rise_block("actors", "Actors", layout.rise_rows(facts.rising_actors, "actor_id")),
            rise_block("topics", "Topics", layout.rise_rows(facts.rising_topics, "topic_code")),
        ],
        "risen": pick_samples(facts, actors, topics),
        "storylines": None if facts.storylines is None else sections.storyline_rows(facts.storylines),
        "actors": actors,
        "topics": topics,
        "actor_rows": layout.list_rows(facts.rising_actors, "actor_id"),
        "topic_rows": layout.list_rows(facts.rising_topics, "topic_code"),
        "is_cut": {"actors": len(facts.rising_actors) > LISTED, "topics": len(facts.rising_topics) > LISTED},
        "kinds": [kind for kind in KINDS if any(row["kind"] == kind for row in facts.rising_actors)],
        "pairs": pairs,
        "lead_sentence": sections.lead_sentence(pairs),
        "spread": sections.spread_rows(facts.spread),
        "network": sections.network_view(facts.edges),
        "map": sections.map_view(facts.places),
        "gap_sentence": layout.gap_sentence(facts),
        "strip_whens": whens,
        "strips": strips,
        "sources": layout.source_rows(facts),
        "queries": [query.name for query in list_queries() if query.name in ASKED],
    }


def scaled(topics: list[dict[str, Any]], bucket: str) -> list[dict[str, Any]]:
    """The topics with their charts on one scale."""
    top = pages.common_top(row for topic in topics for row in topic["rows"])
    return [
        {**topic, "chart": charts.trend_chart(topic["rows"], topic["chart"]["about"], bucket=bucket, top=top)}
        for topic in topics
    ]


def rise_block(key: str, heading: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Heading, axis and rows of one of the two lists of risers."""
    axis = charts.ratio_axis(rows)
    marked = [{**row, "mark": charts.ratio_mark(row, axis)} for row in rows]
    return {"key": f"rise-{key}", "heading": heading, "axis": axis, "rows": marked}


def lead_subject(
    facts: Facts, actors: list[dict[str, Any]], topics: list[dict[str, Any]]
) -> dict[str, Any] | None:
    """The subject of the headline, whose trend is drawn below it; null when nothing rose."""
    sure = [row["actor_id"] for row in facts.rising_actors if words.is_sure(row)]
    sure += [row["topic_code"] for row in facts.rising_topics if words.is_sure(row)]
    known = {subject["id"]: subject for subject in [*actors, *topics]}
    return known.get(sure[0]) if sure else None


def pick_samples(
    facts: Facts, actors: list[dict[str, Any]], topics: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The two surest actors and the surest topic with articles to read; no article is listed twice."""
    wanted = [row["actor_id"] for row in facts.rising_actors[:2] if words.is_sure(row)]
    wanted += [row["topic_code"] for row in facts.rising_topics[:1] if words.is_sure(row)]
    known = {subject["id"]: subject for subject in [*actors, *topics]}
    lists, seen = [], set[tuple[str, str]]()
    for subject in (known[one] for one in wanted if one in known):
        fresh = [row for row in subject["samples"] if (row["title"], row["source"]) not in seen]
        seen.update((row["title"], row["source"]) for row in fresh)
        if fresh:
            lists.append({"name": subject["name"], "samples": fresh})
    return lists


def render(name: str, **values: Any) -> str:
    """The page of the template *name*."""
    return templates().get_template(name).render(**values)


@cache
def templates() -> jinja2.Environment:
    """The templates beside this module, with escaping on and no name left undefined."""
    import jinja2

    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )


def read(name: str) -> str:
    """A file that lies beside this module, as markup that needs no escaping."""
    import markupsafe

    return markupsafe.Markup((HERE / name).read_text(encoding="utf-8"))
