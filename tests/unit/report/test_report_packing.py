"""Packed rows: nothing is lost but digits that nobody sees, and repeated values cost little."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tasks.report.packing import pack, shorten

VALUES = st.none() | st.booleans() | st.integers(-1000, 1000) | st.text(max_size=5)


def unpack(packed: dict[str, Any]) -> list[dict[str, Any]]:
    """What the page's script does."""
    columns = packed["columns"].items()
    return [
        {
            name: column["of"][column["at"][i]] if "at" in column else column["of"][i]
            for name, column in columns
        }
        for i in range(packed["rows"])
    ]


@given(st.lists(st.fixed_dictionaries({"a": VALUES, "b": st.sampled_from(["x", "y"])}), max_size=30))
def test_unpacking_gives_the_rows_again(rows: list[dict[str, Any]]) -> None:
    assert unpack(json.loads(json.dumps(pack(rows)))) == rows


@given(st.floats(-1e300, 1e300, allow_subnormal=False))
def test_a_number_is_off_by_less_than_a_thousandth_of_itself(value: float) -> None:
    assert abs(shorten(value) - value) <= abs(value) * 0.0006


def test_true_stays_true_beside_one() -> None:
    rows = [{"a": True}, {"a": True}, {"a": True}, {"a": True}]
    assert unpack(pack(rows)) == rows


def test_a_repeated_value_is_written_once() -> None:
    rows = [{"outlet": "a name that is rather long", "n": i} for i in range(1000)]
    assert json.dumps(pack(rows)).count("rather") == 1
    assert len(json.dumps(pack(rows))) < len(json.dumps(rows)) / 4
