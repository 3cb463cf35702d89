"""Builds the report: one HTML file with its charts, its data and Vega inside, which asks nothing of any network.

The template is Jinja (a dependency of Altair) with escaping on, since headlines and addresses come from crawled pages.
A content security policy in the page forbids every request, and expressions run in Vega's interpreter, so that the
page works where ``eval`` is forbidden.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from tasks.reasons import REASONS
from tasks.report import charts, layout, words
from tasks.report.facts import Facts, gather
from tasks.report.packing import pack
from tasks.status import LakeStatus, lake_status
from tasks.store import open_lake

HERE = Path(__file__).parent
TREND_HEIGHT, SMALL_HEIGHT = 300, 120


def build_report(lake: Path, title: str | None = None) -> str:
    """The report on the marts of *lake* as one HTML page, under *title*.

    Raises ConfigError when there is no lake at that path.  A lake without articles gives a page that says so.
    """
    from tasks.analyse.lake import connect

    with connect(lake) as opened:
        facts = gather(opened)
    status = lake_status(open_lake(lake))
    return render(view(facts, status, title or "The news, measured"))


def view(facts: Facts | None, status: LakeStatus, title: str) -> dict[str, Any]:
    """Everything the template needs, as text ready for print."""
    ledger = {
        "read": words.count_text(status.read),
        "kept": words.count_text(status.kept),
        "rejected": words.count_text(status.rejected),
        "reasons": layout.ledger_rows(
            status.reasons, {str(reason): about for reason, about in REASONS.items()}
        ),
    }
    if facts is None:
        return {"title": title, "facts": None, "ledger": ledger, "specs": {}, "actors": {}}
    bucket = facts.span.bucket
    actors = [layout.subject_view(actor, bucket) for actor in facts.actors]
    topics = [layout.subject_view(topic, bucket) for topic in facts.topics]
    rises = [
        rise_block("actors", "Actors", facts.rising_actors),
        rise_block("topics", "Topics", facts.rising_topics),
    ]
    return {
        "title": title,
        "facts": facts,
        "period": words.period_text(facts.span.first_on, facts.span.last_on),
        "recent": words.length_text(facts.span.recent_days),
        "before": words.length_text(facts.span.base_days),
        "recent_on": words.day_text(facts.span.recent_on),
        "bucket": bucket,
        "finding": layout.find_headline(facts),
        "figures": layout.key_figures(facts),
        "rises": rises,
        "actor_list": actors,
        "topics": topics,
        "risen": pick_samples(facts, actors, topics),
        "gap_sentence": layout.gap_sentence(facts),
        "sources": layout.source_rows(facts),
        "ledger": ledger,
        "specs": {name: packed(spec) for name, spec in draw(facts, rises, actors, topics).items()},
        "actors": {actor["id"]: {**actor, "rows": pack(actor["rows"])} for actor in actors},
    }


def rise_block(key: str, heading: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Heading and rows of one of the two lists of risers."""
    return {"key": f"rise-{key}", "heading": heading, "rows": layout.rise_rows(rows)}


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


def draw(
    facts: Facts, rises: list[dict[str, Any]], actors: list[dict[str, Any]], topics: list[dict[str, Any]]
) -> dict[str, Any]:
    """The chart specifications by the name of their place on the page."""
    specs = {}
    for block in rises:
        if block["rows"]:
            about = f"{block['heading']}: how many times the share before, with 95% intervals"
            specs[block["key"]] = charts.rise_chart(block["rows"], about)
    form = "%b %Y" if facts.span.bucket == "month" else "%-d %b"
    if actors:
        about = f"Share of reports that name {actors[0]['name']}, with a 95% interval"
        specs["actor"] = charts.trend_chart(actors[0]["rows"], about, height=TREND_HEIGHT, form=form)
    if topics:
        top = layout.common_top(row for topic in topics for row in topic["rows"])
        small = charts.trend_chart(topics[0]["rows"], "", height=SMALL_HEIGHT, form=form, labels=3, top=top)
        for number, topic in enumerate(topics):
            about = f"Share of reports about {topic['name']}, with a 95% interval"
            specs[f"topic-{number}"] = charts.refill(small, topic["rows"], about)
    drawn, about = facts.sources[: layout.MOST_STRIPS], "Articles per outlet over time, gaps crossed out"
    specs["coverage"] = charts.coverage_chart(layout.coverage_rows(facts), about, drawn, form)
    return specs


def packed(spec: charts.Spec) -> charts.Spec:
    """The specification with its rows packed, without the columns that only tables print."""
    drawn = [
        {key: row[key] for key in row if key not in layout.TABLE_ONLY} for row in spec["datasets"]["rows"]
    ]
    return {**spec, "datasets": {**spec["datasets"], "rows": pack(drawn)}}


def render(values: Mapping[str, Any]) -> str:
    """The page from its template."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["script_json"] = script_json
    scripts = {
        "vega": vega_bundle() if values["specs"] else "",
        "script": read("page.js"),
        "style": read("page.css"),
    }
    return environment.get_template("page.html").render(**values, **scripts)


def script_json(value: Any) -> str:
    """JSON that may stand inside a ``script`` element: no ``<``, ``>`` or ``&`` can end it."""
    import markupsafe

    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for sign, code in (
        ("<", "\\u003c"),
        (">", "\\u003e"),
        ("&", "\\u0026"),
        ("\u2028", "\\u2028"),
        ("\u2029", "\\u2029"),
    ):
        text = text.replace(sign, code)
    return markupsafe.Markup(text)


def read(name: str) -> str:
    """A file that lies beside this module, as markup that needs no escaping."""
    import markupsafe

    return markupsafe.Markup((HERE / name).read_text(encoding="utf-8"))


@cache
def vega_bundle() -> str:
    """Vega, Vega-Lite and Vega-Embed as one script (about 0.9 MB), from vl-convert's own copy."""
    import markupsafe
    import vl_convert

    script = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    return markupsafe.Markup(script.replace("</script", "<\\/script"))
