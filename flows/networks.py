"""``columninch network``: who is named with whom, as a table of actors with rank and community, or as a file for other programs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from flows.options import DEFAULT_LAKE, LakeOption
from tasks.errors import ConfigError


def register(app: typer.Typer) -> None:
    """Add the command to *app*."""
    app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(network)


def network(
    context: typer.Context,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help="File to write: .graphml for the whole network, .csv, .json, .parquet or .arrow for its actors; default: a table.",
        ),
    ] = None,
    lake: LakeOption = DEFAULT_LAKE,
) -> None:
    """Who is named with whom more often than by chance: communities and rank; options as for query actor_network."""
    import pyarrow as pa

    from flows.ask import parse_parameters
    from tasks.analyse.export import export_file, table_text
    from tasks.analyse.lake import connect
    from tasks.analyse.network import graphml, network_nodes, significant_edges
    from tasks.receipts import write_atomically

    given = {"top": "100000", **parse_parameters(context.args)}
    with connect(lake) as opened:
        found = opened.query("actor_network", **given)
        rows = [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]
        edges = significant_edges(rows)
        nodes = network_nodes(edges)
        if not nodes:
            raise ConfigError(
                "no two actors are named together more often than by chance; give a longer period or more --nodes"
            )
        if out is not None and out.suffix == ".graphml":
            write_atomically(out.absolute(), graphml(nodes, edges))
            sys.stderr.write(f"wrote {len(nodes)} actors and {len(edges)} edges to {out}\n")
            return
        table = opened.connection.cursor().from_arrow(pa.Table.from_pylist(nodes))
        if out is None:
            sys.stdout.write(table_text(table) + "\n")
        else:
            sys.stderr.write(f"wrote {export_file(table, out)} actors to {out}\n")
