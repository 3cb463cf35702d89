"""The plan of a backfill from elsewhere: which files, how large, which of them the lake has, what each day should bring."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial

from tasks.backfill.ccnews import Month, choose_files, list_span
from tasks.backfill.days import Days, Order
from tasks.backfill.fetched import known_unit
from tasks.backfill.remote import Remote, open_reader, patience_of
from tasks.config import Settings, Source
from tasks.errors import ConfigError, UnitError
from tasks.receipts import Receipt, receipt_key, save_receipt
from tasks.store import Lake
from tasks.urls import bare_host

LISTING = "listing"
"""The stage whose receipts say how many files each day should bring."""
_ASKERS = 8


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A file that a backfill goes through; ``is_known`` when it was fetched and its captures are in the lake."""

    remote: Remote
    is_known: bool


@dataclass(frozen=True, slots=True)
class ArchivePlan:
    """What a backfill from elsewhere will do.

    ``expected`` counts the files of each day asked for, 0 where nothing is listed; ``unlisted`` names months without a
    list; ``odd`` counts lines of lists that name no such file.
    """

    files: tuple[PlannedFile, ...]
    days: Days
    expected: Mapping[date, int] = field(default_factory=dict)
    unlisted: tuple[str, ...] = ()
    odd: int = 0

    @property
    def remotes(self) -> list[Remote]:
        """The files, in the order wanted."""
        return [one.remote for one in self.files]


def plan_ccnews(
    lake: Lake,
    settings: Settings,
    days: Days,
    order: Order,
    base: str | None = None,
    only: Collection[str] = (),
) -> ArchivePlan:
    """Every file of CC-NEWS begun on one of *days*, those that the lake knows included; of each, the pages of the hosts *only*.

    ConfigError when none of the months has a list, or the lists cannot be had.
    """
    base = base or settings.backfill.ccnews_base
    patience = patience_of(settings)
    try:
        reader = open_reader(base, settings)
        try:
            months = list_span(reader, base, days, patience)
        finally:
            reader.close()
    except UnitError as error:
        raise ConfigError(f"--ccnews: {error}") from error
    if not any(month.is_listed for month in months):
        raise ConfigError(
            f"--ccnews: {base} has no list for {days}; check the dates, or set another --ccnews-base"
        )
    return ArchivePlan(
        tuple(_with_sizes(lake, settings, [replace(one, only=tuple(sorted(only))) for one in choose_files(months, days, order)])), days, _expected(months, days),
        tuple(f"{month.month:%Y-%m}" for month in months if not month.is_listed), sum(m.odd for m in months),
    )  # fmt: skip


def hosts_of(sources: Mapping[str, Source], outlets: Sequence[str]) -> tuple[str, ...]:
    """The hosts of the outlets named, without ``www.``.  ConfigError for one that is not listed or has no hosts."""
    found: set[str] = set()
    for name in outlets:
        if name not in sources or not sources[name].hosts:
            raise ConfigError(
                f"--source {name}: sources.toml must name its hosts, since CC-NEWS holds many outlets"
            )
        found.update(bare_host(host) for host in sources[name].hosts)
    return tuple(sorted(found))


def _expected(months: Sequence[Month], days: Days) -> dict[date, int]:
    """Files listed for each day of the span that lies in a month looked at."""
    listed = Counter(one.day for month in months for one in month.files)
    begun = {month.month for month in months}
    return {day: listed[day] for day in days if day.replace(day=1) in begun} if months else {}


def _with_sizes(lake: Lake, settings: Settings, remotes: Sequence[Remote]) -> list[PlannedFile]:
    """The files with their sizes: from receipts, from the list, or by asking the server, several at once."""
    planned: dict[str, PlannedFile] = {}
    for remote in remotes:
        unit = known_unit(lake, remote)
        if unit is not None:
            is_known = lake.receipt("capture", unit.unit_id) is not None
            planned[remote.name] = PlannedFile(replace(remote, size=unit.inputs[0].size), is_known)
        elif remote.size is not None:
            planned[remote.name] = PlannedFile(remote, False)
    asked = [remote for remote in remotes if remote.name not in planned]
    with ThreadPoolExecutor(_ASKERS, "ask") as pool:
        parts = [asked[place::_ASKERS] for place in range(_ASKERS)]
        for part in pool.map(lambda some: _ask_sizes(settings, some), parts):
            planned |= {one.name: PlannedFile(one, False) for one in part}
    return [planned[remote.name] for remote in remotes]


def _ask_sizes(settings: Settings, remotes: Sequence[Remote]) -> list[Remote]:
    """The files with what the server says of them; one that it does not give is left as it is, and fails when fetched."""
    if not remotes:
        return []
    reader, patience, made = open_reader(remotes[0].url, settings), patience_of(settings), []
    try:
        for remote in remotes:
            try:
                found = patience.persist(partial(reader.find, remote.url))
                made.append(replace(remote, size=found.size, etag=found.etag))
            except UnitError:
                made.append(remote)
    finally:
        reader.close()
    return made


def plan_warnings(plan: ArchivePlan) -> list[str]:
    """What people should know of a plan before it runs: days and months without files, sizes that nobody says."""
    lines = [f"no list of {month}: nothing will come of that month" for month in plan.unlisted]
    empty = [
        day.isoformat()
        for day, count in plan.expected.items()
        if not count and f"{day:%Y-%m}" not in plan.unlisted
    ]
    if empty:
        more = f" and {len(empty) - 5} more" if len(empty) > 5 else ""
        lines.append(f"no file is listed for {', '.join(empty[:5])}{more}: a gap of the archive")
    if unknown := sum(one.remote.size is None for one in plan.files):
        lines.append(f"{unknown} files are listed and the server does not say how large they are")
    if plan.odd:
        lines.append(f"{plan.odd} lines of the lists name no file of CC-NEWS")
    return lines


def remember_expected(
    lake: Lake,
    source: str,
    expected: Mapping[date, int],
    counts: str = "files",
    got: Mapping[date, int] | None = None,
) -> None:
    """Write down how many files (or *counts*) each day should bring, month by month, beside what earlier runs asked for.

    *got* says how many came, where no receipt of stage ``fetch`` does.
    """
    for month in sorted({day.replace(day=1) for day in expected}):
        name = f"{LISTING}-{receipt_key(LISTING, source, '', '', '')[:8]}-{month:%Y-%m}"
        before = lake.receipt(LISTING, name)
        meta = {
            "source": source,
            "counts": counts,
            "days": _merged(before, "days", expected, month),
            "got": _merged(before, "got", got or {}, month),
        }
        if before is None or dict(before.meta) != meta:
            key = receipt_key(LISTING, name, "", "", "")
            save_receipt(lake.root, Receipt(LISTING, name, key, 0, 0, 0, (), meta=meta))


def _merged(before: Receipt | None, name: str, counts: Mapping[date, int], month: date) -> dict[str, int]:
    """What was known of the days of *month* and what is said of them now, by day."""
    known = dict(before.meta.get(name, {})) if before is not None else {}
    known |= {day.isoformat(): n for day, n in counts.items() if day.replace(day=1) == month}
    return dict(sorted(known.items()))
