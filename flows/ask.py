"""Commands that ask and orchestrate nothing: query, queries, sql, report.  None of them loads Prefect."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.options import DEFAULT_LAKE, JsonOption, LakeOption
from tasks.errors import ConfigError

if TYPE_CHECKING:
    import duckdb

    from tasks.analyse.lake import LakeReader

FormatOption = Annotated[
    str | None,
    typer.Option("--format", help="table, csv, json, parquet or arrow; default: table, or as --out ends."),
]
OutOption = Annotated[Path | None, typer.Option("--out", help="File to write; default: standard output.")]


def register(app: typer.Typer) -> None:
    """Add the asking commands to *app*."""
    extra = {"allow_extra_args": True, "ignore_unknown_options": True}
    app.command(context_settings=extra)(query)
    app.command()(queries)
    app.command()(sql)
    app.command()(report)


def query(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Name of the query; 'columninch queries' lists them.")],
    form: FormatOption = None,
    out: OutOption = None,
    lake: LakeOption = DEFAULT_LAKE,
    as_json: JsonOption = False,
) -> None:
    """Run a named query; its parameters are options: --actor=Russia --start=2024-01-01."""
    from tasks.analyse.lake import connect

    parameters = parse_parameters(context.args)
    with connect(_existing(lake)) as opened:
        _show(opened.query(name, **parameters), "json" if as_json else form, out)


def queries(as_json: JsonOption = False) -> None:
    """List the named queries with their parameters."""
    from flows.terminal import print_json, print_table
    from tasks.analyse.queries import list_queries

    listed = list_queries()
    if as_json:
        print_json([{k: v for k, v in asdict(one).items() if k != "sql"} for one in listed])
        return
    for one in listed:
        rows = [
            (f"--{p.name}", p.type, "needed" if p.default is None else str(p.default), p.about)
            for p in one.parameters
        ]
        print_table(f"{one.name}: {one.purpose}", ("parameter", "type", "default", "meaning"), rows)


def sql(
    text: Annotated[
        str | None, typer.Argument(metavar="[QUERY]", help="SQL; default: read from standard input.")
    ] = None,
    form: FormatOption = None,
    out: OutOption = None,
    lake: LakeOption = DEFAULT_LAKE,
    as_json: JsonOption = False,
) -> None:
    """Run SQL over the marts: articles, texts, mentions, quotes, actors, groups, coverage and more."""
    from tasks.analyse.lake import connect

    with connect(_existing(lake)) as opened:
        if text is None and sys.stdin.isatty():
            _converse(opened)
            return
        _show(_ask(opened, text if text is not None else sys.stdin.read()), "json" if as_json else form, out)


def report(
    out: Annotated[Path, typer.Option("--out", help="File to write.")] = Path("report.html"),
    title: Annotated[str | None, typer.Option(help="Headline of the report.")] = None,
    lake: LakeOption = DEFAULT_LAKE,
) -> None:
    """Write the report: one HTML file that needs no network."""
    from tasks.receipts import write_atomically
    from tasks.report.page import build_report

    page = build_report(Path(_existing(lake)), title)
    write_atomically(out.absolute(), page.encode())
    sys.stderr.write(f"wrote {out} ({len(page.encode()) / 1e6:.1f} MB); open it in a browser\n")


def _show(relation: duckdb.DuckDBPyRelation, form: str | None, out: Path | None) -> None:
    """Rows to a file, or to standard output: as a table unless another format is wanted."""
    import duckdb

    from tasks.analyse.export import FORMS, export_file, export_rows, table_text

    if form is not None and form not in FORMS:
        raise ConfigError(f"--format {form}: there is no such format; choose one of {', '.join(FORMS)}")
    try:
        if out is not None:
            rows = export_file(relation, out, form)
            sys.stderr.write(f"wrote {rows:,} rows to {out}\n")
        elif form in (None, "table"):
            sys.stdout.write(table_text(relation) + "\n")
        else:
            export_rows(relation, str(form), sys.stdout.buffer)
    except duckdb.Error as error:
        raise ConfigError(f"the query failed: {error}") from error


def _ask(opened: LakeReader, text: str) -> duckdb.DuckDBPyRelation:
    """The rows of one query; a mistake in it is a ConfigError with DuckDB's explanation."""
    import duckdb

    try:
        relation = opened.sql(text)
    except duckdb.Error as error:
        raise ConfigError(f"the query failed: {error}") from error
    if relation is None:
        raise ConfigError("the query returns no rows; ask with SELECT (the marts are not changed from here)")
    return relation


def _converse(opened: LakeReader) -> None:
    """Ask for SQL line by line until the end of input; a statement ends with a semicolon, an error ends nothing."""
    import readline  # noqa: F401 - history and editing for input()

    from tasks.analyse.views import queryable

    sys.stdout.write(f"tables: {', '.join(queryable())}\nend a query with ; and leave with Ctrl-D\n")
    waiting = ""
    while True:
        try:
            waiting += input("   ...> " if waiting else "columninch> ") + "\n"
        except EOFError:
            sys.stdout.write("\n")
            return
        if waiting.strip().endswith(";"):
            try:
                _show(_ask(opened, waiting.strip()), None, None)
            except ConfigError as error:
                sys.stdout.write(f"{error}\n")
            waiting = ""


def parse_parameters(arguments: list[str]) -> dict[str, str]:
    """``--name=value`` and ``--name value`` as a dictionary; raises ConfigError for anything else."""
    found: dict[str, str] = {}
    waiting = list(arguments)
    while waiting:
        word = waiting.pop(0)
        if not word.startswith("--") or len(word) == 2:
            raise ConfigError(
                f"{word!r} is not a parameter; write --name=value ('columninch queries' lists the names)"
            )
        name, is_joined, value = word[2:].partition("=")
        if not is_joined:
            if not waiting:
                raise ConfigError(f"--{name} needs a value: --{name}=…")
            value = waiting.pop(0)
        found[name.replace("-", "_")] = value
    return found


def _existing(lake: str) -> str:
    from tasks.store import open_lake

    return str(open_lake(lake).root)
