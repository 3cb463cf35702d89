"""The statistics behind the queries, in plain Python: intervals, tails, multiple testing and gap detection.

The same formulas run as SQL macros in ``sql/base``; the tests hold the two against each other.  Sources:

- interval of a share: E. B. Wilson, "Probable inference, the law of succession, and statistical inference" (1927);
- ratio of two rates: given their sum, counts of two Poisson processes are binomial (Przyborowski and Wilenski, 1940);
- shrinkage: a beta prior centred on "no change", worth ``PRIOR`` mentions;
- multiple testing: Y. Benjamini and Y. Hochberg, "Controlling the false discovery rate" (1995);
- overdispersion: variance μ + φμ² (negative binomial), φ or the quasi-likelihood factor estimated from the data.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date
from statistics import median, quantiles
from typing import NamedTuple

Z95 = 1.959963984540054
"""Standard normal quantile of a two-sided 95 % interval."""
PRIOR = 4.0
"""Pseudo-mentions with which a rate ratio is drawn towards 1."""
GAP_SHARE, LOW_SHARE, HIGH_SHARE = 0.5, 0.7, 1.5
"""Under and over these shares of the usual count a day may be a gap, low or high."""
GAP_CHANCE, ODD_CHANCE = 1e-5, 1e-3
"""A gap must be less likely than the first by chance, a low or high day than the second."""
HOLIDAY_SHARES = 0.35, 0.85
"""Between these shares of the usual count in nearly all outlets at once, a day is a holiday; under the first all lost their crawl."""
FEWEST_OUTLETS = 3
"""Outlets needed to know a holiday, or a day lost by all, from a bad day of one."""


def share_interval(count: float, total: float, z: float = Z95) -> tuple[float, float]:
    """Wilson's interval for the share *count* / *total*; (0, 1) when *total* is 0."""
    if total <= 0:
        return 0.0, 1.0
    centre = (count + z * z / 2) / (total + z * z)
    half = z / (total + z * z) * math.sqrt(max(count * (total - count) / total, 0.0) + z * z / 4)
    return max(0.0, centre - half), min(1.0, centre + half)


def rate_ratio(
    count: float, total: float, base_count: float, base_total: float, dispersion: float = 1.0
) -> tuple[float, float, float]:
    """How much larger *count* / *total* is than *base_count* / *base_total*: (ratio, low, high), 95 %.

    Both counts get their part of ``PRIOR`` pseudo-mentions at ratio 1, so that 2 against 0 is no sensation.
    *dispersion* (≥ 1) widens the interval as quasi-likelihood does.  NaN when one of the totals is 0.
    """
    if total <= 0 or base_total <= 0:
        return math.nan, math.nan, math.nan
    expected = total / (total + base_total)
    recent = count + PRIOR * expected
    earlier = base_count + PRIOR * (1 - expected)
    low, high = share_interval(recent, recent + earlier, Z95 * math.sqrt(max(dispersion, 1.0)))
    odds = base_total / total
    return recent / earlier * odds, low / (1 - low) * odds, high / (1 - high) * odds if high < 1 else math.inf


def poisson_tail(count: int, mean: float) -> float:
    """P(X ≥ *count*) for a Poisson count of that *mean*, exact to rounding."""
    return negative_binomial_tail(count, mean, 0.0)


def negative_binomial_tail(count: int, mean: float, dispersion: float) -> float:
    """P(X ≥ *count*) where the variance is mean + *dispersion* · mean² (0: Poisson)."""
    if count <= 0:
        return 1.0
    if mean <= 0:
        return 0.0
    if count <= mean:
        return max(0.0, 1.0 - math.fsum(_masses(range(count), mean, dispersion)))
    total, number = 0.0, count
    while True:
        mass = _mass(number, mean, dispersion)
        total += mass
        if mass <= total * 1e-16 or number > count + 100_000:
            return min(1.0, total)
        number += 1


def lower_tail(count: int, mean: float, dispersion: float = 0.0) -> float:
    """P(X ≤ *count*) for the same distributions."""
    return min(1.0, math.fsum(_masses(range(count + 1), mean, dispersion)))


def _masses(numbers: Iterable[int], mean: float, dispersion: float) -> list[float]:
    return [_mass(n, mean, dispersion) for n in numbers]


def _mass(number: int, mean: float, dispersion: float) -> float:
    """P(X = *number*)."""
    if dispersion <= 0:
        return math.exp(number * math.log(mean) - mean - math.lgamma(number + 1))
    size = 1 / dispersion
    return math.exp(
        math.lgamma(number + size)
        - math.lgamma(size)
        - math.lgamma(number + 1)
        + size * math.log(size / (size + mean))
        + number * math.log(mean / (size + mean))
    )


def adjust_chances(chances: Sequence[float]) -> list[float]:
    """Benjamini–Hochberg q values in the order given: keeping all q ≤ .05 means at most 5 % of those kept are chance."""
    order = sorted(range(len(chances)), key=lambda i: chances[i], reverse=True)
    adjusted, least = [1.0] * len(chances), 1.0
    for place, index in enumerate(order):
        least = min(least, chances[index] * (len(chances) / (len(chances) - place)))
        adjusted[index] = least
    return adjusted


def quasi_dispersion(counts: Sequence[float], expected: Sequence[float]) -> float:
    """Variance over mean of *counts* about *expected*, by the median, so that gaps and bursts do not inflate it; ≥ 1."""
    residuals = [abs(c - e) / math.sqrt(e) for c, e in zip(counts, expected, strict=True) if e > 0]
    return max(1.0, (1.4826 * median(residuals)) ** 2) if len(residuals) >= 14 else 1.0


class Counts(NamedTuple):
    """What one source gave on one day; ``listed`` is 0 where no feed or archive says.  A tuple, since calendars have many."""

    day: date
    source: str
    listed: int = 0
    fetched: int = 0
    extracted: int = 0
    kept: int = 0
    enriched: int = 0


def common_shares(days: Iterable[tuple[int, int, float]]) -> dict[int, float]:
    """What share of the usual count nearly all outlets had on each thin day; days that are not thin for nearly all are left out.

    *days* are (number of the day, kept, usual count) of every outlet.  The share is the upper quartile over the outlets of which
    five articles or more are usual, ``FEWEST_OUTLETS`` of them at least.
    """
    found: dict[int, list[float]] = {}
    for day, kept, expected in days:
        if expected >= 5:
            found.setdefault(day, []).append(kept / expected)
    upper = {day: quantiles(s, n=4)[2] for day, s in found.items() if len(s) >= FEWEST_OUTLETS}
    return {day: median(found[day]) for day, share in upper.items() if share < HOLIDAY_SHARES[1]}


def day_status(row: Counts, expected: float | None, factor: float = 1.0, is_lost: bool = False) -> str:
    """``ok``, ``low``, ``gap``, ``high`` or ``unknown``; a day that all outlets lost (*is_lost*) needs no proof from each of them.

    *factor* is the variance over the mean.  When an outlet listed few articles itself and nearly all of them were
    fetched, a thin day is ``low`` (a holiday), not a ``gap``.
    """
    if not expected:
        return "unknown"
    dispersion = min((factor - 1) / expected, 1e9)
    if row.kept < LOW_SHARE * expected:
        chance = lower_tail(row.kept, expected, dispersion)
        is_complete = row.listed > 0 and row.fetched >= 0.8 * row.listed
        if row.kept < GAP_SHARE * expected and (is_lost or chance < GAP_CHANCE) and not is_complete:
            return "gap"
        return "low" if chance < ODD_CHANCE else "ok"
    if row.kept > HIGH_SHARE * expected:
        chance = negative_binomial_tail(row.kept, expected, dispersion)
        return "high" if chance < ODD_CHANCE else "ok"
    return "ok"
