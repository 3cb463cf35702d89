"""Months are replaced whole and together, or not at all."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tasks.contracts import TABLES
from tasks.errors import ContractError
from tasks.marts import publish
from tasks.marts.months import Rows
from tasks.marts.publish import (
    File,
    is_current,
    mart_path,
    publish_files,
    publish_months,
    roll_forward,
    withdraw,
)
from tasks.parquet import parquet_bytes
from tasks.receipts import Receipt, save_receipt
from tasks.store import Lake

KEYS = {"2024-01": "a" * 64, "2024-02": "b" * 64}


def places(*numbers: int) -> pa.Table:
    return TABLES["places"].table(
        {"article_id": n, "place_id": "Q1", "name": "One", "country": "Q2"} for n in numbers
    )


def by_month() -> Iterator[tuple[str, Rows]]:
    yield "2024-01", places(1, 2)
    yield "2024-02", places(3).to_reader()


def test_each_month_has_its_rows_its_receipt_and_its_build_id(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    made = publish_months(lake, KEYS, {"places": by_month})
    assert {month: receipt.rows_out for month, receipt in made.items()} == {"2024-01": 2, "2024-02": 1}
    for month, key in KEYS.items():
        path = mart_path(lake.root, "places", month)
        assert pq.read_metadata(path).metadata[b"build_id"].decode() == key[:16]
        assert is_current(lake, month, key)
        assert not is_current(lake, month, "c" * 64)
    assert not list(lake.root.glob("staging/*"))


def test_a_table_that_cannot_be_made_leaves_every_month_as_it_was(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    publish_months(lake, KEYS, {"places": by_month})
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.parquet")}

    def broken() -> Iterator[tuple[str, Rows]]:
        yield "2024-01", TABLES["texts"].empty()
        raise ContractError("no more")

    with pytest.raises(ContractError, match="no more"):
        publish_months(lake, dict.fromkeys(KEYS, "d" * 64), {"places": by_month, "texts": broken})
    assert {path: path.read_bytes() for path in before} == before
    assert not mart_path(lake.root, "texts", "2024-01").exists()
    assert all(is_current(lake, month, key) for month, key in KEYS.items())


def test_a_table_of_its_own_comes_and_goes_alone(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    publish_months(lake, KEYS, {"places": by_month})
    data = parquet_bytes(TABLES["coverage"], TABLES["coverage"].empty())
    file = File("coverage-2024-01", "2024-01", "e" * 64, "coverage", 0, data)
    publish_files(lake, "small", [file])
    path = mart_path(lake.root, "coverage", "2024-01")
    assert b"build_id" not in (pq.read_metadata(path).metadata or {})
    assert withdraw(lake, set(KEYS)) == ["coverage-2024-01"]
    assert not path.exists()
    assert mart_path(lake.root, "places", "2024-01").exists()


def test_what_was_committed_when_it_was_stopped_is_finished_all_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake, months = Lake(tmp_path), ["2024-01", "2024-02", "2024-03"]
    files = [
        File(
            f"places-{month}", month, month[-1] * 64, "places", 1, parquet_bytes(TABLES["places"], places(n))
        )
        for n, month in enumerate(months)
    ]

    def save_or_stop(root: Path, receipt: Receipt) -> Receipt:
        if receipt.unit_id == "places-2024-02":
            raise KeyboardInterrupt
        return save_receipt(root, receipt)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(publish, "save_receipt", save_or_stop)
        publish_files(lake, "small", files)
    assert [is_current(lake, file.partition, file.key) for file in files] == [True, False, False]
    assert roll_forward(lake) == [file.partition for file in files]
    assert all(is_current(lake, file.partition, file.key) for file in files)
    assert [mart_path(tmp_path, "places", month).read_bytes() for month in months] == [f.data for f in files]
    assert not list(lake.root.glob("staging/*"))
    publish_files(lake, "small", [])
    assert roll_forward(lake) == []
