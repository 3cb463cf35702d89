"""What the sample promises: enough pages, own voices, copies that are copies, and a rise that is really in it."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

SAMPLE = Path(__file__).parents[3] / "data" / "sample"
LAST_TWO = ("2025-W43", "2025-W44")
SIX_BEFORE = tuple(f"2025-W{week}" for week in range(37, 43))


@cache
def truth() -> dict[str, Any]:
    """The committed truth file."""
    loaded: dict[str, Any] = json.loads((SAMPLE / "truth.json").read_text(encoding="utf-8"))
    return loaded


def articles() -> list[dict[str, Any]]:
    """Truth of every capture that holds a whole article, without captures of the same page again."""
    return [page for page in truth()["pages"] if page["kind"] in ("article", "scraped")]


def shingles(text: str) -> set[tuple[str, ...]]:
    """Runs of three words in lower case."""
    words = text.lower().replace("“", '"').replace("”", '"').replace("’", "'").split()
    return set(zip(words, words[1:], words[2:], strict=False))


def jaccard(left: set[tuple[str, ...]], right: set[tuple[str, ...]]) -> float:
    """Shared shingles over all shingles."""
    return len(left & right) / len(left | right)


def share(weeks: tuple[str, ...], part: str, whole: str) -> float:
    """Share of *part* in *whole* over some weeks."""
    rows = [row for row in truth()["rise"]["weeks"] if row["week"] in weeks]
    return float(sum(row[part] for row in rows) / sum(row[whole] for row in rows))


def test_there_are_enough_pages_over_enough_weeks_in_three_outlets() -> None:
    pages = articles()
    assert len({page["identity"] for page in pages}) >= 120
    assert len({page["week"] for page in pages}) >= 8
    assert min(Counter(page["outlet"] for page in pages).values()) >= 40
    assert sum(page["kind"] == "scraped" for page in pages) >= 4
    assert {page["language"] for page in pages} == {"en", "de"}


@pytest.mark.parametrize(
    "kind",
    ["hub", "error", "soft_error", "consent", "search", "legal", "gallery", "ticker", "paywall", "redirect", "revisit",
     "not_html", "empty", "damaged", "truncated", "recapture"],
)  # fmt: skip
def test_every_kind_of_page_that_a_crawl_brings_home_is_there(kind: str) -> None:
    assert any(page["kind"] == kind for page in truth()["pages"])


def test_texts_are_as_long_as_articles_are() -> None:
    lengths = sorted(len(page["text"].split()) for page in articles())
    assert lengths[0] >= 110
    assert lengths[-1] <= 450
    assert lengths[len(lengths) // 2] >= 180


def test_two_reports_never_look_like_copies_of_each_other() -> None:
    originals = {page["report"]: shingles(page["text"]) for page in articles() if page["how"] == "original"}
    assert len(originals) >= 80
    assert max(jaccard(a, b) for a, b in combinations(originals.values(), 2)) < 0.25


def test_copies_of_a_report_share_most_of_their_words() -> None:
    by_report = defaultdict(list)
    for page in articles():
        by_report[page["report"]].append(shingles(page["text"]))
    pairs = [jaccard(a, b) for versions in by_report.values() for a, b in combinations(versions, 2)]
    assert len(pairs) >= 60
    assert min(pairs) > 0.6


def test_agency_copy_has_a_headline_of_its_own_in_most_outlets() -> None:
    headlines = defaultdict(set)
    for page in articles():
        headlines[page["report"]].add(page["title"])
    assert sum(len(titles) > 1 for titles in headlines.values()) >= 40


@pytest.mark.parametrize(("part", "whole"), [("actor_articles", "articles"), ("actor_reports", "reports"),
                                             ("topic_articles", "articles"), ("topic_reports", "reports")])  # fmt: skip
def test_the_planted_rise_is_clear_however_it_is_counted(part: str, whole: str) -> None:
    assert share(LAST_TWO, part, whole) > 0.4
    assert share(SIX_BEFORE, part, whole) < 0.1


def test_the_rise_shows_in_every_outlet() -> None:
    rise = truth()["rise"]
    for outlet in {page["outlet"] for page in articles()}:
        late = [page for page in articles() if page["outlet"] == outlet and page["week"] in LAST_TWO]
        assert sum(rise["actor"] in page["actors"] for page in late) >= 7
        assert sum(page["topic"] == rise["topic"] for page in late) >= 7


def test_no_other_actor_rises_as_much() -> None:
    def count(weeks: tuple[str, ...]) -> Counter[str]:
        return Counter(actor for page in articles() if page["week"] in weeks for actor in page["actors"])

    late, early = count(LAST_TWO), count(SIX_BEFORE)
    gain = {actor: late[actor] - early[actor] / 3 for actor in late}
    best, second = sorted(gain.values(), reverse=True)[:2]
    assert max(gain, key=lambda actor: gain[actor]) == truth()["rise"]["actor"]
    assert best > 2 * second


def test_quotes_name_their_speakers() -> None:
    quotes = [quote for page in articles() for quote in page["quotes"]]
    assert len(quotes) >= 150
    assert sum(bool(quote["speaker"]) for quote in quotes) / len(quotes) > 0.9


def test_the_updated_article_says_when_it_changed_and_keeps_its_address() -> None:
    (update,) = [page for page in articles() if page["how"] == "update"]
    versions = [page for page in articles() if page["url"] == update["url"]]
    assert len(versions) == 2
    assert update["modified_at"] > update["published_at"]
    assert versions[0]["text"] != versions[1]["text"]


def test_the_sample_stays_small() -> None:
    assert (
        sum(path.stat().st_size for path in SAMPLE.rglob("*.*") if path.suffix != ".pyc" and path.is_file())
        <= 3_000_000
    )
