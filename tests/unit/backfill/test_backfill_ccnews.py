"""CC-NEWS: which files a span of days chooses, from lists as they are and as they should not be."""

import gzip
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks.backfill.archives import plan_ccnews, plan_warnings, remember_expected
from tasks.backfill.ccnews import day_of, join
from tasks.backfill.days import Days, parse_span
from tasks.config import BackfillSettings, Settings
from tasks.errors import ConfigError
from tasks.store import Lake
from tests.unit.backfill.archive_server import Archive, answers, serving


@pytest.fixture(scope="module")
def archive():
    """Two files on every day of December 2018 to June 2019 but the 6th of April."""
    made = Archive()
    for day in Days(date(2018, 12, 1), date(2019, 7, 1)):
        if day != date(2019, 4, 6):
            made.put(f"{day:%Y%m%d}000000", b"a", 1)
            made.put(f"{day:%Y%m%d}235959", b"bb", 2)
    for month in ("2018/12", *(f"2019/{n:02}" for n in range(1, 7))):
        made.list_month(month)
    with serving(made):
        yield made


def plan(archive, lake, span, order="oldest"):
    days = span if isinstance(span, Days) else parse_span(span, "--ccnews")
    quick = Settings(backfill=BackfillSettings(tries=1))
    return plan_ccnews(Lake(lake), quick, days, order, archive.url)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    first=st.dates(date(2018, 12, 1), date(2019, 6, 29)),
    length=st.integers(1, 200),
    order=st.sampled_from(["newest", "oldest"]),
)
def test_a_span_chooses_the_files_of_its_days_and_no_others(archive, tmp_path, first, length, order):
    end = min(first + timedelta(length), date(2019, 7, 1))
    made = plan(archive, tmp_path, Days(first, end), order)
    names = [one.remote.name for one in made.files]
    days = [day for day in Days(first, end) if day != date(2019, 4, 6)]
    wanted = [f"CC-NEWS-{day:%Y%m%d}{time}" for day in days for time in ("000000-00001", "235959-00002")]
    assert [name.rpartition("/")[2].removesuffix(".warc.gz") for name in names] == (
        wanted if order == "oldest" else wanted[::-1]
    )
    assert dict(made.expected) == {day: 0 if day == date(2019, 4, 6) else 2 for day in Days(first, end)}
    assert sum(one.remote.size for one in made.files) == 3 * len(days)


def test_a_day_without_files_is_said(archive, tmp_path):
    assert plan_warnings(plan(archive, tmp_path, "2019-04")) == [
        "no file is listed for 2019-04-06: a gap of the archive"
    ]
    assert plan_warnings(plan(archive, tmp_path, "2019-05")) == []


def test_a_month_without_a_list_is_said_and_the_others_go_on(archive, tmp_path):
    made = plan(archive, tmp_path, "2019-06..2019-07")
    assert made.unlisted == ("2019-07",)
    assert len(made.files) == 60
    assert any("no list of 2019-07" in line for line in plan_warnings(made))


@pytest.mark.parametrize(
    ("span", "says"),
    [("2015-01..2016-07", "before CC-NEWS began, in August 2016"), ("2025-01", "has no list for")],
)
def test_spans_that_cannot_be_had_stop_before_anything_is_done(archive, tmp_path, span, says):
    with pytest.raises(ConfigError, match=says):
        plan(archive, tmp_path, span)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (gzip.compress(b"x" * 60_000_000, mtime=0), "more than 50000000 bytes"),
        (gzip.compress(b"crawl-data/" * 999, mtime=0)[:40], "is cut"),
    ],
)
def test_a_list_that_is_none_is_refused(tmp_path, data, says):
    with serving(Archive({"/crawl-data/CC-NEWS/2019/03/warc.paths.gz": data})) as archive:
        with pytest.raises(ConfigError, match=says):
            plan(archive, tmp_path, "2019-03")


@pytest.mark.parametrize(("status", "says"), [(403, "wants a key"), (500, "status 500")])
def test_a_list_that_is_not_given_says_why(tmp_path, status, says):
    path = "/crawl-data/CC-NEWS/2019/03/warc.paths.gz"
    with serving(Archive({path: b""}, {path: [answers(status)]})) as archive:
        with pytest.raises(ConfigError, match=says):
            plan(archive, tmp_path, "2019-03")


def test_lines_that_name_no_file_of_cc_news_are_counted_and_never_followed(tmp_path):
    good = "crawl-data/CC-NEWS/2019/03/CC-NEWS-20190301000000-00001.warc.gz"
    odd = [
        "../../etc/passwd",
        "http://127.0.0.1/secret",
        good + ".exe",
        good.replace("20190301", "20190231"),
        "\x00",
        good.upper(),
    ]
    data = gzip.compress("\n".join([good, *odd, good, ""]).encode())
    with serving(Archive({"/crawl-data/CC-NEWS/2019/03/warc.paths.gz": data})) as archive:
        made = plan(archive, tmp_path, "2019-03")
        assert [one.remote.name for one in made.files] == [good]
        assert made.odd == len(odd)
        assert {path for _, path, _ in archive.asked} == {
            "/crawl-data/CC-NEWS/2019/03/warc.paths.gz",
            f"/{good}",
        }
    assert made.files[0].remote.size is None
    assert any("does not say how large" in line for line in plan_warnings(made))


def test_a_name_says_the_day_on_which_its_file_was_begun():
    assert day_of("crawl-data/CC-NEWS/2019/02/CC-NEWS-20190228235959-00001.warc.gz") == date(2019, 2, 28)
    assert day_of("crawl-data/CC-NEWS/2019/02/CC-NEWS-20190229000000-00001.warc.gz") is None


def test_addresses_are_joined_whatever_the_base_ends_with():
    assert join("http://h/mirror/", "a/b") == join("http://h/mirror", "a/b") == "http://h/mirror/a/b"
    assert join("s3://bucket?region=x", "a") == "s3://bucket/a?region=x"


def test_what_each_day_should_bring_is_remembered_over_several_runs(tmp_path):
    lake = Lake(tmp_path)
    remember_expected(lake, "CC-NEWS", {date(2019, 3, 1): 2, date(2019, 4, 1): 1})
    remember_expected(lake, "CC-NEWS", {date(2019, 3, 2): 3})
    known = {day: n for receipt in lake.receipts("listing") for day, n in receipt.meta["days"].items()}
    assert known == {"2019-03-01": 2, "2019-03-02": 3, "2019-04-01": 1}
