"""Readers that ask every query while marts are rebuilt and their writers killed; ``benchmarks.readers`` does so 1,500 times."""

from pathlib import Path

import pytest

from benchmarks.readers import measure


@pytest.mark.slow
def test_no_read_fails_or_is_wrong_and_no_table_breaks(tmp_path: Path) -> None:
    told = measure(tmp_path / "lake", reads=26, kills=2)
    assert told["reads"] == 26
    assert told["kills"] >= 2
    assert (told["failed"], told["wrong"], told["broken_tables"]) == (0, 0, 0)
