"""Backfill from elsewhere as people type it and read it: options that exclude each other, plans, gaps, failures, progress."""

import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows import cli, run_archives, watching
from flows.run_archives import RunOptions, checked_order, plain_plan, show_plan
from flows.terminal import describe_run
from tasks.backfill.archives import ArchivePlan, PlannedFile, remember_expected
from tasks.backfill.cdx import CdxRecord
from tasks.backfill.days import Days
from tasks.backfill.remote import Remote
from tasks.backfill.shards import shard_of
from tasks.backfill.works import to_plain
from tasks.errors import ConfigError
from tasks.quarantine import HOLD_AFTER, record_failure
from tasks.runs import RunState
from tasks.store import Lake
from tests.unit.backfill.archive_server import Archive, serving


def typed(*arguments: str) -> tuple[int, str, str]:
    """Exit code, output and what went to standard error of a command, errors of ours as the command line shows them."""
    done = CliRunner().invoke(cli.app, list(arguments))
    error = done.exception
    return (getattr(error, "exit_code", done.exit_code), done.stdout, f"{done.stderr}{error or ''}")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "one of the four"),
        (["a", "--ccnews", "2019-03"], "one of the four"),
        (["--cdx", "list", "--ccnews", "2019-03"], "one of the four"),
        (["a", "--from", "2019-03-01"], "--from and --to are for --cdx and --sitemaps"),
        (["--ccnews", "2019-03", "--to", "2019-03-01"], "--from and --to are for --cdx and --sitemaps"),
        (["--ccnews", "2019-03", "--source", "Harbour Times"], "sources.toml must name its hosts"),
        (["--cdx", "list", "--kind", "html"], "--kind says what local files are"),
        (["--sitemaps", "X", "--cdx", "list"], "one of the four"),
        (["--sitemaps", "X", "--source", "X"], "leave --source out"),
        (["--sitemaps", "X", "--from", "2019-03", "--to", "2019-03"], "no day lies between"),
        (["--sitemaps", "Nowhere Times", "--sources", "data/sources.toml"], "it lists"),
        (["--ccnews", "March"], "--ccnews March: not a date"),
        (["--ccnews", "2019-03", "--order", "random"], "choose newest or oldest"),
        (["--ccnews", "2019-03", "--ccnews-base", "/mnt/cc"], "https://, http:// or s3://"),
        (["--cdx", "no-such-list"], "no-such-list: cannot be read"),
        (["--cdx", "list", "--from", "2019-03", "--to", "2019-02"], "no day lies between"),
    ],
)
def test_a_wrong_option_is_refused_with_words_and_before_anything_is_written(tmp_path, arguments, says):
    lake = tmp_path / "lake"
    code, _, error = typed("backfill", *arguments, "--lake", str(lake), "--dry-run")
    assert code == 2
    assert says in error
    assert not lake.exists()


@pytest.mark.parametrize("base", ["ftp://h/", "data.commoncrawl.org", "https://", "file:///etc"])
def test_a_base_that_is_no_address_is_refused_in_the_settings(tmp_path, base):
    settings = tmp_path / "corpus.toml"
    settings.write_text(f'[backfill]\nccnews_base = "{base}"\n')
    code, _, error = typed(
        "backfill",
        "--ccnews",
        "2019-03",
        "--dry-run",
        "--settings",
        str(settings),
        "--lake",
        str(tmp_path / "l"),
    )
    assert code == 2
    assert "backfill.ccnews_base" in error


def test_the_base_of_the_settings_is_used_without_an_option(tmp_path):
    with serving(Archive()) as archive:
        name = archive.put("20190331120000", b"abc")
        archive.list_month("2019/03")
        settings = tmp_path / "corpus.toml"
        settings.write_text(
            f'[backfill]\nccnews_base = "{archive.url}"\n[crawl]\ncontact = "me@example.org"\n'
        )
        code, output, error = typed(
            "backfill",
            "--ccnews",
            "2019-03-31",
            "--dry-run",
            "--json",
            "--settings",
            str(settings),
            "--lake",
            str(tmp_path / "l"),
        )
    assert code == 0, error
    assert [unit["unit"] for unit in json.loads(output)["units"]] == [name]


def planned(days: int, known: bool = False) -> ArchivePlan:
    first = date(2019, 3, 1)
    span = Days(first, date.fromordinal(first.toordinal() + days))
    files = tuple(
        PlannedFile(Remote(f"f{day:%Y%m%d}", "http://h/f", 1_000_000, "", day), known)
        for day in span
        if day.day != 6
    )
    return ArchivePlan(files, span, {day: int(day.day != 6) for day in span}, ("2019-09",), 2)


def test_a_plan_lists_days_and_a_long_one_months(capsys):
    show_plan(planned(10))
    shown = capsys.readouterr()
    assert "2019-03-10" in shown.out
    assert "9 new units of 9, 9.0 MB to fetch, 10 days" in shown.err
    assert "2019-03-01 up to, not including, 2019-03-11 (UTC)" in shown.err
    assert "no file is listed for 2019-03-06: a gap of the archive" in shown.err
    assert "no list of 2019-09" in shown.err
    assert "2 lines of the lists name no file" in shown.err
    show_plan(planned(100))
    shown = capsys.readouterr()
    assert "2019-05" in shown.out
    assert "2019-05-01" not in shown.out


def test_what_the_lake_has_is_not_counted_as_work(capsys):
    show_plan(planned(10, known=True))
    assert "0 new units of 9, 0.0 MB to fetch" in capsys.readouterr().err


def test_a_plan_as_json_has_units_bytes_and_days():
    plain = plain_plan(planned(10))
    assert [len(plain["units"]), len(plain["days"]), plain["odd_lines"]] == [9, 10, 2]
    assert plain["units"][0] == {
        "unit": "f20190301", "url": "http://h/f", "kind": "warc", "bytes": 1_000_000, "day": date(2019, 3, 1), "is_known": False,
    }  # fmt: skip


def test_a_list_of_captures_is_planned_shard_by_shard(tmp_path):
    path = tmp_path / "list.cdx"
    lines = [
        f"k 201903{day:02}000000 https://h.example/{day} text/html 200 D - - 500 {day * 1000} w/a.warc.gz"
        for day in range(1, 6)
    ]
    path.write_text(" CDX N b a m s k r M S V g\n" + "\n".join(lines))
    lake = tmp_path / "lake"
    more = (
        "--cdx",
        str(path),
        "--from",
        "2019-03-02",
        "--to",
        "2019-03-04",
        "--lake",
        str(lake),
        "--dry-run",
    )
    code, output, error = typed("backfill", *more)
    assert code == 0, error
    assert "2 new units of 2, 2 pages, 0.0 MB, 2 days" in error
    assert "3 lines of the lists: of other days" in error
    assert "2019-03-03" in output
    code, output, _ = typed("backfill", *more, "--json", "--order", "oldest")
    units = json.loads(output)["units"]
    assert [(unit["day"], unit["pages"], unit["bytes"]) for unit in units] == [
        ("2019-03-02", 1, 500),
        ("2019-03-03", 1, 500),
    ]
    assert not lake.exists()


def test_an_order_is_one_of_two():
    assert [checked_order("newest"), checked_order("oldest")] == ["newest", "oldest"]
    with pytest.raises(ConfigError):
        checked_order("")


def test_nothing_to_retry_is_said(tmp_path, capsys):
    run_archives.run_retry(RunOptions(str(tmp_path)))
    assert "no unit has failed" in capsys.readouterr().err
    run_archives.run_retry(RunOptions(str(tmp_path), as_json=True))
    assert json.loads(capsys.readouterr().out) == {"units": 0, "failed": {}}


def test_the_status_names_failures_with_their_reasons_and_who_tries_them_again(tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    lake = Lake(tmp_path)
    shard = shard_of(
        [CdxRecord("https://h/a", "20190301000000", 200, "text/html")], "http://h", date(2019, 3, 1), None
    )
    for _ in range(HOLD_AFTER):
        record_failure(
            lake,
            "crawl-data/[a]",
            "fetch: not there (status 404)",
            to_plain(Remote("crawl-data/[a]", "http://h")),
            [],
        )
    record_failure(lake, shard.name, "fetch: status 503", to_plain(shard), ["en"])
    code, output, error = typed("status", "--lake", str(tmp_path))
    assert code == 0, error
    words = " ".join(output.split())
    assert "columninch retry" in words
    assert "crawl-data/[a] retry only 3" in words
    assert f"{shard.name} next run 1" in words
    _, output, _ = typed("status", "--lake", str(tmp_path), "--json")
    assert [(one["name"], one["is_held"]) for one in json.loads(output)["failed"]] == [
        (shard.name, False),
        ("crawl-data/[a]", True),
    ]


def test_gaps_are_listed_and_added_up(tmp_path):
    remember_expected(Lake(tmp_path), "CC-NEWS", {date(2019, 3, 1): 2, date(2019, 3, 2): 0})
    code, output, error = typed("status", "--gaps", "--lake", str(tmp_path))
    assert code == 0, error
    assert "1 days missing, 1 days nothing listed" in output
    assert "2019-03-02" in output


def test_a_lake_without_gaps_says_so(tmp_path):
    code, output, _ = typed("status", "--gaps", "--lake", str(tmp_path))
    assert code == 0
    assert "no gap in 0 days" in output


def test_many_gaps_are_cut_and_added_up_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(watching, "_MOST_GAPS", 5)
    remember_expected(Lake(tmp_path), "CC-NEWS", dict.fromkeys(Days(date(2019, 3, 1), date(2019, 3, 21)), 1))
    _, output, _ = typed("status", "--gaps", "--lake", str(tmp_path))
    assert "and 15 days more; --json lists all" in output
    assert "20 days missing" in output


def test_watching_ends_with_the_run_and_tells_each_state_once(tmp_path, monkeypatch, capsys):
    def state(done: int, alive: bool) -> RunState:
        left = 30.0 if alive else None
        return RunState(
            "backfill", 1, "h", 0.0, float(done), 4, done, 0, 0, 10 * done, 0, 2.5, left, {}, not alive, alive
        )

    looks = iter([[state(1, True)], [state(1, True)], [state(2, True)], [state(4, False)]])
    monkeypatch.setattr("tasks.runs.run_states", lambda _: next(looks))
    monkeypatch.setattr(watching.time, "sleep", lambda _: None)
    watching.follow(Lake(tmp_path), 1.0, as_json=False)
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        "backfill: 1/4 units, 10 pages, 2.5/s, about 30 s left",
        "backfill: 2/4 units, 20 pages, 2.5/s, about 30 s left",
        "backfill: 4/4 units, 40 pages, 2.5/s, ended 1970-01-01 00:00 UTC",
    ]


def test_what_a_run_left_alone_and_what_it_notes_is_said():
    lines = describe_run(
        {
            "units": 1,
            "rows": {},
            "reasons": {},
            "marts": None,
            "failed": {},
            "held": {"a": "fetch: gone"},
            "notes": ["a gap of the archive"],
        }
    )
    assert "  note     a gap of the archive" in lines
    assert any("held     a: fetch: gone" in line and "columninch retry" in line for line in lines)


def test_the_readme_shows_every_option_of_archives_from_elsewhere():
    readme = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
    for words in (
        "--ccnews 2019-03..2019-05",
        "--ccnews-base s3://",
        "--cdx ",
        "--sitemaps ",
        "--from ",
        "--to ",
        "--watch",
        "--gaps",
        "columninch retry",
    ):
        assert words in readme
