"""What a run did, as numbers: for the terminal, for ``--json`` and for the run's artifact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flows.units import Outcome
    from tasks.marts.build import Partition


@dataclass(frozen=True, slots=True)
class MartsSummary:
    """What refreshing did: months rebuilt, months already current, articles, and duplicate groups among them."""

    rebuilt: tuple[str, ...] = ()
    current: int = 0
    articles: int = 0
    groups: int = 0


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What a run of unit work did.  ``rows`` counts in, out and rejected per stage; ``failed`` names unit and error, ``notes``
    say what people should know besides, ``seconds`` how long each stage took, added up over its units, ``held`` names the
    units left alone because they failed too often, and why.
    """

    units: int = 0
    rows: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    reasons: Mapping[str, int] = field(default_factory=dict)
    failed: Mapping[str, str] = field(default_factory=dict)
    marts: MartsSummary | None = None
    notes: tuple[str, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)
    held: Mapping[str, str] = field(default_factory=dict)

    def with_marts(self, marts: MartsSummary) -> RunSummary:
        """The same with what refreshing did."""
        return replace(self, marts=marts)

    def plain(self) -> dict[str, Any]:
        """Dictionaries and lists only, for JSON."""
        return asdict(self)


def summarise_units(outcomes: Iterable[Outcome]) -> RunSummary:
    """Add up the receipts of all units; the sums keep rows in = rows out + rejected."""
    rows: dict[str, Counter[str]] = {}
    reasons: Counter[str] = Counter()
    failed: dict[str, str] = {}
    seconds: Counter[str] = Counter()
    units = 0
    for outcome in outcomes:
        units += 1
        if outcome.error is not None:
            failed[outcome.name] = outcome.error
        for stage, receipt in outcome.receipts.items():
            counter = rows.setdefault(stage, Counter())
            counter.update(rows_in=receipt.rows_in, rows_out=receipt.rows_out, rejected=receipt.rejected)
            reasons.update(receipt.counts)
            seconds[stage] += receipt.meta.get("seconds", 0.0)
    return RunSummary(
        units, {stage: dict(counter) for stage, counter in rows.items()}, dict(reasons.most_common()), failed,
        seconds={stage: round(spent, 3) for stage, spent in seconds.items()},
    )  # fmt: skip


def add_up(summaries: Iterable[RunSummary]) -> RunSummary:
    """One summary for several runs of unit work."""
    rows: dict[str, Counter[str]] = {}
    reasons: Counter[str] = Counter()
    failed: dict[str, str] = {}
    seconds: Counter[str] = Counter()
    units = 0
    for one in summaries:
        units += one.units
        seconds.update(one.seconds)
        reasons.update(one.reasons)
        failed |= one.failed
        for stage, counts in one.rows.items():
            rows.setdefault(stage, Counter()).update(counts)
    plain = {stage: dict(counter) for stage, counter in rows.items()}
    return RunSummary(units, plain, dict(reasons.most_common()), failed, seconds=dict(seconds))


def summarise_marts(partitions: Iterable[Partition], groups: int) -> MartsSummary:
    """Add up the partitions of one refresh."""
    listed = list(partitions)
    rebuilt = tuple(partition.name for partition in listed if partition.was_rebuilt)
    return MartsSummary(
        rebuilt, len(listed) - len(rebuilt), sum(partition.articles for partition in listed), groups
    )
