"""Queries over a small lake, each counted again in plain Python from the files."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.synthetic_answers import Filter, Marts, bucket_of, read_marts, trend
from benchmarks.synthetic_marts import Plan, Truth, make_lake
from tasks.analyse.lake import LakeReader, connect
from tasks.analyse.queries import list_queries
from tasks.analyse.statistics import share_interval

PLAN = Plan(articles=500, days=28, sources=3, actors=15, rises=1, bursts=0, gaps=0, text_words=6)
OUTLETS = [f"outlet{n:02d}.example" for n in range(3)]
FILTERS = [
    Filter(),
    Filter(count="articles"),
    Filter(start=date(2025, 1, 13), until=date(2025, 1, 27)),
    Filter(sources=(OUTLETS[1],)),
    Filter(sources=(OUTLETS[0], OUTLETS[2]), language="en", count="articles"),
    Filter(start=date(2030, 1, 1)),
]
FEW = settings(max_examples=12, deadline=None)


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lake")


@pytest.fixture(scope="module")
def truth(lake: Path) -> Truth:
    return make_lake(lake, PLAN)


@pytest.fixture(scope="module")
def marts(lake: Path, truth: Truth) -> Marts:
    return read_marts(lake)


@pytest.fixture(scope="module")
def reader(lake: Path, truth: Truth) -> Iterator[LakeReader]:
    with connect(lake, threads=1) as opened:
        yield opened


def rows_of(reader: LakeReader, name: str, **parameters: object) -> list[dict[str, Any]]:
    relation = reader.query(name, **parameters)
    return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]


def table_rows(lake: Path, name: str) -> list[dict[str, Any]]:
    files = sorted(lake.glob(f"marts/{name}/**/*.parquet"))
    return [row for file in files for row in pq.read_table(file, partitioning=None).to_pylist()]


def members(marts: Marts) -> dict[int, dict[str, Any]]:
    """When each outlet first ran each group that two or more of them ran."""
    first: dict[int, dict[str, Any]] = defaultdict(dict)
    for article in marts.articles:
        when = first[article["group_id"]].get(article["source"])
        if when is None or article["published_at"] < when:
            first[article["group_id"]][article["source"]] = article["published_at"]
    return {group: runs for group, runs in first.items() if len(runs) > 1}


def effective(counts: Counter[Any]) -> float:
    """The Hill number of order 1."""
    total = sum(counts.values())
    return math.exp(-sum(n / total * math.log(n / total) for n in counts.values()))


def check_share(row: dict[str, Any], count: str, total: str) -> None:
    assert row["share"] == pytest.approx(row[count] / row[total])
    assert (row["share_low"], row["share_high"]) == pytest.approx(
        share_interval(row[count], row[total]), abs=1e-9
    )


@pytest.mark.parametrize("wanted", FILTERS, ids=str)
def test_places_are_counted_as_a_loop_counts_them(
    reader: LakeReader, marts: Marts, lake: Path, wanted: Filter
) -> None:
    counted = {a["article_id"] for a in marts.counted(wanted)}
    expected = Counter(p["place_id"] for p in table_rows(lake, "places") if p["article_id"] in counted)
    rows = rows_of(reader, "places", **wanted.parameters())
    assert {row["place_id"]: row["place_count"] for row in rows} == expected
    assert [row["place_count"] for row in rows] == sorted(expected.values(), reverse=True)
    for row in rows:
        assert row["total_count"] == len(counted)
        check_share(row, "place_count", "total_count")


@pytest.mark.parametrize("wanted", FILTERS[:4], ids=str)
def test_actor_topics_are_counted_as_a_loop_counts_them(
    reader: LakeReader, marts: Marts, wanted: Filter
) -> None:
    articles = marts.counted(wanted)
    hits = [a for a in articles if "ci:00002" in marts.named[a["article_id"]]]
    both = Counter(t["code"] for a in hits for t in a["topics"])
    alone = Counter(t["code"] for a in articles for t in a["topics"])
    rows = rows_of(reader, "actor_topics", actor="ci:00002", top=99, **wanted.parameters())
    assert {row["topic_code"]: row["both_count"] for row in rows} == both
    for row in rows:
        assert (row["named_count"], row["total_count"]) == (len(hits), len(articles))
        assert row["topic_count"] == alone[row["topic_code"]]
        assert row["lift_low"] <= row["lift"]
        check_share(row, "both_count", "named_count")


@pytest.mark.parametrize("wanted", FILTERS[:4], ids=str)
def test_topic_actors_are_counted_as_a_loop_counts_them(
    reader: LakeReader, marts: Marts, wanted: Filter
) -> None:
    articles = marts.counted(wanted)
    code = min(t["code"] for a in marts.articles for t in a["topics"])
    hits = [a for a in articles if code in {t["code"] for t in a["topics"]}]
    both = Counter(actor for a in hits for actor in marts.named[a["article_id"]])
    alone = Counter(actor for a in articles for actor in marts.named[a["article_id"]])
    rows = rows_of(reader, "topic_actors", topic=code, top=999, **wanted.parameters())
    assert {row["actor_id"]: row["both_count"] for row in rows} == both
    for row in rows:
        assert (row["topic_count"], row["total_count"]) == (len(hits), len(articles))
        assert row["named_count"] == alone[row["actor_id"]]
        check_share(row, "both_count", "topic_count")


@pytest.mark.parametrize("wanted", FILTERS[:5], ids=str)
def test_the_network_has_every_pair_that_a_loop_finds(
    reader: LakeReader, marts: Marts, wanted: Filter
) -> None:
    articles = marts.counted(wanted)
    named: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for article in articles:
        names = sorted(marts.named[article["article_id"]])
        named.update(names)
        pairs.update((a, b) for n, a in enumerate(names) for b in names[n + 1 :])
    rows = rows_of(reader, "actor_network", nodes=50, top=5000, **wanted.parameters())
    assert {(r["actor_id"], r["other_id"]): r["both_count"] for r in rows} == pairs
    for row in rows:
        assert (row["named_count"], row["other_count"]) == (named[row["actor_id"]], named[row["other_id"]])
        assert row["total_count"] == len(articles)
        assert 0 <= row["p_value"] <= row["q_value"] * (1 + 1e-12)


def test_the_network_of_few_nodes_is_that_of_the_most_named(reader: LakeReader, marts: Marts) -> None:
    named = Counter(a for c in marts.counted(Filter()) for a in marts.named[c["article_id"]])
    most = sorted(named, key=lambda a: (-named[a], a))[:4]
    rows = rows_of(reader, "actor_network", nodes=4, top=99)
    assert {r[end] for r in rows for end in ("actor_id", "other_id")} <= set(most)
    assert len(rows) <= 6


@pytest.mark.parametrize("bucket", ["day", "week", "month"])
def test_diversity_is_the_entropy_of_a_loop(reader: LakeReader, marts: Marts, bucket: str) -> None:
    actors: dict[date, Counter[str]] = defaultdict(Counter)
    topics: dict[date, Counter[str]] = defaultdict(Counter)
    outlets: dict[date, Counter[str]] = defaultdict(Counter)
    for article in marts.counted(Filter()):
        when = bucket_of(article["published_on"], bucket)
        outlets[when][article["source"]] += 1
        actors[when].update(marts.named[article["article_id"]])
        topics[when].update(t["code"] for t in article["topics"])
    for row in rows_of(reader, "diversity", bucket=bucket):
        when = row["bucket_on"]
        assert (row["actor_count"], row["source_count"]) == (len(actors[when]), len(outlets[when]))
        assert row["total_count"] == sum(outlets[when].values())
        for name, counts in (("actors", actors), ("topics", topics), ("sources", outlets)):
            if counts[when]:
                assert row[f"effective_{name}"] == pytest.approx(effective(counts[when]))
        if actors[when]:
            top = sum(n for _, n in actors[when].most_common(10))
            assert row["top_actor_share"] == pytest.approx(top / sum(actors[when].values()))


@pytest.mark.parametrize("bucket", ["week", "month"])
def test_tone_is_the_mean_of_a_loop(reader: LakeReader, marts: Marts, bucket: str) -> None:
    counted = {a["article_id"]: a for a in marts.counted(Filter())}
    usual: dict[date, list[float]] = defaultdict(list)
    own: dict[date, list[float]] = defaultdict(list)
    for article in counted.values():
        usual[bucket_of(article["published_on"], bucket)].append(article["tone"])
    for mention in marts.mentions:
        if mention["actor_id"] == "ci:00001" and mention["article_id"] in counted:
            own[bucket_of(mention["published_on"], bucket)].append(mention["tone"])
    rows = rows_of(reader, "tone_trend", actor="ci:00001", bucket=bucket)
    assert {r["bucket_on"] for r in rows} >= set(own)
    for row in rows:
        tones = own[row["bucket_on"]]
        assert row["toned_count"] == row["named_count"] == len(tones)
        assert row["usual_tone"] == pytest.approx(sum(usual[row["bucket_on"]]) / len(usual[row["bucket_on"]]))
        if len(tones) > 1:
            assert row["tone"] == pytest.approx(sum(tones) / len(tones))
            assert row["tone_low"] <= row["tone"] <= row["tone_high"]


def test_pickup_lists_the_groups_that_a_loop_finds(reader: LakeReader, marts: Marts) -> None:
    groups = members(marts)
    rows = rows_of(reader, "pickup", top=10_000)
    assert {row["group_id"] for row in rows} == set(groups)
    for row in rows:
        runs = groups[row["group_id"]]
        hours = sorted((at - min(runs.values())) / timedelta(hours=1) for at in runs.values())
        assert row["source_count"] == len(runs)
        assert row["first_at"] == min(runs.values())
        assert row["first_source"] == min(runs, key=lambda s: (runs[s], s))
        assert row["article_count"] == sum(a["group_id"] == row["group_id"] for a in marts.articles)
        assert row["hours_to_last"] == pytest.approx(hours[-1])
        assert row["hours_to_half"] == pytest.approx(hours[(len(hours) - 1) // 2])
        assert row["active_count"] == len({a["source"] for a in marts.articles})


def test_leads_are_those_that_a_loop_finds(reader: LakeReader, marts: Marts) -> None:
    leads: dict[tuple[str, str], list[float]] = defaultdict(list)
    shared: Counter[tuple[str, str]] = Counter()
    for runs in members(marts).values():
        for one, at in runs.items():
            for other, later in runs.items():
                if one != other:
                    shared[one, other] += 1
                    if at < later:
                        leads[one, other].append((later - at) / timedelta(hours=1))
    rows = rows_of(reader, "lead_lag")
    assert {(r["first_source"], r["later_source"]): r["first_count"] for r in rows} == {
        pair: len(hours) for pair, hours in leads.items()
    }
    for row in rows:
        pair = row["first_source"], row["later_source"]
        assert row["shared_count"] == shared[pair]
        assert row["median_hours"] == pytest.approx(median(leads[pair]))
        check_share(row, "first_count", "shared_count")


def test_search_finds_the_texts_that_have_all_words(reader: LakeReader, marts: Marts, lake: Path) -> None:
    texts = {row["article_id"]: set(row["text"].lower().split()) for row in table_rows(lake, "texts")}
    common = Counter(word for words in texts.values() for word in words).most_common(3)
    words = [word for word, _ in common]
    for asked in (words[:1], words[:2], words):
        matching = {a["article_id"] for a in marts.counted(Filter()) if set(asked) <= texts[a["article_id"]]}
        rows = rows_of(reader, "search", words=" ".join(asked), top=10_000)
        assert {row["article_id"] for row in rows} == matching
        assert all(row["match_count"] == len(matching) for row in rows)
        assert [r["score"] for r in rows] == sorted((r["score"] for r in rows), reverse=True)


@pytest.mark.parametrize("words", ["", " ", "!?", "...", "'", '"', "\u200b", "%", "_", "\\"])
def test_a_search_without_words_finds_nothing_or_is_refused(reader: LakeReader, words: str) -> None:
    if words.strip():
        assert reader.search(words=words).fetchall() == []
    else:
        with pytest.raises(Exception, match="words"):
            reader.search(words=words)


@pytest.mark.slow
@FEW
@given(
    st.none() | st.dates(date(2025, 1, 1), date(2025, 2, 5)),
    st.none() | st.dates(date(2025, 1, 1), date(2025, 2, 5)),
    st.none() | st.lists(st.sampled_from([*OUTLETS, "nobody.example"]), min_size=1, max_size=3),
    st.sampled_from([None, "en", "de", "xx"]),
    st.sampled_from(["groups", "articles"]),
    st.sampled_from(["day", "week", "month"]),
)
def test_any_filter_is_counted_as_a_loop_counts(
    reader: LakeReader,
    marts: Marts,
    start: date | None,
    until: date | None,
    sources: list[str] | None,
    language: str | None,
    count: str,
    bucket: str,
) -> None:
    wanted = Filter(start, until, tuple(sources) if sources else None, language, count)
    matches = {a for a, names in marts.named.items() if "ci:00000" in names}
    expected = trend(marts.counted(wanted), matches, bucket)
    rows = rows_of(reader, "actor_trend", actor="ci:00000", bucket=bucket, **wanted.parameters())
    assert {
        r["bucket_on"]: (r["named_count"], r["total_count"]) for r in rows if r["total_count"]
    } == expected


@pytest.mark.parametrize("query", [q for q in list_queries() if "top" in {p.name for p in q.parameters}], ids=lambda q: q.name)  # fmt: skip
def test_fewer_rows_are_the_first_of_more(reader: LakeReader, query: Any) -> None:
    given_values = {k: v for k, v in query.example.items() if k != "top"}
    many = reader.query(query.name, **given_values, top=1000).fetchall()
    few = reader.query(query.name, **given_values, top=2).fetchall()
    assert [row[0] for row in many] == list(range(1, len(many) + 1))
    assert [row[1] for row in few] == [row[1] for row in many[:2]]


@pytest.mark.parametrize("query", list_queries(), ids=lambda q: q.name)
def test_a_period_without_articles_gives_no_counts(reader: LakeReader, query: Any) -> None:
    names = {p.name for p in query.parameters}
    given_values = {k: v for k, v in query.example.items() if k in ("actor", "topic", "words")}
    period = {"start": "2031-01-01", "until": "2031-02-01"} if "start" in names else {}
    rows = rows_of(reader, query.name, **given_values, **period)
    assert rows == [] or "start" not in names


def test_mix_adjusted_shares_lie_between_those_of_the_outlets(reader: LakeReader) -> None:
    rows = rows_of(reader, "mix_adjusted_trend", actor="ci:00000", bucket="month")
    assert rows
    for row in rows:
        shares = [v for k, v in row.items() if "share" in k and isinstance(v, float)]
        assert all(0 <= share <= 1 for share in shares)


@pytest.mark.parametrize("wanted", FILTERS[:5], ids=str)
def test_quotes_are_counted_as_a_loop_counts_them(reader: LakeReader, marts: Marts, wanted: Filter) -> None:
    counted = {a["article_id"] for a in marts.counted(wanted)}
    own = [m for m in marts.mentions if m["article_id"] in counted]
    quoted = Counter(m["actor_id"] for m in own if m["is_quoted"])
    named = Counter(m["actor_id"] for m in own)
    rows = rows_of(reader, "quote_share", top=99, **wanted.parameters())
    assert {
        row["actor_id"]: (row["quoted_count"], row["named_count"]) for row in rows if row["quoted_count"]
    } == {actor: (count, named[actor]) for actor, count in quoted.items()}
    assert sum(row["voice_share"] for row in rows) == pytest.approx(1)
    for row in rows:
        assert row["total_count"] == len(counted)
        check_share(row, "quoted_count", "named_count")
