"""Machine-readable dates: exact, fast, and never an exception."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.clean.dates import parse_date

MOMENTS = st.datetimes(min_value=datetime(1990, 1, 2), max_value=datetime(2099, 12, 30)).map(
    lambda d: d.replace(microsecond=0)
)
OFFSETS = st.integers(-12 * 4, 14 * 4).map(lambda quarter: timezone(timedelta(minutes=15 * quarter)))


@settings(deadline=None)
@given(MOMENTS, OFFSETS, st.sampled_from(["T", " "]))
def test_an_iso_instant_comes_back_as_itself(local: datetime, offset: timezone, separator: str) -> None:
    parsed = parse_date(local.replace(tzinfo=offset).isoformat(separator))
    assert parsed is not None
    assert parsed.at == local.replace(tzinfo=offset)
    assert parsed.on == local.replace(tzinfo=offset).astimezone(UTC).date()
    assert (parsed.local, parsed.precision, parsed.has_zone) == (local.isoformat(), "second", True)


@settings(deadline=None)
@given(MOMENTS, OFFSETS)
def test_an_rfc_2822_instant_comes_back_as_itself(local: datetime, offset: timezone) -> None:
    parsed = parse_date(format_datetime(local.replace(tzinfo=offset)))
    assert parsed is not None
    assert parsed.at == local.replace(tzinfo=offset)


@settings(deadline=None)
@given(MOMENTS)
def test_compact_and_epoch_forms_agree_with_iso(local: datetime) -> None:
    at = local.replace(tzinfo=UTC)
    for value in (
        f"{local:%Y%m%d%H%M%S}",
        f"{local:%Y-%m-%dT%H:%M:%S}Z",
        f"{local:%Y-%m-%d %H:%M:%S} UTC",
        f"{local:%d %b %Y %H:%M:%S} GMT",
    ):
        parsed = parse_date(value)
        assert parsed is not None and parsed.at == at, value
    if at.timestamp() >= 1_000_000_000 and at.timestamp() < 2_000_000_000:
        for value in (f"{at.timestamp():.0f}", f"{at.timestamp():.0f}123"):
            parsed = parse_date(value)
            assert parsed is not None and parsed.at == at


@settings(deadline=None)
@given(MOMENTS)
def test_a_day_without_a_time_has_no_instant(local: datetime) -> None:
    for value in (f"{local:%Y-%m-%d}", f"{local:%Y%m%d}", f"{local.year}/{local.month}/{local.day}"):
        parsed = parse_date(value, "Asia/Dhaka")
        assert parsed is not None
        assert (parsed.at, parsed.on, parsed.precision) == (None, local.date(), "day")


@settings(deadline=None)
@given(
    st.text(max_size=120),
    st.sampled_from([None, "en", "de-AT", "zh", "xx", "", "-"]),
    st.sampled_from([None, "UTC", "No/Where", "../x", "\0"]),
)
def test_no_text_raises(text: str, language: str | None, zone: str | None) -> None:
    parse_date(text, zone, language)


@settings(deadline=None)
@given(st.text(alphabet="0123456789 :./-TZ+apmAPM,年月日", max_size=40))
def test_no_jumble_of_digits_raises_and_what_comes_out_is_consistent(text: str) -> None:
    parsed = parse_date(text, "Europe/Athens", "el", datetime(2024, 5, 1))
    if parsed is not None:
        assert date(1990, 1, 1) <= parsed.on <= date(2024, 5, 3)
        assert (parsed.at is None) == (parsed.precision in ("day", "month", "year"))
        assert parsed.at is None or parsed.at.date() == parsed.on


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2022-02-02T12:00:00.1234567Z", "2022-02-02T12:00:00+00:00"),
        ("2022-02-02T12:00:00+0600", "2022-02-02T06:00:00+00:00"),
        ("2022-02-02 12:00:00 +06:00", "2022-02-02T06:00:00+00:00"),
        ("2022-02-02T12:00-03", "2022-02-02T15:00:00+00:00"),
        ("2022-2-2T1:00", "2022-02-02T01:00:00+00:00"),
        ("Wed Feb 02 2022 12:00:00 GMT+0600 (Bangladesh Standard Time)", "2022-02-02T06:00:00+00:00"),
        ("Wed Feb 02 12:00:00 +0000 2022", "2022-02-02T12:00:00+00:00"),
        ("Wed Feb  2 12:00:00 UTC 2022", "2022-02-02T12:00:00+00:00"),
        ("2022-02-02T05:00:00−0500", "2022-02-02T10:00:00+00:00"),
    ],
)
def test_variants_that_content_systems_write(value: str, expected: str) -> None:
    parsed = parse_date(value)
    assert parsed is not None and parsed.at == datetime.fromisoformat(expected)


def test_precision_is_what_was_written() -> None:
    forms = {
        "2022": "year",
        "2022-02": "month",
        "2022-02-02": "day",
        "2022-02-02T12:00Z": "minute",
        "2022-02-02T12:00:00Z": "second",
    }
    assert {v: p.precision for v in forms if (p := parse_date(v))} == forms


@pytest.mark.parametrize(
    "value",
    [
        "1970-01-01T00:00:00Z",
        "0001-01-01",
        "1989-12-31",
        "9999-12-31T23:59:59-12:00",
        "0",
        "",
        "2022-13-01",
        "2022-02-30",
    ],
)
def test_default_values_and_impossible_days_are_refused(value: str) -> None:
    assert parse_date(value) is None


def test_the_future_is_refused_with_a_reference_and_two_days_of_grace() -> None:
    now = datetime(2024, 5, 1, 23, tzinfo=UTC)
    assert parse_date("2024-05-03", reference=now) is not None
    assert parse_date("2024-05-04", reference=now) is None
    assert parse_date("2024-05-04") is not None
    assert parse_date("2024-05-03T10:00:00Z", reference=now.replace(tzinfo=None)) is not None


def test_the_zone_of_the_source_applies_only_where_none_is_written() -> None:
    given_zone, written, nothing = (parse_date(v, z) for v, z in [
        ("2022-02-02T12:00", "Asia/Dhaka"), ("2022-02-02T12:00+01:00", "Asia/Dhaka"), ("2022-02-02T12:00", None),
    ])  # fmt: skip
    assert given_zone is not None and written is not None and nothing is not None
    assert (given_zone.at, given_zone.has_zone) == (datetime(2022, 2, 2, 6, tzinfo=UTC), True)
    assert (written.at, written.has_zone) == (datetime(2022, 2, 2, 11, tzinfo=UTC), True)
    assert (nothing.at, nothing.has_zone) == (datetime(2022, 2, 2, 12, tzinfo=UTC), False)
    assert given_zone.local == written.local == nothing.local == "2022-02-02T12:00"


def test_an_evening_west_of_greenwich_belongs_to_the_next_utc_day() -> None:
    parsed = parse_date("2024-03-05T22:30:00", "America/Los_Angeles")
    assert parsed is not None and parsed.on == date(2024, 3, 6) and parsed.local.startswith("2024-03-05")


def test_summer_time_of_the_zone_is_known() -> None:
    winter, summer = (
        parse_date("2024-01-15T12:00", "Europe/Berlin"),
        parse_date("2024-07-15T12:00", "Europe/Berlin"),
    )
    assert winter and summer and winter.at and summer.at
    assert (winter.at.hour, summer.at.hour) == (11, 10)


def test_a_long_value_costs_no_more_than_its_head() -> None:
    """A ratio within one run: two hundred times the length, far from two hundred times the cost."""

    def cost(value: str) -> float:
        started = time.process_time()
        for _ in range(20):
            parse_date(value)
        return time.process_time() - started + 0.005

    head = "1 2 3 4 5 6 7 8 9 10 11 12 " * 20
    assert cost(head * 200) < 50 * cost(head)
