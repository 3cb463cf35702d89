"""What was planted is found again: rises, bursts, gaps and a change of the mix, under several kinds of chance and history."""

from pathlib import Path

import pytest

from benchmarks.analyse import measure_truth
from benchmarks.synthetic_marts import Plan

BASE = {
    "articles": 40_000,
    "days": 98,
    "actors": 300,
    "sources": 6,
    "rises": 12,
    "bursts": 20,
    "gaps": 4,
    "text_words": 0,
}
KINDS: dict[str, dict[str, object]] = {
    "Poisson": {},
    "overdispersed": {"dispersion": 0.2},
    "of five weeks": {"days": 35, "articles": 16_000},
    "of two outlets": {"sources": 2},
    "another draw": {"seed": 77},
}


@pytest.fixture(scope="module", params=KINDS, ids=str)
def found(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, float]:
    plan = Plan(**{**BASE, **KINDS[request.param]})  # type: ignore[arg-type]
    return measure_truth(plan, tmp_path_factory.mktemp("truth") / "lake")


@pytest.mark.slow
def test_those_that_rose_are_at_the_top(found: dict[str, float]) -> None:
    assert found["rising_precision_at_10"] >= 0.9


@pytest.mark.slow
def test_bursts_are_found_and_few_others(found: dict[str, float]) -> None:
    assert found["bursts_precision"] >= 0.9
    assert found["bursts_recall"] >= 0.55  # three quarters and more in a lake of a million articles


@pytest.mark.slow
def test_gap_days_are_found_exactly(found: dict[str, float]) -> None:
    assert found["gap_precision"] == 1
    assert found["gap_recall"] == 1


@pytest.mark.slow
def test_a_change_of_the_mix_is_not_taken_for_interest(tmp_path: Path) -> None:
    plan = Plan(**{**BASE, "is_mix_changing": True, "articles": 120_000, "seed": 3})  # type: ignore[arg-type]
    found = measure_truth(plan, tmp_path / "lake")
    assert found["mix_share_change"] > 1.3
    assert found["mix_adjusted_share_change"] == pytest.approx(1, abs=0.1)
