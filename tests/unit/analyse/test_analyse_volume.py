"""The volume alarm: recent gaps and sources that fell silent, nothing else."""

from datetime import date, timedelta

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.analyse.calendars import coverage_table
from tasks.analyse.statistics import Counts
from tasks.analyse.volume import RECENT_DAYS, low_volumes

TODAY = date(2026, 3, 20)


def lake_of(root, kept: dict[str, list[int]]):
    """A lake whose sources kept so many articles on the last days, the last entry being yesterday; null: no row."""
    rows = [
        Counts(TODAY - timedelta(len(counts) - place), source, 0, count, count, count, count)
        for source, counts in kept.items()
        for place, count in enumerate(counts)
    ]
    table = coverage_table(rows)
    folder = root / "marts" / "coverage" / "month=2026-03"
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, folder / "coverage.parquet")
    return root


@settings(max_examples=15)
@given(st.integers(5, 200))
def test_an_even_flow_raises_no_alarm(tmp_path_factory, count):
    assert low_volumes(lake_of(tmp_path_factory.mktemp("lake"), {"Harbour Times": [count] * 40}), TODAY) == []


@settings(max_examples=15)
@given(st.integers(30, 200), st.integers(1, RECENT_DAYS))
def test_a_gap_on_a_recent_day_is_named_with_its_day(tmp_path_factory, usual, ago):
    counts = [usual] * 40
    counts[-ago] = 0
    found = low_volumes(
        lake_of(tmp_path_factory.mktemp("lake"), {"Harbour Times": counts, "Calm": [usual] * 40}), TODAY
    )
    assert [(one.source, one.day, one.kept) for one in found] == [
        ("Harbour Times", TODAY - timedelta(ago), 0)
    ]
    assert found[0].expected == pytest.approx(usual, rel=0.3)


def test_a_gap_of_long_ago_wakes_nobody(tmp_path):
    counts = [50] * 40
    counts[-20] = 0
    assert low_volumes(lake_of(tmp_path, {"Harbour Times": counts}), TODAY) == []


def test_a_lake_whose_crawl_stopped_says_which_sources_are_silent(tmp_path):
    root = lake_of(tmp_path, {"Harbour Times": [20] * 40})
    found = low_volumes(root, TODAY + timedelta(RECENT_DAYS + 2))
    assert [(one.source, one.kept) for one in found] == [("Harbour Times", 0)]
    assert found[0].expected == pytest.approx(20)


def test_a_history_that_ended_years_ago_is_no_alarm(tmp_path):
    assert low_volumes(lake_of(tmp_path, {"Harbour Times": [20] * 40}), date(2031, 1, 1)) == []


def test_a_lake_without_coverage_has_nothing_to_say(tmp_path):
    assert low_volumes(tmp_path, TODAY) == []
