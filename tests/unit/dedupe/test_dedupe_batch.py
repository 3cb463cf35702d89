"""The seam to the rest of the project: sketches of a unit, and everything at once."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pytest

from tasks.contracts import CLEANED, TEXTS
from tasks.dedupe.batch import SKETCHES, DedupeOptions, dedupe_articles, sketch_unit, update_groups
from tasks.dedupe.runs import NEVER
from tasks.dedupe.sketching import lead_hashes
from tasks.dedupe.tables import article_rows, short_hashes


def _cleaned(rows):
    usual = {"source": "Harbour Post", "word_count": 100, "extractor": "given", "unit_id": "u1"}
    return CLEANED.table([usual | row for row in rows])


def _texts(pairs):
    return TEXTS.table([{"article_id": number, "text": text} for number, text in pairs])


def test_a_unit_is_sketched_by_article_id(newsroom):
    cleaned = _cleaned(
        [
            {
                "article_id": 9,
                "published_at": datetime(2031, 1, 2, 3, 4, tzinfo=UTC),
                "published_on": date(2031, 1, 2),
            },
            {"article_id": -4, "published_on": date(2031, 1, 2), "lead": "Ferries stay in the harbour today"},
            {
                "article_id": 5,
                "canonical_url": "https://paper.example/1",
                "captured_at": datetime(2031, 5, 1, tzinfo=UTC),
            },
        ]
    )
    texts = _texts([(5, newsroom.report(1)), (-4, newsroom.report(2)), (9, newsroom.report(3))])
    made = sketch_unit(cleaned, texts)
    assert made.schema == SKETCHES.schema
    rows = made.to_pylist()
    assert [row["article_id"] for row in rows] == [-4, 5, 9]
    assert rows[0]["published_at"] == datetime(2031, 1, 2, tzinfo=UTC)
    assert rows[0]["lead_hash"] > 0
    assert rows[1]["published_at"] is None
    assert rows[1]["url_hash"] > 0
    assert rows[2]["published_at"] == datetime(2031, 1, 2, 3, 4, tzinfo=UTC)
    assert rows[2]["lead_hash"] == rows[2]["url_hash"] == 0
    assert all(
        (row["start"], row["end"]) == (0, 0 + len(newsroom.report(1))) or row["end"] > 0 for row in rows
    )


def test_a_sketch_does_not_depend_on_the_order_of_the_unit(newsroom):
    rows = [{"article_id": number, "published_on": date(2031, 1, number)} for number in range(1, 9)]
    texts = [(number, newsroom.report(number)) for number in range(1, 9)]
    made = sketch_unit(_cleaned(rows), _texts(texts))
    random.Random(1).shuffle(rows)
    random.Random(2).shuffle(texts)
    assert sketch_unit(_cleaned(rows), _texts(texts)).equals(made)


def test_an_empty_unit_has_an_empty_sketch(tmp_path):
    made = sketch_unit(CLEANED.empty(), TEXTS.empty())
    assert made.schema == SKETCHES.schema
    assert made.num_rows == 0
    assert update_groups(tmp_path / "index", [made], lambda ids: {}).grouped.num_rows == 0


def test_an_article_without_a_text_is_left_out(newsroom):
    made = sketch_unit(_cleaned([{"article_id": 1}, {"article_id": 2}]), _texts([(2, newsroom.report(1))]))
    assert made["article_id"].to_pylist() == [2]


def test_furniture_of_a_source_is_set_apart_in_the_sketch(newsroom):
    menu = "Home News Sport Weather Sign in\n"
    texts = [(n, menu + newsroom.report(n)) for n in range(1, 6)]
    made = sketch_unit(_cleaned([{"article_id": n} for n in range(1, 6)]), _texts(texts))
    assert made["start"].to_pylist() == [len(menu)] * 5
    assert made["word_count"].to_pylist() == [100] * 5


def _time(hours):
    return None if hours is None else datetime(2031, 3, 1) + timedelta(hours=hours)


def _table(articles, newsroom):
    at = pa.timestamp("us")
    return pa.table(
        {
            "id": [a.number for a in articles],
            "url": pa.array([a.url for a in articles], pa.string()),
            "site": [a.source for a in articles],
            "published": pa.array([_time(a.hours) for a in articles], at),
            "crawled": pa.array([_time(a.captured) for a in articles], at),
            "title": [""] * len(articles),
            "text": pa.array([a.text for a in articles], pa.string()),
        }
    )


def test_all_at_once_gives_each_row_the_row_of_its_canonical_article(newsroom):
    article, report = newsroom.Article, newsroom.report
    rows = [
        article(7, report(1), hours=5),
        article(8, report(2)),
        article(9, report(1), hours=1),
        article(10, report(1), hours=9),
    ]
    assert dedupe_articles(_table(rows, newsroom)) == [2, 1, 2, 2]


def test_all_at_once_and_bit_by_bit_agree(newsroom, desk):
    world = newsroom.world(random.Random(11), articles=40)
    articles = [newsroom.replace(a, source=f"Paper {a.number}") for a in world]  # no source repeats itself
    desk.options = DedupeOptions(common_articles=5, common_weeks=2, common_ratio=1.5)
    for first in range(0, 40, 7):
        desk.take(articles[first : first + 7])
    answer = desk.answer()
    canonical = dedupe_articles(_table(articles, newsroom), desk.options)
    assert [articles[row].number for row in canonical] == [answer[a.number][0] for a in articles]


def test_missing_texts_and_no_rows_are_taken_as_they_are(newsroom):
    empty = _table([newsroom.Article(1, None), newsroom.Article(2, None)], newsroom)
    assert dedupe_articles(empty) == [0, 1]
    assert dedupe_articles(empty.slice(0, 0)) == []


def test_short_leads_tell_nothing():
    found = lead_hashes(
        ["Storm", "", "Ferries stay in the harbour today", "FERRIES stay in the harbour — today!"]
    )
    assert found.tolist()[:2] == [0, 0]
    assert found[2] == found[3] > 0


def test_string_hashes_are_the_same_in_every_process():
    assert short_hashes(["Harbour Post", None, "", "Harbour Post", "x"]).tolist() == [
        3078971620,
        0,
        0,
        3078971620,
        2363233923,
    ]


def test_undated_articles_sort_after_all_others(newsroom):
    rows = article_rows(newsroom.sketches([newsroom.Article(1, "", hours=None, captured=None)]))
    assert rows["at"].tolist() == rows["captured"].tolist() == [NEVER]


@pytest.mark.parametrize("text", ["\0" * 50, "x" * 100_000, "é" * 5000, "港" * 5000, "& " * 900, "1 " * 900])
def test_hostile_texts_are_compared_like_others(newsroom, text):
    rows = [newsroom.Article(n, text, hours=float(n)) for n in range(3)]
    assert len(dedupe_articles(_table(rows, newsroom))) == 3
