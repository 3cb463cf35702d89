"""Marts with planted truth: counts, copies, gaps, rises and bursts are known, so that answers can be checked.

``make_lake(path, Plan(...))`` writes real mart files through the contracts and returns the :class:`Truth`.
From the command line: ``python -m benchmarks.synthetic_marts LAKE --articles 1000000``.
All names are invented; actor ids are of the project's own kind (``ci:…``), never Wikidata's.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.synthetic_tables import MonthDraw, Names, month_tables, still_tables
from tasks.analyse.calendars import coverage_table
from tasks.analyse.statistics import Counts
from tasks.contracts import TABLES
from tasks.parquet import parquet_bytes

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
WEEKDAYS = np.array([1.1, 1.15, 1.15, 1.1, 1.05, 0.75, 0.7])
"""Relative volume of Monday … Sunday."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to draw.  ``dispersion`` φ gives negative binomial day effects with variance μ + φμ² (0: Poisson)."""

    articles: int = 12_000
    days: int = 84
    sources: int = 5
    actors: int = 120
    mentions_per_article: float = 5.9
    copies: float = 0.25
    dispersion: float = 0.0
    rises: int = 6
    bursts: int = 6
    gaps: int = 3
    is_mix_changing: bool = False
    text_words: int = 30
    first_day: date = date(2025, 1, 6)
    recent_days: int = 7
    seed: int = 20250106


@dataclass(frozen=True, slots=True)
class Truth:
    """What was planted: ids of actors that rose in the last ``recent_days``, (actor, day) bursts, (source, day) gaps.

    ``mix_actor`` is named by ``mix_source`` alone, at a constant rate, while that source's volume doubles half-way.
    """

    plan: Plan
    rising: tuple[str, ...]
    bursts: tuple[tuple[str, date], ...]
    gaps: tuple[tuple[str, date], ...]
    mix_actor: str
    mix_source: str
    rising_topic: str
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def until(self) -> date:
        """The day after the last."""
        return self.plan.first_day + timedelta(days=self.plan.days)


@dataclass(frozen=True, slots=True)
class _Rates:
    """Expected articles [day, source] and expected share of articles that name an actor [day, actor]."""

    volume: Floats
    interest: Floats
    truth: Truth


def _plan_rates(plan: Plan, rng: np.random.Generator, names: Names) -> _Rates:
    """Draw what is planted and turn it into expected counts."""
    day = np.arange(plan.days)
    weights = 0.75 ** np.arange(plan.sources)
    volume = np.outer(WEEKDAYS[(plan.first_day.weekday() + day) % 7], weights / weights.sum())
    if plan.is_mix_changing:
        volume[plan.days // 2 :, 1 % plan.sources] *= 2
    volume *= plan.articles / volume.sum()
    base = (np.arange(plan.actors) + 4.0) ** -0.9
    base = np.minimum(0.3, base * plan.mentions_per_article / base.sum())
    interest = np.tile(base, (plan.days, 1))
    if plan.dispersion:
        interest *= rng.gamma(1 / plan.dispersion, plan.dispersion, interest.shape)
    daily = plan.articles * (1 - plan.copies) / plan.days
    expected = base * daily
    quiet = np.flatnonzero((expected * plan.recent_days > 4) & (np.arange(plan.actors) >= plan.actors // 6))
    picks = rng.permutation(quiet)
    rising, rest = picks[: plan.rises], picks[plan.rises :]
    interest[-plan.recent_days :, rising] *= 3.0
    bursts = []
    for actor in rest[: plan.bursts]:
        when = int(rng.integers(14, plan.days - plan.recent_days - 1))
        mean = float(expected[actor])
        interest[when, actor] = base[actor] * (4.0 + 12.0 / max(mean, 0.4))
        bursts.append((names.actors[actor], plan.first_day + timedelta(days=when)))
    mix = 3
    gaps = []
    for _ in range(plan.gaps):
        when, source = int(rng.integers(20, plan.days - 2)), int(rng.integers(0, min(2, plan.sources)))
        volume[when, source] *= 0.1
        gaps.append((names.sources[source], plan.first_day + timedelta(days=when)))
    truth = Truth(
        plan,
        tuple(sorted(names.actors[a] for a in rising)),
        tuple(sorted(bursts)),
        tuple(sorted(set(gaps))),
        names.actors[mix],
        names.sources[1 % plan.sources],
        names.topics[-1],
    )
    return _Rates(volume, np.minimum(interest, 0.6), truth)


def _months(plan: Plan) -> list[tuple[str, int, int]]:
    """(month, first day number, day number after the last) for every month of the plan."""
    months: dict[str, list[int]] = {}
    for number in range(plan.days):
        months.setdefault(f"{plan.first_day + timedelta(days=number):%Y-%m}", []).append(number)
    return [(month, days[0], days[-1] + 1) for month, days in months.items()]


def _write(lake: Path, name: str, table: pa.Table, build_id: str, month: str | None) -> None:
    """One mart file, replaced whole."""
    folder = lake / "marts" / name / f"month={month}" if month else lake / "marts" / name
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / f".{name}.tmp"
    temporary.write_bytes(parquet_bytes(TABLES[name], table, {"build_id": build_id}))
    os.replace(temporary, folder / f"{name}.parquet")


def make_lake(lake: Path, plan: Plan | None = None) -> Truth:
    """Write the marts of *plan* below *lake*, one build per month, and return what was planted."""
    plan = plan or Plan()
    rng = np.random.default_rng(plan.seed)
    names = Names.numbered(plan.sources, plan.actors)
    rates = _plan_rates(plan, rng, names)
    mix = names.actors.index(rates.truth.mix_actor), names.sources.index(rates.truth.mix_source)
    counts: list[Counts] = []
    groups: list[pa.Table] = []
    totals: dict[str, int] = {}
    for month, first, end in _months(plan):
        arrivals = rng.poisson(rates.volume[first:end])
        draw = MonthDraw.draw(rng, plan, arrivals, rates.interest[first:end], first, mix)
        tables = month_tables(rng, plan, names, draw, f"b{month}")
        groups.append(tables.pop("groups"))
        for name, table in tables.items():
            _write(lake, name, table, f"b{month}", month)
            totals[name] = totals.get(name, 0) + table.num_rows
        counts += [
            Counts(
                plan.first_day + timedelta(days=first + d),
                names.sources[s],
                0,
                int(n),
                int(n),
                int(n),
                int(n),
            )
            for d, row in enumerate(arrivals)
            for s, n in enumerate(row)
        ]
    _write_coverage(lake, coverage_table(counts))
    _write(lake, "groups", pa.concat_tables(groups), "b", None)
    for name, table in still_tables(names).items():
        _write(lake, name, table, "b", None)
    truth = rates.truth
    return Truth(
        truth.plan,
        truth.rising,
        truth.bursts,
        truth.gaps,
        truth.mix_actor,
        truth.mix_source,
        truth.rising_topic,
        totals,
    )


def _write_coverage(lake: Path, coverage: pa.Table) -> None:
    """The coverage mart, month by month."""
    months = pc.strftime(coverage["day"], format="%Y-%m")
    for month in months.unique().to_pylist():
        _write(lake, "coverage", coverage.filter(pc.equal(months, month)), f"b{month}", month)


def main() -> None:
    """Write a lake for the benchmarks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lake", type=Path)
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--days", type=int, default=730)
    parser.add_argument("--actors", type=int, default=5_000)
    parser.add_argument("--sources", type=int, default=27)
    parser.add_argument("--dispersion", type=float, default=0.0)
    parser.add_argument("--text-words", type=int, default=0)
    given = parser.parse_args()
    plan = Plan(
        articles=given.articles,
        days=given.days,
        actors=given.actors,
        sources=given.sources,
        dispersion=given.dispersion,
        text_words=given.text_words,
        rises=20,
        bursts=200,
        gaps=10,
    )
    truth = make_lake(given.lake, plan)
    print(f"{given.lake}: {dict(truth.counts)}")


if __name__ == "__main__":
    main()
