"""The time zone of an outlet, from its country and the offsets of the dates it writes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

_CAPITALS = {
    "AR": "America/Argentina/Buenos_Aires", "AU": "Australia/Sydney", "BR": "America/Sao_Paulo", "CA": "America/Toronto",
    "CD": "Africa/Kinshasa", "CL": "America/Santiago", "CN": "Asia/Shanghai", "CY": "Asia/Nicosia", "DE": "Europe/Berlin",
    "EC": "America/Guayaquil", "ES": "Europe/Madrid", "FM": "Pacific/Pohnpei", "GL": "America/Nuuk", "ID": "Asia/Jakarta",
    "KZ": "Asia/Almaty", "MH": "Pacific/Majuro", "MN": "Asia/Ulaanbaatar", "MX": "America/Mexico_City", "MY": "Asia/Kuala_Lumpur",
    "NZ": "Pacific/Auckland", "PF": "Pacific/Tahiti", "PG": "Pacific/Port_Moresby", "PS": "Asia/Hebron", "PT": "Europe/Lisbon",
    "RU": "Europe/Moscow", "UA": "Europe/Kyiv", "US": "America/New_York", "UZ": "Asia/Tashkent",
}  # fmt: skip
"""Of countries with several zones, the one in which most of their national press is made."""


@cache
def zones_of(country: str) -> tuple[str, ...]:
    """IANA zones of a country (ISO 3166, two letters), as the tz database's ``zone.tab`` lists them."""
    table = files("tzdata.zoneinfo").joinpath("zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    return tuple(row[2] for row in rows if row[0] == country)


def find_zone(country: str | None, offsets: Sequence[tuple[str, str]]) -> tuple[str | None, str | None]:
    """(zone, where it comes from) of an outlet in *country* whose dates bear *offsets* from UTC, as (hours, minutes).

    The country's one zone; of several the one of its press, unless only another one has an offset that was seen.  Without a
    country nothing is guessed: +01:00 is a dozen countries.
    """
    zones = zones_of(country) if country else ()
    if not zones:
        return None, None
    usual = _CAPITALS.get(country or "", zones[0])
    if len(zones) == 1:
        return zones[0], f"timezone: the one of {country}"
    seen = {
        int(hours) * 60 + (int(minutes) if hours[0] == "+" else -int(minutes)) for hours, minutes in offsets
    } - {0}
    fitting = [zone for zone in zones if seen and seen <= _offsets(zone)]
    if seen and fitting and usual not in fitting:
        return fitting[0], f"timezone: the one of {country} with the offsets of its dates"
    return usual, f"timezone: that of most of the press of {country}; check it"


def _offsets(zone: str) -> set[int]:
    """Offsets from UTC that a zone has in the course of a year, in minutes."""
    info = ZoneInfo(zone)
    dates = (datetime(2026, month, 15, tzinfo=UTC) for month in (1, 4, 7, 10))
    return {
        int((date.astimezone(info).utcoffset() or datetime.resolution).total_seconds() // 60)
        for date in dates
    }
