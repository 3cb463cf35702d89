"""What a contract is: a table's columns, key, sort order and partition, and the checks that hold rows to it.

The contracts themselves are in :mod:`tasks.contracts`; nothing else builds an Arrow schema.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Literal

import pyarrow as pa

from tasks.errors import ContractError

Partition = Literal["month", "none"]  # one file per month, or one for the whole table


@dataclass(frozen=True, slots=True)
class Column:
    """One column: Arrow type, whether null is allowed, and one line of description for people."""

    name: str
    type: pa.DataType
    about: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Contract:
    """What a table promises: columns in order, key, sort order and how the mart is partitioned.

    ``mart`` is false for tables that only stages read.  ``month_from`` names the column that decides the month.
    """

    name: str
    about: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    sort: tuple[str, ...] = ()
    partition: Partition = "none"
    month_from: str | None = None
    mart: bool = True

    @property
    def schema(self) -> pa.Schema:
        """The Arrow schema, required columns marked as not nullable."""
        return pa.schema([pa.field(c.name, c.type, nullable=not c.required) for c in self.columns])

    def empty(self) -> pa.Table:
        """A table with every column and no row."""
        return self.schema.empty_table()

    def table(self, rows: Iterable[Mapping[str, Any]]) -> pa.Table:
        """Rows as a table of this contract; missing optional columns become null.

        Raises ContractError when a required column is missing or a value does not fit its type.
        """
        listed = list(rows)
        names = [c.name for c in self.columns]
        unknown = {k for row in listed[:100] for k in row} - set(names)
        if unknown:
            raise ContractError(f"table {self.name}: unknown columns {sorted(unknown)}")
        try:
            arrays = [_array(_values(listed, c.name), c) for c in self.columns]
        except (pa.ArrowInvalid, pa.ArrowTypeError, TypeError, OverflowError) as error:
            raise ContractError(f"table {self.name}: a value does not fit its column: {error}") from error
        return self.check(pa.Table.from_arrays(arrays, names=names))

    def check(self, table: pa.Table) -> pa.Table:
        """The same table with exactly this schema, or ContractError.

        ``cast`` refuses nulls in required columns, which ``validate(full=True)`` accepts (measured, architecture page).
        """
        names = [c.name for c in self.columns]
        if table.column_names != names:
            missing, extra = (
                [n for n in names if n not in table.column_names],
                [n for n in table.column_names if n not in names],
            )
            if missing or extra:
                raise ContractError(
                    f"table {self.name}: missing columns {missing}, unexpected columns {extra}"
                )
            table = table.select(names)
        for column in self.columns:
            if column.required and table.column(column.name).null_count:
                raise ContractError(f"table {self.name}: column {column.name} must not be null")
        try:
            return table.cast(self.schema)
        except (pa.ArrowInvalid, ValueError) as error:
            raise ContractError(f"table {self.name}: {error}") from error


def _values(rows: Sequence[Mapping[str, Any]], name: str) -> list[Any]:
    """One column of *rows*, null where a row lacks it; most tables have no such row, and that is the faster way."""
    try:
        return list(map(itemgetter(name), rows))
    except KeyError:
        return [row.get(name) for row in rows]


def _array(values: list[Any], column: Column) -> pa.Array:
    """Values as an Arrow array.  Arrow would cut 0.5 to 0 in an integer column without a word; here it is an error."""
    if pa.types.is_integer(column.type) and any(issubclass(kind, float) for kind in set(map(type, values))):
        raise TypeError(f"column {column.name} holds whole numbers, got a fraction")
    return pa.array(values, type=column.type)
