"""What was planted is found, what was not is left alone: rises, bursts, gaps and changes of the mix of outlets."""

from datetime import timedelta
from pathlib import Path

import pytest

from benchmarks.analyse import measure_truth
from benchmarks.synthetic_marts import Plan, make_lake
from tasks.analyse.lake import connect

BASE = {
    "articles": 40_000,
    "days": 180,
    "actors": 300,
    "sources": 8,
    "rises": 20,
    "bursts": 20,
    "gaps": 6,
    "text_words": 0,
}


@pytest.mark.slow
@pytest.mark.parametrize("dispersion", [0.0, 0.15])
def test_planted_rises_bursts_and_gaps_are_found(tmp_path: Path, dispersion: float) -> None:
    found = measure_truth(Plan(**BASE, dispersion=dispersion), tmp_path)
    assert found["rising_precision_at_10"] >= 0.9
    assert found["bursts_precision"] >= 0.9
    assert found["bursts_recall"] >= 0.75
    assert found["false_alarms_per_1000_actor_days"] <= 0.05
    assert (found["gap_precision"], found["gap_recall"]) == (1, 1)


@pytest.mark.slow
def test_without_anything_planted_nothing_is_significant(tmp_path: Path) -> None:
    truth = make_lake(tmp_path, Plan(**{**BASE, "rises": 0, "bursts": 0, "gaps": 0}))
    with connect(tmp_path) as reader:
        rising = reader.rising_actors(top=300)
        assert rising.filter("q_value < 0.05").fetchall() == []
        assert len(reader.bursts(top=100).fetchall()) <= 1
        assert reader.sql("SELECT * FROM coverage AS c WHERE c.is_gap").fetchall() == []
        assert truth.gaps == ()


@pytest.mark.slow
def test_a_change_of_the_mix_is_no_change_of_interest(tmp_path: Path) -> None:
    found = measure_truth(Plan(**{**BASE, "articles": 120_000}, is_mix_changing=True), tmp_path)
    assert found["mix_share_change"] > 1.4
    assert found["mix_adjusted_share_change"] == pytest.approx(1, abs=0.08)


@pytest.mark.slow
def test_a_gap_lowers_the_count_and_hardly_the_share(tmp_path: Path) -> None:
    truth = make_lake(tmp_path, Plan(**{**BASE, "sources": 2, "gaps": 3}))
    gaps = sorted({day for _, day in truth.gaps})
    with connect(tmp_path) as reader:
        rows = reader.actor_trend(actor="ci:00000", bucket="day", count="articles").fetchall()
        by_day = {row[0]: row for row in rows}
        assert all(by_day[day][10] for day in gaps)
        lost = sum(by_day[day][3] for day in gaps) / sum(by_day[day - timedelta(days=7)][3] for day in gaps)
        assert lost < 0.8
        share = sum(by_day[day][3] for day in gaps) / sum(by_day[day][4] for day in gaps)
        usual = sum(row[3] for row in rows) / sum(row[4] for row in rows)
        assert share == pytest.approx(usual, rel=0.25)
