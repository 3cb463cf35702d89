"""CC-NEWS, Common Crawl's news crawl: which archive files there are for a span of days.

``crawl-data/CC-NEWS/YYYY/MM/CC-NEWS-<14 digits>-<serial>.warc.gz``, listed a month at a time in ``warc.paths.gz``
(https://commoncrawl.org/news-crawl).  The digits are the time (UTC) when the crawler began the file: pages in it were
fetched then or within hours after, and published whenever their publisher says.  So a span chooses files by when they
were crawled, and each article finds its own month by its own date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlsplit, urlunsplit

from tasks.backfill.coding import OverLimitError, decode_body
from tasks.backfill.days import Days, Order
from tasks.backfill.patience import Patience
from tasks.backfill.remote import Found, Reader, Remote
from tasks.backfill.web import MissingError
from tasks.errors import ConfigError, UnitError

CCNEWS = "CC-NEWS"
FIRST = date(2016, 8, 1)
"""The month of the first file."""
FOLDER = "crawl-data/CC-NEWS"
LIST_LIMIT = 50_000_000
"""Bytes of one month's list, unpacked: a real one has 60 kB."""
_NAME = re.compile(FOLDER + r"/(\d{4})/(\d{2})/CC-NEWS-(\d{14})-\d{1,9}\.warc\.gz")


@dataclass(frozen=True, slots=True)
class Month:
    """What one month's list says: its files, oldest first, and how many of its lines name no such file.

    ``is_listed`` is false when there is no list of the month.
    """

    month: date
    files: tuple[Remote, ...] = ()
    odd: int = 0
    is_listed: bool = True


def list_month(reader: Reader, base: str, month: date, patience: Patience) -> Month:
    """The files of *month*, each once.

    UnitError when the list cannot be had or is none; a month without a list is no error (``is_listed``).
    """
    folder = f"{FOLDER}/{month:%Y/%m}"
    try:
        names = list(patience.persist(lambda: list(_names(reader, base, folder))))
    except MissingError:
        return Month(month, is_listed=False)
    files: dict[str, Remote] = {}
    odd = 0
    for name, found in names:
        day = day_of(name)
        if day is None:
            odd += int(not name.endswith("/warc.paths.gz"))
        else:
            files[name] = Remote(name, join(base, name), found.size, found.etag, day, None, CCNEWS)
    return Month(month, tuple(files[name] for name in sorted(files)), odd, bool(names))


def _names(reader: Reader, base: str, folder: str) -> Iterator[tuple[str, Found]]:
    """Each file of a month: from the list, or by asking the bucket, which says sizes as well."""
    if base.startswith("s3://"):
        from tasks.backfill.bucket import BucketReader

        assert isinstance(reader, BucketReader), "a bucket has a reader of its own"
        root = urlsplit(base).path.strip("/")
        for url, found in reader.list(join(base, folder)):
            yield urlsplit(url).path.lstrip("/").removeprefix(f"{root}/" if root else ""), found
        return
    where = join(base, f"{folder}/warc.paths.gz")
    data = reader.read(where, LIST_LIMIT)
    try:
        body = decode_body(data, ("gzip",), False, LIST_LIMIT)
    except OverLimitError as error:
        raise UnitError(f"{where}: {error}; this is not the list it should be") from error
    if body.damage:
        raise UnitError(f"{where}: {body.damage}; try again later")
    for line in body.data.decode("utf-8", "replace").split("\n"):
        if line.strip():
            yield line.strip(), Found(None, "")


def day_of(name: str) -> date | None:
    """The day (UTC) on which the crawler began the file; None for what is no file of CC-NEWS."""
    matched = _NAME.fullmatch(name)
    if matched is None:
        return None
    try:
        return datetime.strptime(matched[3], "%Y%m%d%H%M%S").date()
    except ValueError:
        return None


def join(base: str, path: str) -> str:
    """The address of *path* below *base*; a query of the base stays behind it."""
    parts = urlsplit(base)
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/{path}"))


def list_span(reader: Reader, base: str, days: Days, patience: Patience) -> list[Month]:
    """The lists of every month of *days*, oldest first.  ConfigError when CC-NEWS was not there yet."""
    if days.end <= FIRST:
        raise ConfigError(f"--ccnews: the days {days} lie before CC-NEWS began, in {FIRST:%B %Y}")
    return [list_month(reader, base, month, patience) for month in days.months() if month >= FIRST]


def choose_files(months: Sequence[Month], days: Days, order: Order) -> list[Remote]:
    """The files begun on one of *days*, from the end of the span that *order* says."""
    chosen = [one for month in months for one in month.files if one.day is not None and one.day in days]
    return sorted(chosen, key=lambda one: one.name.rpartition("/")[2], reverse=order == "newest")
