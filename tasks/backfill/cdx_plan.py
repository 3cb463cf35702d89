"""The plan of a backfill from lists of captures: which of them are pages of the days wanted, and which the lake has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from tasks.backfill.cdx import LINE_LIMIT, BadLineError, CdxRecord, parse_line
from tasks.backfill.compressed import BrokenFileError, open_lines
from tasks.backfill.days import Days, Order
from tasks.backfill.fetched import FETCH, known_unit
from tasks.backfill.remote import Remote, open_reader, patience_of
from tasks.backfill.shards import Shard, make_shards
from tasks.backfill.spool import download
from tasks.config import Settings
from tasks.errors import ConfigError, UnitError
from tasks.store import Lake

_ELSEWHERE = ("http://", "https://", "s3://")


@dataclass(frozen=True, slots=True)
class PlannedShard:
    """Captures that a backfill goes through together; ``is_known`` when they are in the lake."""

    shard: Shard
    is_known: bool


@dataclass(frozen=True, slots=True)
class CdxPlan:
    """What a backfill from lists will do.

    ``expected`` counts the pages listed for each day and collection; ``passed`` what was not taken, by why.
    """

    shards: tuple[PlannedShard, ...]
    expected: Mapping[str, Mapping[date, int]] = field(default_factory=dict)
    passed: Mapping[str, int] = field(default_factory=dict)

    @property
    def notes(self) -> list[str]:
        """Lines about what was not taken."""
        return [f"{count:,} lines of the lists: {why}" for why, count in self.passed.items()]


def plan_cdx(
    lake: Lake,
    settings: Settings,
    lists: Sequence[str],
    days: Days,
    order: Order,
    source: str | None,
    base: str | None,
) -> CdxPlan:
    """Every page that *lists* (files or addresses) name on one of *days*, those that the lake has included.

    *base* is where all of them are asked for; by default archives below ``backfill.ccnews_base`` and captures without an
    archive at ``backfill.wayback_base``.  ConfigError when a list cannot be read or names no capture at all.
    """
    passed: Counter[str] = Counter()
    records: dict[str, CdxRecord] = {}
    for place in lists:
        before = len(records) + passed.total()
        for one in _read(lake, settings, place, passed):
            if one.at.date() not in days:
                passed["of other days"] += 1
            elif not one.is_page:
                passed["no page, by their own account"] += 1
            elif one.key in records:
                passed["repeated"] += 1
            else:
                records[one.key] = one
        if len(records) + passed.total() == before or (passed["not readable"] and not records):
            raise ConfigError(f"--cdx {place}: names no capture; CDXJ and CDX with 7 or 11 fields are read")

    def base_of(one: CdxRecord) -> str:
        """Where the capture is fetched from."""
        return base or (
            settings.backfill.wayback_base if one.filename is None else settings.backfill.ccnews_base
        )

    expected: dict[str, Counter[date]] = {}
    for shard in make_shards(list(records.values()), base_of, order, source):
        expected.setdefault(shard.collection, Counter())[shard.day] += len(shard.records)
    shards = _known_and_new(lake, records, base_of, order, source)
    return CdxPlan(tuple(shards), expected, dict(passed))


def _known_and_new(
    lake: Lake,
    records: Mapping[str, CdxRecord],
    base_of: Callable[[CdxRecord], str],
    order: Order,
    source: str | None,
) -> list[PlannedShard]:
    """Shards that were fetched before, as they were then, and new ones of what is in none of them."""
    planned: list[PlannedShard] = []
    taken: set[str] = set()
    for receipt in lake.receipts(FETCH):
        keys = receipt.meta.get("records")
        if not keys or receipt.meta["source"] != source:
            continue
        taken.update(keys)
        if all(key in records for key in keys):
            again = make_shards([records[key] for key in keys], base_of, order, source)
            planned += [PlannedShard(one, known_unit(lake, one) is not None) for one in again]
    fresh = [one for key, one in records.items() if key not in taken]
    planned += [PlannedShard(one, False) for one in make_shards(fresh, base_of, order, source)]
    return sorted(planned, key=lambda one: (one.shard.day, one.shard.name), reverse=order == "newest")


def _read(lake: Lake, settings: Settings, place: str, passed: Counter[str]) -> Iterator[CdxRecord]:
    """The captures that one list names; lines that name none are counted."""
    if not place.startswith(_ELSEWHERE):
        yield from _read_file(Path(place), place, passed)
        return
    reader = open_reader(place, settings)
    try:
        done = download(reader, Remote(place, place), lake.root, patience_of(settings), lambda _: None)
    except UnitError as error:
        raise ConfigError(f"--cdx {error}") from error
    finally:
        reader.close()
    try:
        yield from _read_file(done.path, place, passed)
    finally:
        done.path.unlink(missing_ok=True)


def _read_file(path: Path, place: str, passed: Counter[str]) -> Iterator[CdxRecord]:
    try:
        with open_lines(path) as lines:
            while line := lines.readline(LINE_LIMIT):
                try:
                    record = parse_line(line.decode("utf-8"))
                except (BadLineError, UnicodeDecodeError):
                    passed["not readable"] += 1
                    continue
                if record is not None:
                    yield record
    except (OSError, BrokenFileError) as error:
        raise ConfigError(f"--cdx {place}: cannot be read ({error}); check the file") from error
