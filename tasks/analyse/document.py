"""``docs/queries.md`` and ``docs/tables.md``, made from the headers of the SQL files and from the contracts."""

from __future__ import annotations

from collections.abc import Iterator

from tasks.analyse.queries import Parameter, Query, list_queries
from tasks.analyse.views import queryable, sql_type
from tasks.contracts import Contract
from tasks.reasons import REASONS

_QUERIES = """# Queries

One SQL file each, in `tasks/analyse/sql`. This page is made from their headers. All of them work

- on the command line: `columninch query actor_trend --actor=Russia --bucket=month`
- in Python: `connect("lake").actor_trend(actor="Russia", bucket="month")`, a DuckDB relation
- in any DuckDB shell from 1.1 on, opened on `lake.duckdb`: `FROM actor_trend('Russia', bucket := 'month');`

Periods are half-open: `start` is the first day, `until` the day after the last (`end` and `limit` are understood for `until`
and `top` on the command line and in Python; in SQL they are reserved words). Lists are written `--sources=a,b` or `['a', 'b']`.
`count=groups` counts a report and its copies once, by its earliest member (with `sources`: by the first member that one of
them ran); `count=articles` counts every copy. Every share has its denominator in the row: enriched articles or groups under
the same filter. `lake.duckdb` knows where the lake was when it was written; after a move any `columninch query`
writes it again; until then, tell the shell: `SET VARIABLE lake = '/new/place';`
"""
_TABLES = """# Tables

Made from `tasks/contracts.py`; the same text is in the comments of `lake.duckdb`. Tables by month lie in
`marts/<table>/month=YYYY-MM/<table>.parquet` (`month=__HIVE_DEFAULT_PARTITION__` when the day is unknown), the others in
`marts/<table>/<table>.parquet`, unit tables in `units/<table>/<unit>.parquet`.
"""


def queries_markdown() -> str:
    """The text of ``docs/queries.md``."""
    listed = list_queries()
    index = [f"- [`{q.name}`](#{q.name}): {q.purpose}" for q in listed]
    parts = [_QUERIES, "\n".join(index) + "\n", *("\n".join(_query_lines(q)) + "\n" for q in listed)]
    return "\n".join(parts)


def tables_markdown() -> str:
    """The text of ``docs/tables.md``, the reasons of rejects included."""
    parts = [
        _TABLES,
        *("\n".join(_table_lines(c)) + "\n" for c in queryable().values()),
        "\n".join(_reason_lines()) + "\n",
    ]
    return "\n".join(parts)


def example_calls(query: Query) -> tuple[str, str, str]:
    """The query's example for the command line, for Python and for a DuckDB shell."""
    given = query.example
    options = "".join(f" --{name}={_shell_word(value)}" for name, value in given.items())
    typed = {p.name: _value_text(p, given[p.name]) for p in query.parameters if p.name in given}
    python = ", ".join(f"{name}={text}" for name, text in typed.items())
    shell = [t.replace('"', "'") for t in (typed[p.name] for p in query.parameters if p.is_required)]
    shell += [
        f"{p.name} := {typed[p.name].replace(chr(34), chr(39))}"
        for p in query.parameters
        if not p.is_required and p.name in typed
    ]
    return (
        f"columninch query {query.name}{options}",
        f"connect(lake).{query.name}({python})",
        f"FROM {query.name}({', '.join(shell)});",
    )


def _shell_word(value: str) -> str:
    return f"'{value}'" if " " in value else value


def _value_text(parameter: Parameter, value: str) -> str:
    """A value as Python text; lists and strings in double quotes."""
    if parameter.type == "INTEGER":
        return value
    if parameter.type.endswith("[]"):
        return "[" + ", ".join(f'"{v}"' for v in value.split(",")) + "]"
    return f'"{value}"'


def _query_lines(query: Query) -> Iterator[str]:
    """One query's section."""
    yield f"## {query.name}\n\n{_sentence(query.purpose[:1].upper() + query.purpose[1:])}\n"
    yield "| parameter | type | default | meaning |\n| --- | --- | --- | --- |"
    for p in query.parameters:
        default = "needed" if p.is_required else "" if p.default == "NULL" else f"`{p.default}`"
        yield f"| {p.name} | {' or '.join(p.choices) or p.type} | {default} | {_cell(p.about)} |"
    yield "\n| column | meaning |\n| --- | --- |"
    yield from (f"| {name} | {_cell(about)} |" for name, about in query.columns)
    yield f"\nMethod: {_sentence(query.method)}"
    command, python, shell = example_calls(query)
    yield f"\n```sh\n{command}\n```\n\n```python\n{python}\n```\n\n```sql\n{shell}\n```"


def _table_lines(contract: Contract) -> Iterator[str]:
    """One table's section."""
    key = f"Key: {', '.join(contract.key)}. " if contract.key else ""
    order = f"Sorted by {', '.join(contract.sort)}. " if contract.sort else ""
    where = (
        "By month."
        if contract.partition == "month"
        else "One file."
        if contract.mart
        else "One file per unit."
    )
    yield f"## {contract.name}\n\n{_sentence(contract.about[:1].upper() + contract.about[1:])} {key}{order}{where}\n"
    yield "| column | type | meaning |\n| --- | --- | --- |"
    for column in contract.columns:
        null = "" if column.required else " or null"
        yield f"| {column.name} | {sql_type(column.type)}{null} | {_cell(column.about)} |"


def _reason_lines() -> Iterator[str]:
    """The reasons of ``rejects``."""
    yield "## Reasons of rejects\n\n| reason | meaning |\n| --- | --- |"
    yield from (f"| {reason.value} | {_cell(about)} |" for reason, about in REASONS.items())


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."
