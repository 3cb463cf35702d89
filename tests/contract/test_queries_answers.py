"""Every number a query gives is counted again in plain Python over the same files."""

from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from benchmarks.synthetic_answers import Filter, Marts, read_marts, trend
from benchmarks.synthetic_marts import Plan, Truth, make_lake
from tasks.analyse.lake import LakeReader, connect
from tasks.analyse.statistics import rate_ratio, share_interval

FILTERS = [
    Filter(),
    Filter(count="articles"),
    Filter(start=date(2025, 1, 20), until=date(2025, 2, 24)),
    Filter(sources=("outlet01.example", "outlet02.example")),
    Filter(sources=("outlet01.example",), count="articles", language="de"),
    Filter(language="en", start=date(2025, 2, 1)),
    Filter(sources=("nobody.example",)),
]


SOME = [*FILTERS[:2], *(pytest.param(wanted, marks=pytest.mark.slow) for wanted in FILTERS[2:])]
"""The same for the tests in which every filter takes long."""


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lake")


@pytest.fixture(scope="module")
def truth(lake: Path) -> Truth:
    return make_lake(
        lake, Plan(articles=5_000, days=56, sources=3, actors=40, rises=3, bursts=2, gaps=1, text_words=5)
    )


@pytest.fixture(scope="module")
def marts(lake: Path, truth: Truth) -> Marts:
    return read_marts(lake)


@pytest.fixture(scope="module")
def reader(lake: Path, truth: Truth) -> LakeReader:
    return connect(lake, threads=1)


def rows_of(reader: LakeReader, name: str, **parameters: object) -> list[dict[str, Any]]:
    relation = reader.query(name, **parameters)
    return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]


@pytest.mark.parametrize(
    ("wanted", "bucket"),
    [(FILTERS[0], "day"), (FILTERS[0], "month"), *((f, "week") for f in FILTERS)],
    ids=str,
)
def test_actor_trend_counts_what_a_loop_counts(
    reader: LakeReader, marts: Marts, wanted: Filter, bucket: str
) -> None:
    actor = "ci:00003"
    expected = trend(marts.counted(wanted), {a for a, names in marts.named.items() if actor in names}, bucket)
    rows = rows_of(reader, "actor_trend", actor=actor, bucket=bucket, **wanted.parameters())
    found = {r["bucket_on"]: (r["named_count"], r["total_count"]) for r in rows if r["total_count"]}
    assert found == expected
    for row in rows:
        if row["total_count"]:
            assert row["share"] == row["named_count"] / row["total_count"]
            interval = share_interval(row["named_count"], row["total_count"])
            assert (row["share_low"], row["share_high"]) == pytest.approx(interval, abs=1e-9)
        else:
            assert row["share"] is None


def test_buckets_have_no_holes_and_are_in_order(reader: LakeReader, truth: Truth) -> None:
    rows = rows_of(reader, "actor_trend", actor="ci:00003", bucket="day")
    days = [row["bucket_on"] for row in rows]
    assert days == [truth.plan.first_day + timedelta(days=n) for n in range(truth.plan.days)]


def test_trend_rows_say_where_the_gap_is(reader: LakeReader, truth: Truth) -> None:
    rows = rows_of(reader, "actor_trend", actor="ci:00003", bucket="day")
    assert [row["bucket_on"] for row in rows if row["is_gap"]] == [day for _, day in truth.gaps]
    source, day = truth.gaps[0]
    others = rows_of(
        reader,
        "actor_trend",
        actor="ci:00003",
        bucket="day",
        sources=sorted({"outlet00.example", "outlet01.example"} - {source}),
    )
    assert not any(row["is_gap"] for row in others), f"{source} alone had a gap on {day}"


@pytest.mark.parametrize("wanted", SOME, ids=str)
def test_topic_share_counts_what_a_loop_counts(reader: LakeReader, marts: Marts, wanted: Filter) -> None:
    expected: Counter[tuple[date, str]] = Counter()
    for article in marts.counted(wanted):
        for topic in article["topics"]:
            expected[article["published_on"].replace(day=1), topic["code"]] += 1
    rows = rows_of(reader, "topic_share", bucket="month", **wanted.parameters())
    assert {(r["bucket_on"], r["topic_code"]): r["topic_count"] for r in rows if r["topic_count"]} == expected
    assert all(0 <= r["share"] <= 1 for r in rows if r["total_count"])


def test_one_topic_by_name_is_the_same_as_by_code(reader: LakeReader) -> None:
    by_code = rows_of(reader, "topic_share", topic="medtop:17000000")
    assert by_code == rows_of(reader, "topic_share", topic="Weather")
    assert {row["name"] for row in by_code} == {"weather"}


@pytest.mark.parametrize("wanted", SOME[:4], ids=str)
def test_rising_actors_are_compared_as_the_formula_says(
    reader: LakeReader, marts: Marts, truth: Truth, wanted: Filter
) -> None:
    until = wanted.until or truth.until
    start = until - timedelta(days=7)
    gaps = {day for source, day in truth.gaps if wanted.sources is None or source in wanted.sources}
    wanted = Filter(start - timedelta(days=28), until, wanted.sources, wanted.language, wanted.count)
    articles = [a for a in marts.counted(wanted) if a["published_on"] not in gaps]
    recent = [a for a in articles if a["published_on"] >= start]
    earlier = [a for a in articles if a["published_on"] < start]
    parameters = {**wanted.parameters(), "start": start, "until": until, "baseline_days": 28}
    rows = rows_of(reader, "rising_actors", top=1000, **parameters)
    assert rows
    for row in rows:
        named = row["actor_id"]
        assert row["recent_count"] == sum(named in marts.named[a["article_id"]] for a in recent)
        assert row["base_count"] == sum(named in marts.named[a["article_id"]] for a in earlier)
        assert (row["recent_total"], row["base_total"]) == (len(recent), len(earlier))
        expected = rate_ratio(
            row["recent_count"], row["recent_total"], row["base_count"], row["base_total"], row["dispersion"]
        )
        assert (row["ratio"], row["ratio_low"], row["ratio_high"]) == pytest.approx(expected, rel=1e-6)
        assert row["p_value"] <= row["q_value"] * (1 + 1e-12) <= 1 + 1e-12
    lows = [row["ratio_low"] for row in rows]
    assert lows == sorted(lows, reverse=True)
    assert [row["place"] for row in rows] == list(range(1, len(rows) + 1))


def test_what_was_made_to_rise_is_at_the_top(reader: LakeReader, truth: Truth) -> None:
    top = rows_of(reader, "rising_actors", top=len(truth.rising))
    assert {row["actor_id"] for row in top} == set(truth.rising)
    assert all(row["q_value"] < 0.05 for row in top)
    assert rows_of(reader, "rising_topics", top=1)[0]["topic_code"] == truth.rising_topic


def test_co_mentions_count_what_a_loop_counts(reader: LakeReader, marts: Marts) -> None:
    wanted = Filter(until=date(2025, 2, 1))
    both: Counter[str] = Counter()
    alone: Counter[str] = Counter()
    articles = marts.counted(wanted)
    for article in articles:
        names = marts.named[article["article_id"]]
        alone.update(names)
        if "ci:00003" in names:
            both.update(names - {"ci:00003"})
    rows = rows_of(reader, "co_mentions", actor="CI:00003", top=1000, **wanted.parameters())
    assert {row["actor_id"]: row["both_count"] for row in rows} == both
    for row in rows:
        assert row["other_count"] == alone[row["actor_id"]]
        assert (row["named_count"], row["total_count"]) == (alone["ci:00003"], len(articles))


def test_coverage_adds_up_to_what_is_in_the_marts(reader: LakeReader, marts: Marts, truth: Truth) -> None:
    rows = rows_of(reader, "coverage", bucket="month")
    kept = Counter((a["published_on"].replace(day=1), a["source"]) for a in marts.articles)
    assert {(r["bucket_on"], r["source"]): r["kept_count"] for r in rows} == kept
    assert sum(row["gap_days"] for row in rows) == len(truth.gaps)


@pytest.mark.parametrize(
    "given", [{"actor": "ci:00003"}, {"topic": "weather"}, {"actor": "A3", "topic": "weather"}, {}], ids=str
)
def test_samples_match_and_say_of_how_many(
    reader: LakeReader, marts: Marts, given: dict[str, object]
) -> None:
    by_id = {a["article_id"]: a for a in marts.articles}
    matching = [
        a
        for a in marts.counted(Filter())
        if ("actor" not in given or "ci:00003" in marts.named[a["article_id"]])
        and ("topic" not in given or "medtop:17000000" in {t["code"] for t in a["topics"]})
    ]
    rows = rows_of(reader, "samples", top=7, **given)
    assert len(rows) == min(7, len(matching))
    for row in rows:
        assert by_id[row["article_id"]] in matching
        assert row["match_count"] == len(matching)
        assert row["title"] == by_id[row["article_id"]]["title"]
        assert row["copy_count"] == sum(a["group_id"] == row["article_id"] for a in marts.articles)
