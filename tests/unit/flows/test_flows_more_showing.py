"""What people see: lines without a terminal, bars on one, sums that add up, and names that no markup can break."""

import io
import json
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.synthetic_marts import Plan, make_lake
from flows import ask, options, run, showing, terminal
from flows.status_page import print_status
from flows.summary import MartsSummary, RunSummary, summarise_marts, summarise_units
from tasks import job as jobs
from tasks.analyse.lake import LakeReader, connect
from tasks.config import Settings, Source
from tasks.errors import ConfigError, UnitError
from tasks.job import UNKNOWN_SOURCE, Job, document_workers
from tasks.progress import Step
from tasks.receipts import Receipt
from tasks.status import LakeStatus, UnitStatus
from tasks.store import Lake

LAW = settings(max_examples=50, deadline=None)
NASTY = [
    "[/x]",
    "[red]",
    "[/]",
    "[bold",
    "\\[x]",
    "[link=file:///x]y[/link]",
    "[@click=x]",
    "😀 [b]",
    "%s {0}",
]


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LakeReader]:
    root = tmp_path_factory.mktemp("lake")
    make_lake(
        root, Plan(articles=300, days=60, sources=2, actors=14, rises=1, bursts=0, gaps=0, text_words=0)
    )
    with connect(root, threads=1) as opened:
        yield opened


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(terminal, "time", SimpleNamespace(monotonic=lambda: now[0]))
    return now


def test_lines_come_every_ten_seconds_and_say_what_is_left(clock, capsys) -> None:
    with terminal.showing_progress("backfill", 4) as listen:
        listen(Step("clean", "a", 50))
        clock[0] += 5
        listen(Step("clean", "a", 50))
        listen(Step("enrich", "a", is_done=True))
        assert capsys.readouterr().err == ""
        clock[0] += 5
        listen(Step("clean", "b", 20))
        clock[0] += 9
        listen(Step("clean", "b", 20))
    assert capsys.readouterr().err == "backfill: 1/4 units, 120 pages, 12/s, about 30 s left\n"


def test_before_a_unit_is_done_nobody_knows_how_long_it_takes(clock, capsys) -> None:
    with terminal.showing_progress("crawl", 4) as listen:
        clock[0] += 10
        listen(Step("clean", "a", 1))
    assert "left" not in capsys.readouterr().err


@pytest.mark.parametrize("stage", ["capture", "sketch", "enrich", "crawl"])
def test_rows_of_other_stages_are_no_pages(clock, capsys, stage: str) -> None:
    with terminal.showing_progress("x", 1) as listen:
        clock[0] += 10
        listen(Step(stage, "a", 99))
    assert capsys.readouterr().err == "x: 0/1 units, 0 pages, 0/s\n"


def test_quiet_says_nothing(clock, capsys) -> None:
    with terminal.showing_progress("x", 1, quiet=True) as listen:
        clock[0] += 1000
        listen(Step("clean", "a", 5))
    assert capsys.readouterr() == ("", "")


def test_a_terminal_gets_a_bar_and_is_left_clean(monkeypatch, capsys) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with terminal.showing_progress("x", 2) as listen:
        listen(Step("clean", "a", 5))
        listen(Step("enrich", "a", is_done=True))
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("quiet", [True, False])
def test_an_error_goes_through_the_display(quiet: bool) -> None:
    with pytest.raises(KeyError), terminal.showing_progress("x", 1, quiet):
        raise KeyError


@LAW
@given(st.integers(-(10**15), 10**15))
def test_whole_numbers_are_grouped_by_thousands(number: int) -> None:
    assert int(terminal._cell(number).replace(",", "")) == number


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "–"), (True, "yes"), (False, "no"), (0, "0"), (1234567, "1,234,567"), (1.5, "1.500"), ("", ""), (date(2025, 1, 2), "2025-01-02")],
)  # fmt: skip
def test_cells_are_written_for_people(value: object, text: str) -> None:
    assert terminal._cell(value) == text


@pytest.mark.parametrize("text", NASTY)
def test_tables_show_text_as_it_is(capsys, text: str) -> None:
    terminal.print_table(f"title {text}", ("name", "n"), [(text, 1)])
    out = capsys.readouterr().out
    assert out.count(text) == 2


@pytest.mark.parametrize("text", NASTY)
def test_a_status_shows_names_as_they_are(capsys, text: str) -> None:
    unit = UnitStatus(
        "u1", "warc", (f"/a/{text}.gz", "b"), ("capture",), 3, 2, {"empty": 1}, (f"units/{text}",)
    )
    print_status(f"lake {text}", LakeStatus((unit,), {"2025-01": 2}, {"empty": 1}, 1_000_000))
    out = capsys.readouterr().out
    assert f"lake {text}: 1 unit," in out
    assert f"  units/{text}" in out
    assert "read 3 = kept 2 + rejected 1" in out


def test_the_status_of_nothing_is_two_lines(capsys) -> None:
    print_status("lake", LakeStatus((), {}, {}, 0))
    assert capsys.readouterr().out.splitlines() == ["lake: 0 units, 0.0 MB", "read 0 = kept 0 + rejected 0"]


def test_at_most_twenty_damaged_files_are_listed(capsys) -> None:
    units = [UnitStatus(f"u{n}", "warc", (), (), 0, 0, {}, (f"file-{n:02d}",)) for n in range(30)]
    print_status("lake", LakeStatus(tuple(units), {}, {}, 0))
    out = capsys.readouterr().out
    assert "30 files are missing or damaged" in out
    assert out.count("  file-") == 20


def outcome(unit: str, counts: dict[str, int], kept: int, error: str | None = None) -> Any:
    rejected = sum(counts.values())
    receipt = Receipt("clean", unit, "k", kept + rejected, kept, rejected, (), counts)
    return SimpleNamespace(name=unit, error=error, receipts={} if error else {"clean": receipt})


@LAW
@given(
    st.lists(
        st.tuples(
            st.integers(0, 50),
            st.dictionaries(st.sampled_from(["empty", "gallery"]), st.integers(1, 9)),
            st.booleans(),
        ),
        max_size=8,
    )
)
def test_the_sums_of_a_run_are_those_of_its_units(found: list[tuple[int, dict[str, int], bool]]) -> None:
    made = [
        outcome(f"u{n}", counts, kept, "gone" if bad else None) for n, (kept, counts, bad) in enumerate(found)
    ]
    summary = summarise_units(made)
    good = [(kept, counts) for kept, counts, bad in found if not bad]
    assert summary.units == len(found)
    assert len(summary.failed) == len(found) - len(good)
    rows = summary.rows.get("clean", {"rows_in": 0, "rows_out": 0, "rejected": 0})
    assert rows["rows_in"] == rows["rows_out"] + rows["rejected"]
    assert rows["rows_out"] == sum(kept for kept, _ in good)
    assert sum(summary.reasons.values()) == rows["rejected"]
    assert list(summary.reasons.values()) == sorted(summary.reasons.values(), reverse=True)
    assert json.loads(json.dumps(summary.plain()))["units"] == len(found)


@LAW
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 99)), max_size=9), st.integers(0, 99))
def test_a_refresh_is_summed_up(found: list[tuple[bool, int]], groups: int) -> None:
    parts: Any = [
        SimpleNamespace(name=f"m{n}", was_rebuilt=was, articles=k) for n, (was, k) in enumerate(found)
    ]
    summary = summarise_marts(iter(parts), groups)
    assert len(summary.rebuilt) + summary.current == len(found)
    assert (summary.articles, summary.groups) == (sum(k for _, k in found), groups)


def test_a_run_without_units_can_be_described() -> None:
    assert terminal.describe_run(RunSummary().plain()) == ["0 units"]
    lines = terminal.describe_run(RunSummary().with_marts(MartsSummary(("2025-01",), 2, 3000, 7)).plain())
    assert lines[1] == "  marts    3,000 articles in 7 groups; 1 months rebuilt, 2 already current"


@pytest.mark.parametrize("text", NASTY)
def test_a_failed_unit_is_named_as_it_is_and_fails_the_run(capsys, text: str) -> None:
    plain = RunSummary(2, failed={f"warc-{text}": f"clean: {text}"}).plain()
    with pytest.raises(UnitError, match="1 of 2 units failed") as caught:
        run.conclude(plain, False)
    assert text in str(caught.value)
    assert f"FAILED   warc-{text}: clean: {text}" in capsys.readouterr().err


def test_json_of_a_run_is_all_that_standard_output_gets(capsys) -> None:
    run.conclude(RunSummary(1).plain(), True)
    out, err = capsys.readouterr()
    assert json.loads(out)["units"] == 1
    assert err == ""


def test_what_rose_is_shown_with_its_interval(reader: LakeReader, capsys) -> None:
    showing.show_rises(reader.root, as_json=False)
    out = capsys.readouterr().out
    assert "What rose" in out
    assert "→" in out


def test_what_rose_as_json_is_the_query_as_it_is(reader: LakeReader, capsys) -> None:
    showing.show_rises(reader.root, as_json=True, top=3)
    shown = json.loads(capsys.readouterr().out)
    rows = reader.rising_actors(**shown["period"]).fetchall()
    assert [r["actor_id"] for r in shown["rising_actors"]] == [row[1] for row in rows]
    assert len(rows) <= 3


def test_an_empty_lake_shows_nothing(tmp_path: Path, capsys) -> None:
    showing.show_rises(tmp_path, as_json=False)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("name", [*NASTY, "x" * 200, None])
def test_risers_are_named_as_they_are(capsys, name: str | None) -> None:
    row = {
        "name": name,
        "recent_count": 5,
        "recent_share": 0.5,
        "base_share": 0.1,
        "ratio": 5.0,
        "ratio_low": 2.0,
        "ratio_high": 9.0,
        "q_value": 0.01,
    }
    showing._print_rises("actors", [row])
    out = capsys.readouterr().out
    assert str(name)[:34] in out
    assert "▲" in out


def test_without_risers_that_is_said_and_what_fell_is_not_listed(capsys) -> None:
    fell = {"name": "Fell", "recent_count": 5, "ratio": 0.7}
    for rows in ([], [fell], [{**fell, "recent_count": 0, "ratio": 2.0}]):
        showing._print_rises("topics", rows)
        out = capsys.readouterr().out
        assert "nothing rose beyond what chance explains" in out
        assert "Fell" not in out


def test_a_name_that_is_too_long_ends_in_an_ellipsis(capsys) -> None:
    row = {"name": "word " * 20, "recent_count": 5, "recent_share": 0.5, "base_share": 0.1, "ratio": 5.0, "ratio_low": 0.9, "ratio_high": 9.0, "q_value": 0.3}  # fmt: skip
    showing._print_rises("actors", [row])
    out = capsys.readouterr().out
    assert ("word " * 20)[:41] + "…" in out
    assert "▲" not in out


def test_the_sources_file_given_wins_then_that_of_the_folder(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert options.chosen_sources(None) is None
    assert options.chosen_sources("x.toml") == "x.toml"
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "sources.toml").touch()
    assert options.chosen_sources(None) == "data/sources.toml"
    assert options.chosen_sources("x.toml") == "x.toml"


@pytest.mark.parametrize("form", [None, "table", "csv", "json"])
def test_answers_go_to_standard_output(reader: LakeReader, capfdbinary, form: str | None) -> None:
    ask._show(reader.sql("SELECT 1 AS one, 'é' AS two"), form, None)
    sys.stdout.flush()
    out = capfdbinary.readouterr().out.decode()
    assert "one" in out
    assert "é" in out


def test_answers_go_to_a_file_and_their_number_to_standard_error(
    reader: LakeReader, tmp_path, capsys
) -> None:
    ask._show(reader.sql("SELECT range AS n FROM range(2000)"), None, tmp_path / "rows.csv")
    out, err = capsys.readouterr()
    assert (out, err) == ("", f"wrote 2,000 rows to {tmp_path / 'rows.csv'}\n")


@pytest.mark.parametrize("form", ["xlsx", "", "CSV", "txt", "[/x]"])
def test_an_unknown_form_lists_those_there_are(reader: LakeReader, form: str) -> None:
    with pytest.raises(ConfigError, match="choose one of table, csv, json, parquet, arrow"):
        ask._show(reader.sql("SELECT 1"), form, None)


@pytest.mark.parametrize(
    "text",
    ["", ";", "SELEC 1", "SELECT * FROM nothing", "DROP VIEW nothing", "SELECT", "\x00", "SELECT '\udcff'"],
)
def test_a_mistake_in_sql_is_an_error_in_words(reader: LakeReader, text: str) -> None:
    with pytest.raises(ConfigError, match="the query"):
        ask._show(ask._ask(reader, text), None, None)


def talk(monkeypatch: pytest.MonkeyPatch, lines: list[str]) -> None:
    told = iter(lines)

    def answer(prompt: str) -> str:
        try:
            return next(told)
        except StopIteration:
            raise EOFError from None

    monkeypatch.setattr("builtins.input", answer)


def test_a_conversation_goes_on_after_a_mistake(reader: LakeReader, monkeypatch, capsys) -> None:
    pytest.importorskip("readline")
    talk(
        monkeypatch,
        ["SELECT", "  40 + 2 AS it;", "SELEC;", "SELECT error('boom');", "SELECT 7 AS seven;", "SELECT 1"],
    )
    ask._converse(reader)
    out = capsys.readouterr().out
    assert out.startswith("tables: articles")
    assert "42" in out
    assert out.count("the query failed") == 2
    assert out.index("boom") < out.index("seven")


@LAW
@given(st.dictionaries(st.text("abc_", min_size=1, max_size=6), st.text(max_size=8), max_size=4))
def test_parameters_come_back_as_they_were_given(given_values: dict[str, str]) -> None:
    joined = [f"--{name}={value}" for name, value in given_values.items()]
    apart = [word for name, value in given_values.items() for word in (f"--{name}", value)]
    assert ask.parse_parameters(joined) == ask.parse_parameters(apart) == given_values


@pytest.mark.parametrize("as_json", [True, False])
def test_a_plan_says_what_would_be_done_and_writes_nothing(tmp_path: Path, capsys, as_json: bool) -> None:
    texts = tmp_path / "texts"
    texts.mkdir()
    (texts / "one.txt").write_text("A headline\n\nA text of some words.\n")
    run.plan_only(str(tmp_path / "lake"), [str(texts)], None, "A", as_json)
    out, err = capsys.readouterr()
    if as_json:
        (unit,) = json.loads(out)
        assert (unit["kind"], unit["files"], unit["is_known"]) == ("text", 1, False)
    else:
        assert "1 new units of 1" in err
    assert not (tmp_path / "lake").exists()


@pytest.mark.parametrize("kind", ["", "WARC", "crawl", "warc ", "[/x]"])
def test_a_kind_that_there_is_not_is_refused_before_anything_is_written(tmp_path: Path, kind: str) -> None:
    with pytest.raises(ConfigError, match="there is no such kind"):
        run.run_backfill([str(tmp_path)], str(tmp_path / "lake"), kind, None, [], True, None, None)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "months",
    [("2024-13", None), ("2024", None), (None, "2024-00"), ("2024-05", "2024-04"), ("٢٠٢٤-01 ", None)],
)
def test_wrong_months_are_refused(tmp_path: Path, months: tuple[str | None, str | None]) -> None:
    with pytest.raises(ConfigError):
        run.run_refresh(str(tmp_path), *months, None, as_json=False, quiet=True)


@pytest.mark.parametrize("as_json", [True, False])
def test_a_dry_crawl_lists_the_feeds(tmp_path: Path, capsys, as_json: bool) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(
        '[[source]]\nname = "A"\nfeeds = ["https://a.example/f"]\n[[source]]\nname = "[red]"\nfeeds = ["https://b.example/f"]\n'
    )
    settings_of = {
        "lake": str(tmp_path / "lake"),
        "settings": None,
        "refresh": True,
        "dry_run": True,
        "as_json": as_json,
        "quiet": True,
    }
    run.run_crawl(str(path), [], **settings_of)  # type: ignore[arg-type]
    out = capsys.readouterr().out
    assert out.count("example/f") == 2
    assert "[red]" in out
    with pytest.raises(ConfigError, match="--source B: not in"):
        run.run_crawl(str(path), ["B"], **settings_of)  # type: ignore[arg-type]
    assert not (tmp_path / "lake").exists()


OUTLETS = {
    "A": Source(name="A", hosts=("www.a.example", "news.a.example")),
    "B": Source(name="B", hosts=("b.example",)),
}
WORK = Job(Lake(Path("lake")), sources=OUTLETS)


@pytest.mark.parametrize(
    ("given_name", "url", "file", "name"),
    [
        (None, "https://a.example/x", "", "A"), (None, "https://m.a.example/x", "", "A"), (None, "http://NEWS.a.example/x", "", "A"),
        (None, "https://sport.a.example/x", "", "sport.a.example"), ("b.example", "https://b.example/x", "", "B"), ("C", "https://b.example/x", "", "C"),
        (None, None, "in/B/x.txt", "B"), (None, None, "A/B/x.txt", "B"), (None, None, "B/A/deep/x.txt", "A"), (None, None, "B", UNKNOWN_SOURCE),
        (None, None, "", UNKNOWN_SOURCE), (None, "mailto:x", "", UNKNOWN_SOURCE), ("C", None, "A/x.txt", "A"), (None, "https://c.example/x", "A/x", "c.example"),
    ],
)  # fmt: skip
def test_an_outlet_is_told_by_name_host_or_folder(given_name, url, file, name) -> None:
    if given_name == "C" and url is None:
        assert WORK.source_name(given_name, url, file) == "C"
    else:
        assert WORK.source_name(given_name, url, file) == name


@LAW
@given(
    st.none() | st.text(max_size=8),
    st.none() | st.text(max_size=20),
    st.text(max_size=12).filter(lambda s: "\x00" not in s),
)
def test_every_capture_has_an_outlet(given_name: str | None, url: str | None, file: str) -> None:
    assert WORK.source_name(given_name, url, file)
    assert WORK.source_of(url) in (None, *OUTLETS.values())


def test_the_digest_of_sources_does_not_depend_on_their_order() -> None:
    other = Job(Lake(Path("x")), sources=dict(reversed(OUTLETS.items())))
    assert other.sources_digest == WORK.sources_digest
    assert Job(Lake(Path("x"))).sources_digest != WORK.sources_digest


def test_blocks_inside_share_the_workers_of_the_outermost(monkeypatch) -> None:
    opened: list[str] = []

    class Opening:
        def __init__(self, *_: object) -> None:
            opened.append("open")

        def __enter__(self) -> object:
            return object()

        def __exit__(self, *_: object) -> None:
            opened.append("close")

    monkeypatch.setattr(jobs, "open_pool", Opening)
    one, other = (
        Settings.model_validate({"runner": {"workers": 1}}),
        Settings.model_validate({"runner": {"workers": 2}}),
    )
    with document_workers(one) as first:
        with document_workers(one) as second, document_workers(other) as third:
            assert first is second
            assert first is not third
        assert opened == ["open", "open", "close"]
        with pytest.raises(KeyError), document_workers(one):
            raise KeyError
        assert opened[-1] == "close"
        assert opened.count("close") == 1
    assert opened.count("open") == opened.count("close") == 2
    with document_workers(one) as again:
        assert again is not first
    assert jobs._open == {}


def test_json_is_printed_with_any_letters(capsys) -> None:
    terminal.print_json({"é": date(2025, 1, 2), "path": Path("x")})
    assert json.load(io.StringIO(capsys.readouterr().out)) == {"é": "2025-01-02", "path": "x"}
