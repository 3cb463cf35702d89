"""Months built in one go are those built alone, and no group of them is larger than may be held."""

import duckdb
from hypothesis import given
from hypothesis import strategies as st

from tasks.contracts import TABLES
from tasks.marts.months import NO_MONTH, TOGETHER, group_months, month_number, read_months


@given(st.dictionaries(st.integers(0, 40).map(lambda n: f"20{n:02}-07"), st.integers(1, 2 * TOGETHER + 1)))
def test_every_month_is_in_one_group_and_no_group_is_too_large(sizes: dict[str, int]) -> None:
    groups = list(group_months(sizes))
    assert [month for group in groups for month in group] == sorted(sizes)
    totals = [sum(sizes[month] for month in group) for group in groups]
    assert all(total <= TOGETHER or len(group) == 1 for total, group in zip(totals, groups, strict=True))
    following = [sizes[group[0]] for group in groups[1:]]
    assert all(total + size > TOGETHER for total, size in zip(totals, following, strict=False))


def test_rows_of_several_months_are_cut_where_a_month_ends_and_a_month_may_have_none() -> None:
    wanted = ["2023-12", "2024-01", "2024-02", NO_MONTH]
    with duckdb.connect() as connection:
        numbers = [month_number(month) + n for month in wanted for n in range(3) if month != "2024-01"]
        connection.execute(
            "create table found as select 't' || n % 2 as term, n as number, 1::smallint as count from unnest($n) as u(n)",
            {"n": numbers},
        )
        together = dict(read_months(connection, "postings", "found", "number >> 32", wanted))
        alone = {}
        for month in wanted:
            rows = f"(from found where number >> 32 = {month_number(month) >> 32})"
            (found,) = read_months(connection, "postings", rows, "number >> 32", [month])
            alone[month] = found[1].read_all()
    assert list(together) == wanted
    for month, table in together.items():
        assert TABLES["postings"].check(table).equals(TABLES["postings"].check(alone[month]))
    assert [table.num_rows for table in together.values()] == [3, 0, 3, 3]
