"""Exports hold every value of every type, however hostile, or say why they cannot."""

import csv
import io
import json
import math
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.analyse.export import (
    FORMS,
    WIDEST,
    export_file,
    export_rows,
    format_cell,
    layout_table,
    plain_text,
    table_text,
)
from tasks.errors import ConfigError

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)
ROWS = st.lists(
    st.tuples(
        st.none() | TEXT,
        st.none() | st.integers(-(2**63), 2**63 - 1),
        st.none() | st.floats(),
        st.none() | st.booleans(),
        st.none() | st.dates(date(1, 1, 1), date(9999, 12, 31)),
        st.none() | st.lists(st.none() | TEXT, max_size=3),
    ),
    max_size=8,
)
SCHEMA = pa.schema(
    [
        ("text", pa.string()),
        ("number", pa.int64()),
        ("part", pa.float64()),
        ("is_so", pa.bool_()),
        ("on_day", pa.date32()),
        ("names", pa.list_(pa.string())),
    ]
)
CONTROL = {*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029}
"""What a terminal obeys rather than shows."""


def relation_of(rows: list[tuple[Any, ...]], connection: duckdb.DuckDBPyConnection) -> Any:
    """A DuckDB relation of *rows*."""
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(SCHEMA)
    arrays = [pa.array(c, f.type) for c, f in zip(columns, SCHEMA, strict=True)]
    return connection.from_arrow(pa.table(arrays, schema=SCHEMA))


def exported(relation: Any, form: str) -> bytes:
    out = io.BytesIO()
    export_rows(relation, form, out)
    return out.getvalue()


def asked(query: str, form: str) -> bytes:
    """The answer to *query* in a form."""
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        return exported(connection.sql(query), form)


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        yield opened


@settings(max_examples=25, deadline=None)
@given(ROWS)
def test_json_gives_every_row_back(
    connection: duckdb.DuckDBPyConnection, rows: list[tuple[Any, ...]]
) -> None:
    found = json.loads(exported(relation_of(rows, connection), "json"))
    assert len(found) == len(rows)
    for line, (text, number, part, is_so, on_day, names) in zip(found, rows, strict=True):
        assert (line["text"], line["number"], line["is_so"], line["names"]) == (text, number, is_so, names)
        assert line["part"] == (part if part is not None and math.isfinite(part) else None)
        assert line["on_day"] == (on_day.isoformat() if on_day else None)


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(ROWS)
def test_csv_gives_every_row_back(connection: duckdb.DuckDBPyConnection, rows: list[tuple[Any, ...]]) -> None:
    text = exported(relation_of(rows, connection), "csv").decode()
    header, *found = list(csv.reader(io.StringIO(text, newline="")))
    assert header == SCHEMA.names
    assert len(found) == len(rows)
    for line, row in zip(found, rows, strict=True):
        assert line[0] == (row[0] or "")
        assert line[1] == ("" if row[1] is None else str(row[1]))
        assert line[3] == {None: "", True: "true", False: "false"}[row[3]]
        assert (json.loads(line[5]) if line[5] else None) == row[5]


@settings(max_examples=15, deadline=None)
@given(ROWS)
def test_arrow_and_parquet_give_every_row_back(
    connection: duckdb.DuckDBPyConnection, rows: list[tuple[Any, ...]]
) -> None:
    relation = relation_of(rows, connection)
    arrow = pa.ipc.open_file(io.BytesIO(exported(relation, "arrow"))).read_all()
    parquet = pq.read_table(io.BytesIO(exported(relation, "parquet")))
    for table in (arrow, parquet):
        assert table.column_names == SCHEMA.names
        assert repr(list(zip(*(c.to_pylist() for c in table.columns), strict=True))) == repr(rows)


@settings(max_examples=25, deadline=None)
@given(ROWS)
def test_a_table_has_a_line_for_every_row_and_no_control_signs(
    connection: duckdb.DuckDBPyConnection, rows: list[tuple[Any, ...]]
) -> None:
    text = table_text(relation_of(rows, connection))
    assert len(text.split("\n")) == len(rows) + 2
    assert not {ord(sign) for sign in text} & (CONTROL - {0x0A})


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_a_cell_is_one_line_of_bounded_width(text: str) -> None:
    cell = format_cell(text)
    assert len(cell) <= WIDEST
    assert not {ord(sign) for sign in cell} & CONTROL
    assert cell.endswith("…") or len(cell) == len(text)


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("a\x1b[31mred", "a [31mred"),
        ("a\r\nb", "a  b"),
        ("a\x00b", "a b"),
        ("a\x9bb", "a b"),
        ("a\u2028b", "a b"),
        ("tab\there", "tab here"),
        ("שלום", "שלום"),
        ("نیم‌فاصله", "نیم‌فاصله"),
    ],
)
def test_a_terminal_is_never_told_what_to_do_by_a_headline(text: str, cell: str) -> None:
    assert format_cell(text) == cell


@settings(max_examples=60, deadline=None)
@given(st.floats(-1e300, 1e300))
def test_a_number_in_a_cell_has_four_digits(value: float) -> None:
    assert float(format_cell(value)) == pytest.approx(value, rel=6e-4, abs=1e-320)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (-7, "-7"),
        (0.5, "0.5"),
        (math.nan, "nan"),
        (math.inf, "inf"),
        (date(2025, 1, 2), "2025-01-02"),
        ([1, None], "[1, null]"),
        ({"a": date(2025, 1, 2)}, '{"a": "2025-01-02"}'),
        ([], "[]"),
        ("", ""),
    ],
)
def test_values_read_as_one_would_write_them(value: object, text: str) -> None:
    assert format_cell(value) == text


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(TEXT, st.integers(), st.floats()), max_size=6))
def test_all_lines_of_a_table_fit_its_rule(rows: list[tuple[object, ...]]) -> None:
    lines = layout_table(["name", "count", "share"], rows).split("\n")
    width = len(lines[1])
    assert all(len(line) <= width for line in lines)
    assert [len(part) >= 4 for part in lines[1].split("  ")] == [True, True, True]


def test_numbers_stand_to_the_right_and_words_to_the_left() -> None:
    lines = layout_table(["name", "count"], [("a", 5), ("longer", 12345)]).split("\n")
    assert lines == ["name    count", "------  -----", "a           5", "longer  12345"]


def test_a_table_without_columns_is_still_text() -> None:
    assert layout_table([], []) == "\n"


@pytest.mark.parametrize(
    ("sql", "value"),
    [
        ("['nan'::DOUBLE, 1.5]", [None, 1.5]),
        ("{'a': 'inf'::DOUBLE, 'b': 2}", {"a": None, "b": 2}),
        ("[{'a': ['-inf'::FLOAT]}]", [{"a": [None]}]),
        ("'-inf'::DOUBLE", None),
        ("1.5::DECIMAL(5,2)", 1.5),
        ("TIME '01:02:03'", "01:02:03"),
        ("TIMESTAMP '2025-01-02 03:04:05'", "2025-01-02T03:04:05"),
        ("TIMESTAMPTZ '2025-01-02 03:04:05+02'", "2025-01-02T01:04:05+00:00"),
        ("'x'::ENUM('x','y')", "x"),
        ("[DATE '2025-01-02', NULL]", ["2025-01-02", None]),
        ("[[1, 2], [], NULL]", [[1, 2], [], None]),
        ("NULL", None),
        ("'</script>'", "</script>"),
        ("'\u2028\U0001f600'", "\u2028\U0001f600"),
        ("-9223372036854775808", -(2**63)),
        ("''", ""),
    ],
)
def test_json_has_every_type_of_duckdb(sql: str, value: object) -> None:
    assert json.loads(asked(f"SELECT {sql} AS it", "json")) == [{"it": value}]


def test_json_without_numbers_that_json_lacks() -> None:
    def refuse(name: str) -> None:
        raise AssertionError(name)

    text = asked("SELECT 'nan'::DOUBLE AS a, ['inf'::DOUBLE] AS b", "json")
    assert json.loads(text, parse_constant=refuse) == [{"a": None, "b": [None]}]


@pytest.mark.parametrize("query", ["SELECT 1 AS a, 2 AS a, 3 AS a", "SELECT l.a, r.a, 3 AS a FROM (SELECT 1 AS a) l, (SELECT 2 AS a) r"])  # fmt: skip
def test_columns_of_the_same_name_are_all_kept(query: str) -> None:
    assert asked(query, "csv").decode() == "a,a,a\n1,2,3\n"
    assert json.loads(asked(query, "json")) == [{"a": 1, "a_1": 2, "a_2": 3}]
    arrow = pa.ipc.open_file(io.BytesIO(asked(query, "arrow"))).read_all()
    assert [column.to_pylist() for column in arrow.columns] == [[1], [2], [3]]


def test_a_made_up_name_does_not_collide_with_a_real_one() -> None:
    assert json.loads(asked("SELECT 1 AS a, 2 AS a_1, 3 AS a", "json")) == [{"a": 1, "a_1": 2, "a_2": 3}]


@pytest.mark.parametrize("form", FORMS[1:])
def test_a_query_that_fails_half_way_says_so(form: str, tmp_path: Path) -> None:
    query = "SELECT CASE WHEN range > 150000 THEN error('boom') ELSE range END AS a FROM range(160000)"
    with duckdb.connect() as opened:
        with pytest.raises((ConfigError, duckdb.Error), match="boom"):
            export_rows(opened.sql(query), form, io.BytesIO())
        with pytest.raises((ConfigError, duckdb.Error), match="boom"):
            export_file(opened.sql(query), tmp_path / f"out.{form}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("sql", "form"), [("DATE 'infinity'", "csv"), ("INTERVAL 1 DAY", "parquet")])
def test_a_value_that_a_form_cannot_hold_is_an_error_in_words(sql: str, form: str) -> None:
    with pytest.raises(ConfigError, match="the query failed"):
        asked(f"SELECT {sql} AS it", form)


def test_a_full_disk_is_no_fault_of_the_query() -> None:
    class Full(io.RawIOBase):
        def writable(self) -> bool:
            return True

        def write(self, data: object) -> int:
            raise OSError(28, "No space left on device")

    with duckdb.connect() as opened, pytest.raises(OSError, match="No space left"):
        export_rows(opened.sql("SELECT 1 AS a"), "json", Full())  # type: ignore[arg-type]


@pytest.mark.parametrize("number", [0, 1, 49_999, 50_000, 50_001, 120_000])
def test_batches_lose_no_row(number: int) -> None:
    with duckdb.connect() as opened:
        out = io.BytesIO()
        assert export_rows(opened.sql(f"SELECT range AS n FROM range({number})"), "arrow", out) == number
    table = pa.ipc.open_file(out).read_all()
    assert table.column("n").to_pylist() == list(range(number))


@pytest.mark.parametrize("name", ["rows", "rows.", ".csv", "rows.CSV", "rows.csv.gz", "rows.html"])
def test_a_name_that_tells_no_form_is_refused_and_nothing_is_left(tmp_path: Path, name: str) -> None:
    with duckdb.connect() as opened, pytest.raises(ConfigError, match="there are table"):
        export_file(opened.sql("SELECT 1 AS a"), tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_named_form_beats_the_suffix(tmp_path: Path) -> None:
    with duckdb.connect() as opened:
        export_file(opened.sql("SELECT 1 AS a"), tmp_path / "rows.csv", "json")
    assert json.loads((tmp_path / "rows.csv").read_bytes()) == [{"a": 1}]


@pytest.mark.parametrize("form", ["csv", "json"])
def test_an_older_file_stays_when_the_new_one_fails(tmp_path: Path, form: str) -> None:
    path = tmp_path / f"rows.{form}"
    path.write_text("old")
    with duckdb.connect() as opened, pytest.raises((ConfigError, duckdb.Error)):
        export_file(opened.sql("SELECT error('no') AS a"), path)
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | TEXT, lambda s: st.lists(s, max_size=3), max_leaves=5
    )
)
def test_lists_are_json_in_a_csv(value: object) -> None:
    if isinstance(value, list):
        assert json.loads(plain_text(value)) == value
    else:
        assert isinstance(plain_text(value), str)
