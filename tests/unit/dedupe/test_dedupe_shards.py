"""Files of groups: they say what the index says, and only those are written where something changed."""

from __future__ import annotations

import random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks.contracts import GROUPED, GROUPS
from tasks.dedupe.batch import DedupeOptions, read_grouped, read_groups, rebuild_index
from tasks.dedupe.shards import publish_shards
from tasks.parquet import sort_table

_LAW = settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
_TIGHT = DedupeOptions(common_articles=4, common_weeks=2, common_ratio=1.5)


def _published(desk, size):
    """Both tables as the files of a fresh publication hold them, and how many files were written."""
    made = publish_shards(desk.folder.parent, desk.folder, desk.options, size)
    tables = [
        sort_table(
            contract, pa.concat_tables([pq.read_table(path) for path in sorted(folder.glob("*.parquet"))])
        )
        for contract, folder in ((GROUPED, made.grouped), (GROUPS, made.groups))
    ]
    return (*tables, made)


def _check(desk, size):
    grouped, groups, made = _published(desk, size)
    assert grouped.equals(read_grouped(desk.folder, desk.options))
    assert groups.equals(read_groups(desk.folder, desk.options))
    assert made.group_count == sum(size > 0 for size in groups["size"].to_pylist())
    return made


@given(st.integers(0, 10**9), st.sampled_from([1, 3, 100]))
@_LAW
def test_the_files_say_what_the_index_says_whatever_came_and_went(newsroom, tmp_path_factory, seed, size):
    rng = random.Random(seed)
    articles = newsroom.world(rng, articles=14)
    desk = newsroom.Desk(tmp_path_factory.mktemp("desk") / "duplicates", _TIGHT)
    for first in range(0, 14, 5):
        desk.take(articles[first : first + 5])
        _check(desk, size)
        desk.take(removed=[a.number for a in articles[: first + 5] if rng.random() < 0.2])
        _check(desk, size)
    desk.take(articles)
    _check(desk, size)


@pytest.fixture
def filled(newsroom, tmp_path):
    desk = newsroom.Desk(tmp_path / "duplicates", DedupeOptions())
    desk.take([newsroom.Article(n, newsroom.report(n), hours=n) for n in range(1, 9)])
    return desk


def test_only_what_changed_is_written(filled, newsroom):
    assert _check(filled, 2).written == 4
    assert _check(filled, 2).written == 0
    filled.take([newsroom.Article(20, newsroom.report(20), hours=20)])
    assert _check(filled, 2).written == 1
    filled.take([newsroom.Article(21, newsroom.report(3) + "\nMore.", hours=21)])
    assert _check(filled, 2).written == 2
    filled.take(removed=[5])
    assert _check(filled, 2).written == 1


def test_a_lost_file_is_written_again(filled):
    made = _check(filled, 2)
    next(iter(made.groups.glob("000001.parquet"))).unlink()
    assert _check(filled, 2).written == 1
    (made.grouped.parent / "shards.json").write_text("not json")
    assert _check(filled, 2).written == 4


def test_files_beyond_the_end_and_those_of_earlier_versions_are_swept(filled, newsroom):
    made = _check(filled, 2)
    (made.grouped.parent / "grouped.parquet").write_bytes(b"old")
    texts = [newsroom.sketches([newsroom.Article(n, newsroom.report(n), hours=n) for n in (1, 2)])]
    rebuild_index(filled.folder, texts, filled.fetch, filled.options)
    made = _check(filled, 2)
    assert made.written == 1
    assert sorted(path.name for path in made.grouped.iterdir()) == ["000000.parquet"]
    assert not (made.grouped.parent / "grouped.parquet").exists()


def test_an_empty_index_has_empty_tables(newsroom, tmp_path):
    desk = newsroom.Desk(tmp_path / "duplicates", DedupeOptions())
    made = publish_shards(tmp_path, desk.folder, desk.options)
    assert (made.group_count, made.written) == (0, 0)
    assert pq.read_table(made.groups / "merged.parquet").num_rows == 0
