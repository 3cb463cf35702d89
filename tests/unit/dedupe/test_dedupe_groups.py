"""Groups over time: who is canonical, which id lives on, and what the tables say."""

from __future__ import annotations

import pytest

from tasks.contracts import GROUPED, GROUPS
from tasks.dedupe.batch import DedupeOptions, acknowledge, read_grouped, read_groups, rebuild_groups
from tasks.dedupe.output import resolve
from tasks.dedupe.state import open_index
from tasks.errors import ContractError


def _groups(desk):
    return {g["group_id"]: g for g in read_groups(desk.folder, desk.options).to_pylist()}


@pytest.fixture
def article(newsroom):
    return newsroom.Article


@pytest.fixture
def report(newsroom):
    return newsroom.report


def test_an_article_alone_is_a_group_of_its_own(desk, article, report):
    found = desk.take([article(5, report(1))])
    assert found.grouped.to_pylist() == [
        {
            "article_id": 5, "group_id": 5, "is_canonical": True, "copy_of": None, "copy_kind": None,
            "similarity": None, "containment": None,
        }
    ]  # fmt: skip
    (group,) = found.groups.to_pylist()
    assert (group["group_id"], group["canonical_id"], group["size"], group["sources"]) == (5, 5, 1, 1)
    assert found.grouped.schema == GROUPED.schema
    assert found.groups.schema == GROUPS.schema


def test_an_older_copy_found_later_becomes_canonical_and_the_id_stays(desk, article, report):
    desk.take([article(5, report(1), hours=9), article(6, report(1), hours=10)])
    desk.take([article(7, report(1), hours=2)])
    rows = desk.rows()
    assert {row["group_id"] for row in rows.values()} == {5}
    assert [i for i, row in rows.items() if row["is_canonical"]] == [7]
    assert rows[5]["copy_of"] == rows[6]["copy_of"] == 7
    assert _groups(desk)[5]["canonical_id"] == 7


def test_an_article_that_joins_two_groups_lets_one_id_live_on(desk, article, report):
    desk.take([article(1, report(1, 2), hours=5), article(2, report(2, 2), hours=6)])
    assert {row["group_id"] for row in desk.rows().values()} == {1, 2}
    desk.take([article(3, report(1, 2) + "\n" + report(2, 2), hours=1)])
    rows, groups = desk.rows(), _groups(desk)
    assert {row["group_id"] for row in rows.values()} == {1}
    assert groups[2]["merged_into"] == 1
    assert groups[2]["size"] == 0
    assert (groups[1]["size"], groups[1]["canonical_id"]) == (3, 3)


def test_copies_are_joined_to_the_canonical_article_and_never_chained(desk, article, report):
    """Each shares half with the next one, the first and the last nothing."""
    parts = [report(n, 2) for n in range(5)]
    desk.take([article(n, parts[n] + "\n" + parts[n + 1], hours=float(n)) for n in range(4)])
    rows = desk.rows()
    assert [rows[n]["copy_of"] for n in range(4)] == [None, 0, None, 2]


def test_a_copy_joins_the_most_similar_of_several_reports(desk, article, report):
    one, other = report(1, 4), report(1, 2) + "\n" + report(2, 3)
    copy = report(1, 2) + "\n" + report(2, 3) + "\n" + report(3, 1)
    desk.take([article(1, report(2, 3), hours=0), article(2, one, hours=1), article(3, copy, hours=2)])
    assert desk.rows()[3]["copy_of"] == 1
    desk.take([article(4, other, hours=0.5)])
    assert desk.rows()[3]["copy_of"] in {1, 4}


def test_of_equal_dates_the_first_capture_is_canonical_then_the_smaller_id(desk, article, report):
    desk.take(
        [
            article(9, report(1), captured=5.0),
            article(8, report(1), captured=4.0),
            article(7, report(1), captured=4.0),
        ]
    )
    assert [i for i, row in desk.rows().items() if row["is_canonical"]] == [7]


def test_an_article_without_a_date_comes_at_the_time_of_its_capture(desk, article, report):
    desk.take(
        [article(1, report(1), hours=None, captured=1.0), article(2, report(1), hours=2.0, captured=9.0)]
    )
    assert desk.rows()[2]["copy_of"] == 1


def test_an_article_without_any_date_comes_last_and_is_still_a_copy(desk, article, report):
    desk.take([article(1, report(1), hours=None, captured=None), article(2, report(1), hours=2000.0)])
    assert desk.rows()[1]["copy_of"] == 2
    desk.take([article(3, report(2), hours=None, captured=None)])
    assert _groups(desk)[3]["first_at"] is None


def test_a_group_counts_its_sources_and_spans_its_dates(desk, article, report):
    desk.take([article(n, report(1), hours=10.0 * n, source=f"Paper {n % 2}") for n in range(1, 5)])
    (group,) = _groups(desk).values()
    assert (group["size"], group["sources"]) == (4, 2)
    assert (group["last_at"] - group["first_at"]).total_seconds() == 30 * 3600


def test_pages_that_are_no_article_are_never_merged(desk, article):
    texts = ["Loading...", "403 Forbidden", "Subscribe to read the full article", ""]
    desk.take([article(n, texts[n % 4], hours=float(n)) for n in range(12)])
    assert all(row["is_canonical"] for row in desk.rows().values())
    assert len(_groups(desk)) == 12


def test_copies_outside_the_window_are_other_articles(desk, article, report, newsroom):
    pair = [article(1, report(1)), article(2, report(1), hours=24.0 * 100)]
    desk.take(pair)
    assert all(row["is_canonical"] for row in desk.rows().values())
    endless = newsroom.Desk(desk.folder.parent / "endless", DedupeOptions(window_days=None))
    endless.take(pair)
    assert endless.rows()[2]["copy_of"] == 1


def test_a_later_version_at_the_same_page_is_an_update(desk, article, report):
    page = "https://paper.example/ferry"
    desk.take(
        [article(1, report(1), url=page), article(2, report(1) + "\n" + report(9, 1), hours=3, url=page)]
    )
    assert desk.rows()[2]["copy_kind"] == "update"


def test_removing_the_canonical_article_leaves_its_copies_together(desk, article, report):
    desk.take([article(n, report(1), hours=float(n)) for n in (1, 2, 3)])
    desk.take(removed=[1])
    rows = desk.rows()
    assert set(rows) == {2, 3}
    assert rows[3]["copy_of"] == 2
    assert {row["group_id"] for row in rows.values()} == {1}


def test_an_id_whose_article_is_gone_comes_back_with_it(desk, article, report):
    desk.take([article(1, report(1))])
    desk.take(removed=[1])
    assert desk.rows() == {}
    gone = _groups(desk)[1]
    assert (gone["size"], gone["merged_into"]) == (0, None)
    desk.take([article(1, report(1))])
    assert desk.rows()[1]["group_id"] == 1
    assert _groups(desk)[1]["size"] == 1


def test_an_id_that_lives_on_elsewhere_is_not_given_twice(desk, article, report):
    """Article 1 gave its group its name, lost it to an earlier copy, and is alone again when that one goes its own way."""
    desk.take([article(1, report(1, 2), hours=9)])
    desk.take([article(2, report(1, 2) + "\n" + report(2, 2), hours=1), article(3, report(2, 2), hours=12)])
    assert {row["group_id"] for row in desk.rows().values()} == {1}
    desk.take(removed=[2])
    rows = desk.rows()
    assert rows[1]["is_canonical"]
    assert rows[3]["is_canonical"]
    assert rows[1]["group_id"] != rows[3]["group_id"]


def test_removing_what_is_not_there_changes_nothing(desk, article, report):
    desk.take([article(1, report(1))])
    before = desk.rows()
    desk.take(removed=[77, 78])
    assert desk.rows() == before


def test_what_changed_is_told_until_it_is_acknowledged(desk, article, report):
    desk.take([article(1, report(1)), article(2, report(2))])
    found = desk.take([article(3, report(1), hours=2)])
    assert found.grouped["article_id"].to_pylist() == [1, 2, 3]
    acknowledge(desk.folder)
    assert desk.take().grouped.num_rows == 0
    found = desk.take([article(4, report(2), hours=2)])
    assert found.grouped["article_id"].to_pylist() == [2, 4]
    assert found.groups["group_id"].to_pylist() == [2]


def test_ids_that_were_taken_over_are_told_too(desk, article, report):
    desk.take([article(1, report(1, 2), hours=5), article(2, report(2, 2), hours=6)])
    acknowledge(desk.folder)
    found = desk.take([article(3, report(1, 2) + "\n" + report(2, 2), hours=1)])
    assert {g["group_id"]: g["merged_into"] for g in found.groups.to_pylist()} == {1: None, 2: 1}


def test_ids_resolve_through_any_number_of_mergers(desk, article, report):
    desk.take([article(n, report(n, 1, 60), hours=10.0 - n) for n in (1, 2, 3)])
    desk.take([article(8, report(1, 1, 60) + "\n" + report(2, 1, 60), hours=0.5)])
    desk.take([article(9, "\n".join(report(n, 1, 60) for n in (1, 2, 3)), hours=0.1)])
    index = open_index(desk.folder, desk.options)
    living = {row["group_id"] for row in desk.rows().values()}
    assert len(living) == 1
    assert {resolve(index, n) for n in (1, 2, 3)} == living
    assert resolve(index, 12345) == 12345


def test_only_the_articles_asked_for_are_read(desk, article, report):
    desk.take([article(n, report(n)) for n in (1, 2, 3)])
    assert read_grouped(desk.folder, desk.options, [3, 1, 99])["article_id"].to_pylist() == [1, 3]


def test_an_empty_folder_has_no_groups(desk):
    assert read_grouped(desk.folder, desk.options).num_rows == 0
    assert read_groups(desk.folder, desk.options).num_rows == 0
    assert desk.take().grouped.num_rows == 0
    assert not desk.folder.exists()


def test_a_text_that_is_missing_is_said_so(desk, article, report):
    desk.take([article(1, report(1))])
    del desk.texts[1]
    with pytest.raises(ContractError, match="no text for 1"):
        desk.take([article(2, report(1) + " more words", hours=1)])
    assert set(desk.rows()) == {1}


def test_an_exact_copy_needs_no_text(desk, article, report):
    desk.take([article(1, report(1))])
    asked = []
    fetch = desk.fetch
    desk.fetch = lambda ids: asked.extend(ids) or fetch(ids)
    desk.take([article(n, report(1).upper(), hours=float(n)) for n in range(2, 6)])
    assert all(desk.rows()[n]["copy_kind"] == "exact" for n in range(2, 6))
    assert set(asked) <= {1, 2, 3, 4, 5}


def test_a_rebuild_with_other_settings_keeps_the_ids(desk, article, report, newsroom):
    articles = [
        article(1, report(1), hours=9),
        article(2, report(1), hours=24.0 * 100),
        article(3, report(1), hours=2),
    ]
    for one in articles:
        desk.take([one])
    assert {i: row["group_id"] for i, row in desk.rows().items()} == {1: 1, 2: 2, 3: 1}
    desk.options = DedupeOptions(window_days=None)
    rebuild_groups(desk.folder, [newsroom.sketches(articles)], desk.fetch, desk.options)
    assert {i: row["group_id"] for i, row in desk.rows().items()} == dict.fromkeys((1, 2, 3), 1)
    assert _groups(desk)[2]["merged_into"] == 1


def test_a_rebuild_of_a_damaged_index_starts_afresh(desk, article, report, newsroom):
    articles = [article(1, report(1)), article(2, report(1), hours=1)]
    desk.take(articles)
    answer = desk.answer()
    (desk.folder / "state.json").write_text("{")
    rebuild_groups(desk.folder, [newsroom.sketches(articles)], desk.fetch, desk.options)
    assert desk.answer() == answer


@pytest.mark.slow
def test_a_page_that_is_everywhere_costs_no_more_than_others(desk, article, report):
    text = " ".join(report(1).split()[:14])
    desk.take([article(n, text, hours=n / 100) for n in range(800)])
    assert sum(row["is_canonical"] for row in desk.rows().values()) == 1
    desk.take([article(900, text, hours=-1)])
    assert {row["copy_of"] for row in desk.rows().values()} == {900, None}
