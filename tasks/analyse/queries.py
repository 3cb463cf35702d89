"""The named queries: one SQL file each, whose header says what it is for, what it takes and what it returns.

A header is SQL comments before the statement::

    -- actor_trend: what share of coverage names an actor.
    -- parameters:
    --   actor VARCHAR: actor id, name or alias          (no default: must be given)
    --   bucket day|week|month = week: step of time      (a choice)
    --   @filter                                         (the parameters that nearly all queries share)
    -- columns:
    --   bucket_on: first day of the bucket
    -- method: how it is computed and from whom
    -- example: actor='Russia' bucket=month

In the statement a parameter is written ``$actor``.  Every query becomes a DuckDB table macro of the same name, and
Python calls that macro with bound values: the shell and Python cannot differ.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from tasks.errors import ConfigError, ContractError

SQL = Path(__file__).parent / "sql"
"""Folder of the named queries; ``base`` below it has the macros that they share."""
OTHER_NAMES: Mapping[str, str] = {"end": "until", "limit": "top", "from": "start", "to": "until"}
"""Names that are understood too; ``end`` and ``limit`` are reserved words in SQL, so macros cannot have them."""
SHARED: Mapping[str, tuple[str, ...]] = {
    "@period": (
        "start DATE = NULL: first day; null: from the first there is",
        "until DATE = NULL: day after the last (half-open); null: to the last there is",
    ),
    "@filter": (
        "start DATE = NULL: first day; null: from the first there is",
        "until DATE = NULL: day after the last (half-open); null: to the last there is",
        "sources VARCHAR[] = NULL: outlets to count; null: all",
        "language VARCHAR = NULL: ISO 639-1 code of the articles to count; null: all",
        "count groups|articles = groups: count a report and its copies once, or every article",
    ),
    "@share": (
        "total_count: articles or groups under the same filter, enriched only (the denominator)",
        "share: the count / total_count; null when total_count is 0",
        "share_low: lower end of the 95 % interval of share",
        "share_high: upper end of that interval",
    ),
    "@bucket": (
        "day_count: days of the bucket that lie in the period",
        "completeness: kept / expected articles of those days; null while too little is known",
        "is_gap: on one of those days the crawl lost a fifth or more of what was expected",
    ),
}
"""Lines that several headers share."""
MOST_DIGITS = 10
"""Digits of the largest number a parameter may be."""
_LINE = re.compile(r"^(\w+)(?: (\S+)(?: = (.*?))?)?: (.+)$")
_SECTIONS = ("parameters", "columns", "method", "example")


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a query takes: SQL type or choices joined by ``|``, default (None: it must be given) and meaning."""

    name: str
    type: str
    default: str | None
    about: str

    @property
    def choices(self) -> tuple[str, ...]:
        """The values allowed, or nothing when any is."""
        return tuple(self.type.split("|")) if "|" in self.type else ()

    @property
    def is_required(self) -> bool:
        """Whether a caller must give it."""
        return self.default is None


@dataclass(frozen=True, slots=True)
class Query:
    """A named query: purpose, parameters, columns (name and meaning), method, an example's values, and its SQL."""

    name: str
    purpose: str
    parameters: tuple[Parameter, ...]
    columns: tuple[tuple[str, str], ...]
    method: str
    example: Mapping[str, str]
    sql: str

    def bind(self, given: Mapping[str, object]) -> dict[str, object]:
        """*given* as values for the statement, those left out or null left out.

        Takes Python values or strings as a command line has them.  Raises ConfigError, which names the parameter and
        what it takes, for unknown, missing and unfitting ones.
        """
        named: dict[str, object] = {}
        for key, value in given.items():
            name = key.replace("-", "_")
            known = [p.name for p in self.parameters]
            name = OTHER_NAMES.get(name, name) if name not in known else name
            if name not in known:
                near = get_close_matches(name, known, 1)
                hint = f"did you mean {near[0]!r}?" if near else f"it takes {', '.join(known)}"
                raise ConfigError(f"query {self.name}: no parameter {key!r}; {hint}")
            named[name] = value
        for parameter in self.parameters:
            if parameter.is_required and named.get(parameter.name) in (None, ""):
                raise ConfigError(
                    f"query {self.name}: parameter {parameter.name!r} is missing; give {parameter.about}"
                )
        return {
            p.name: fit_value(self.name, p, named[p.name])
            for p in self.parameters
            if named.get(p.name) is not None
        }

    def call(self, bound: Mapping[str, object]) -> str:
        """The statement that runs the query's macro with the values of *bound*, which :meth:`values` has set as variables."""
        parts = [_variable(p) for p in self.parameters if p.is_required]
        parts += [
            f'"{p.name}" := {_variable(p)}' for p in self.parameters if not p.is_required and p.name in bound
        ]
        return f"SELECT * FROM {self.name}({', '.join(parts)})"

    def values(self, bound: Mapping[str, object]) -> list[tuple[str, dict[str, object]]]:
        """Statements, each with its value, that set the variables of :meth:`call`: values are never part of a statement's text."""
        return [(f"SET VARIABLE ask_{name} = $value", {"value": value}) for name, value in bound.items()]

    def macro(self) -> str:
        """The statement that creates the query's table macro."""
        parts = [p.name if p.is_required else f"{p.name} := {_literal(p)}" for p in self.parameters]
        return f"CREATE OR REPLACE MACRO {self.name}({', '.join(parts)}) AS TABLE {macro_body(self.sql)}"


def _sql_type(parameter: Parameter) -> str:
    return "VARCHAR" if parameter.choices else parameter.type


def _variable(parameter: Parameter) -> str:
    """The parameter's value as SQL.  A variable is known when the plan is made, so that other months are not read."""
    return f"CAST(getvariable('ask_{parameter.name}') AS {_sql_type(parameter)})"


def _literal(parameter: Parameter) -> str:
    """The default as SQL."""
    value = str(parameter.default)
    return value if value == "NULL" or parameter.type == "INTEGER" else "'" + value.replace("'", "''") + "'"


def macro_body(sql: str) -> str:
    """A statement with its parameters as a macro has them: ``$actor`` becomes ``actor``."""
    return re.sub(r"\$(\w+)", r"\1", sql)


def fit_value(query: str, parameter: Parameter, value: object) -> object:
    """*value* as the parameter's type, from a Python value or from text.  Raises ConfigError when it does not fit."""
    where = f"query {query}: parameter {parameter.name!r}"
    if parameter.choices:
        if value not in parameter.choices:
            raise ConfigError(f"{where} is {value!r}; it takes {' or '.join(parameter.choices)}")
        return value
    if parameter.type == "DATE":
        return _fit_day(where, value)
    if parameter.type == "INTEGER":
        if isinstance(value, int) and not isinstance(value, bool):
            number = value
        elif isinstance(value, str) and value.strip().isdecimal() and len(value.strip()) <= MOST_DIGITS:
            number = int(value)
        else:
            raise ConfigError(f"{where} is {value!r}; it takes a whole number from 1")
        if not 1 <= number < 2**31:
            raise ConfigError(f"{where} is {value!r}; it takes a whole number from 1")
        return number
    if parameter.type == "VARCHAR[]":
        return _fit_list(where, value)
    if not isinstance(value, str) or not value.strip() or not _is_unicode(value):
        raise ConfigError(f"{where} is {value!r}; it takes text")
    return value.strip()


def _fit_day(where: str, value: object) -> date:
    """A day from a date, a timestamp, or text: YYYY-MM-DD, or YYYY-MM for the first of the month."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = str(value).strip()
    try:
        return date.fromisoformat(f"{text}-01" if re.fullmatch(r"\d{4}-\d{2}", text) else text)
    except ValueError:
        raise ConfigError(
            f"{where} is {value!r}; it takes a day as YYYY-MM-DD, or YYYY-MM for its first"
        ) from None


def _fit_list(where: str, value: object) -> list[str]:
    """Texts from a list or from text with commas."""
    parts = value.split(",") if isinstance(value, str) else value
    if (
        not isinstance(parts, Sequence)
        or not parts
        or not all(isinstance(p, str) and p.strip() and _is_unicode(p) for p in parts)
    ):
        raise ConfigError(f"{where} is {value!r}; it takes names, separated by commas or as a list")
    return [p.strip() for p in parts]


def _is_unicode(text: str) -> bool:
    """Whether text is whole: bytes of a command line that are no UTF-8 arrive as lone surrogates."""
    return not any("\ud800" <= sign <= "\udfff" for sign in text)


def parse_query(name: str, text: str) -> Query:
    """A query from its file's text.  Raises ContractError when the header is not of the form above."""
    lines = text.splitlines()
    length = next((n for n, line in enumerate(lines) if not line.startswith("--")), len(lines))
    sections: dict[str, list[str]] = {"purpose": []}
    current = "purpose"
    for raw in lines[:length]:
        word, _, rest = raw[2:].strip().partition(":")
        is_title = word in _SECTIONS
        current = word if is_title else current
        line = rest.strip() if is_title else raw[2:].strip()
        if line:
            sections.setdefault(current, []).extend(SHARED.get(line, (line,)))
    title, _, purpose = " ".join(sections["purpose"]).partition(": ")
    if title != name or not purpose:
        raise ContractError(f"{name}.sql: the first line must be '-- {name}: purpose'")
    return Query(
        name,
        purpose,
        tuple(_parse_parameter(name, line) for line in sections.get("parameters", [])),
        tuple(_parse_column(name, line) for line in sections.get("columns", [])),
        " ".join(sections.get("method", [])),
        dict(part.split("=", 1) for part in shlex.split(" ".join(sections.get("example", [])))),
        "\n".join(lines[length:]).strip(),
    )


def _parse_parameter(query: str, line: str) -> Parameter:
    found = _LINE.match(line)
    if not found or not found[2]:
        raise ContractError(f"{query}.sql: parameter line {line!r} is not 'name TYPE = default: meaning'")
    return Parameter(found[1], found[2], None if found[3] is None else found[3].strip("'"), found[4])


def _parse_column(query: str, line: str) -> tuple[str, str]:
    found = _LINE.match(line)
    if not found or found[2]:
        raise ContractError(f"{query}.sql: column line {line!r} is not 'name: meaning'")
    return found[1], found[4]


@cache
def list_queries() -> tuple[Query, ...]:
    """Every named query, in order of name."""
    return tuple(parse_query(p.stem, p.read_text(encoding="utf-8")) for p in sorted(SQL.glob("*.sql")))


def find_query(name: str) -> Query:
    """The query of that name.  Raises ConfigError, which suggests the nearest, when there is none."""
    known = {q.name: q for q in list_queries()}
    wanted = name.replace("-", "_")
    if wanted not in known:
        near = get_close_matches(wanted, known, 1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
        raise ConfigError(f"no query {name!r}; {hint}")
    return known[wanted]


def base_statements() -> list[str]:
    """Statements that create the macros which queries share, in an order in which they can be created."""
    statements: list[str] = []
    for path in sorted((SQL / "base").glob("*.sql")):
        text = path.read_text(encoding="utf-8")
        if "CREATE MACRO" in text:
            bare = re.sub(r"^--.*$", "", text, flags=re.MULTILINE)
            statements += [
                s.strip().replace("CREATE", "CREATE OR REPLACE", 1) for s in bare.split(";") if s.strip()
            ]
        else:
            statements.append(parse_query(path.stem.partition("_")[2], text).macro())
    return statements
