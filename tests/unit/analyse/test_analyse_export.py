"""What goes out is what was asked for, in every form."""

import csv
import io
import json
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tasks.analyse.export import FORMS, export_file, export_rows, format_cell, table_text
from tasks.errors import ConfigError

ROWS = """
SELECT * FROM (VALUES
  (1, 'Łódź, "quoted"', 0.25::DOUBLE, DATE '2025-01-02', TIMESTAMPTZ '2025-01-02 03:04:05+00', ['a', 'b'], {'code': 'x', 'score': 0.5}, true),
  (2, NULL, 'nan'::DOUBLE, NULL, NULL, NULL, NULL, false)
) AS t(number, name, share, on_day, ran_at, tags, topic, is_gap) ORDER BY number"""


@pytest.fixture
def relation() -> duckdb.DuckDBPyRelation:
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    return connection.sql(ROWS)


def exported(relation: duckdb.DuckDBPyRelation, form: str) -> bytes:
    out = io.BytesIO()
    assert export_rows(relation, form, out) == 2
    return out.getvalue()


def test_json_has_a_row_each_and_null_for_what_is_no_number(relation: duckdb.DuckDBPyRelation) -> None:
    rows = json.loads(exported(relation, "json"))
    assert rows[0] == {
        "number": 1,
        "name": 'Łódź, "quoted"',
        "share": 0.25,
        "on_day": "2025-01-02",
        "ran_at": "2025-01-02T03:04:05+00:00",
        "tags": ["a", "b"],
        "topic": {"code": "x", "score": 0.5},
        "is_gap": True,
    }
    assert rows[1]["share"] is None


def test_csv_can_be_read_back(relation: duckdb.DuckDBPyRelation) -> None:
    rows = list(csv.DictReader(io.StringIO(exported(relation, "csv").decode())))
    assert rows[0]["name"] == 'Łódź, "quoted"'
    assert json.loads(rows[0]["tags"]) == ["a", "b"]
    assert rows[0]["ran_at"] == "2025-01-02T03:04:05+00:00"
    assert (rows[1]["name"], rows[1]["is_gap"]) == ("", "false")


def test_parquet_and_arrow_keep_types(relation: duckdb.DuckDBPyRelation) -> None:
    parquet = pq.read_table(io.BytesIO(exported(relation, "parquet")))
    arrow = pa.ipc.open_file(io.BytesIO(exported(relation, "arrow"))).read_all()
    assert parquet.to_pylist()[0] == arrow.to_pylist()[0]
    assert parquet.schema.field("on_day").type == pa.date32()


def test_a_table_is_aligned_and_shortens_long_text(relation: duckdb.DuckDBPyRelation) -> None:
    lines = table_text(relation).splitlines()
    assert len(lines) == 4
    assert lines[0].startswith("number  name")
    assert lines[2].startswith("     1  Łódź")
    assert format_cell("x" * 100).endswith("…")
    assert format_cell("a\nb") == "a b"
    assert format_cell(1234567.0) == "1.235e+06"


def test_no_rows_are_still_a_table() -> None:
    nothing = duckdb.sql("SELECT 1 AS a WHERE FALSE")
    assert table_text(nothing).splitlines() == ["a", "-"]
    for form in FORMS[1:]:
        out = io.BytesIO()
        assert export_rows(duckdb.sql("SELECT 1 AS a WHERE FALSE"), form, out) == 0
        assert out.getvalue()
    out = io.BytesIO()
    export_rows(nothing, "json", out)
    assert json.loads(out.getvalue()) == []


@pytest.mark.parametrize("form", FORMS)
def test_files_are_written_whole_by_suffix(
    relation: duckdb.DuckDBPyRelation, tmp_path: Path, form: str
) -> None:
    assert export_file(relation, tmp_path / f"rows.{form}") == 2
    assert [path.name for path in tmp_path.iterdir()] == [f"rows.{form}"]


def test_other_forms_and_places_are_refused(relation: duckdb.DuckDBPyRelation, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there are table, csv, json, parquet, arrow"):
        export_file(relation, tmp_path / "rows.xlsx")
    with pytest.raises(ConfigError, match="cannot be written"):
        export_file(relation, tmp_path / "no" / "rows.csv")
    assert list(tmp_path.iterdir()) == []
