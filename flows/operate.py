"""Commands of those who keep columninch running: automations, maintain."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.options import DEFAULT_LAKE, JsonOption, LakeOption
from tasks.errors import ConfigError


def register(app: typer.Typer) -> None:
    """Add the commands to *app*."""
    app.command()(automations)
    app.command()(maintain)


def automations(
    notify: Annotated[
        str | None,
        typer.Option(
            help="Notification block that alarms go to, as TYPE/NAME, for example slack-webhook/desk.",
            metavar="BLOCK",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Have the Prefect server mark killed runs as Crashed, and raise alarms for silent sources and failed units."""
    from flows.run import prefect_ready
    from flows.setting import has_server
    from flows.terminal import print_json, print_table

    if not has_server():
        raise ConfigError(
            "PREFECT_API_URL: not set; automations live on a running server: start one and name it there"
        )
    with prefect_ready(True):
        from prefect.client.orchestration import get_client
        from prefect.exceptions import ObjectNotFound

        from flows.automations import apply_automations, wanted_automations

        with get_client(sync_client=True) as client:
            block = None
            if notify is not None:
                kind, _, name = notify.partition("/")
                try:
                    block = client.read_block_document_by_name(name, kind).id
                except ObjectNotFound as error:
                    raise ConfigError(
                        f"--notify {notify}: the server has no such block; `prefect block ls` lists them"
                    ) from error
            done = apply_automations(client, wanted_automations(block))
    if as_json:
        print_json(done)
    else:
        print_table("automations", ("automation", "on the server"), list(done.items()))


def maintain(
    deep: Annotated[
        bool, typer.Option("--deep", help="Compare contents by SHA-256, not only sizes.")
    ] = False,
    repair: Annotated[
        bool,
        typer.Option("--repair", help="Withdraw receipts of damaged files: the next run makes them again."),
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what was found, change nothing.")] = False,
    lake: LakeOption = DEFAULT_LAKE,
    as_json: JsonOption = False,
) -> None:
    """Compare receipts with files, finish interrupted builds, remove leftovers, rebuild views and frontier, report disk use."""
    from dataclasses import asdict

    from flows.terminal import console, print_json, print_table
    from tasks.store import open_lake
    from tasks.upkeep import Upkeep, keep_up, look_over

    opened = open_lake(lake)
    done = Upkeep(look_over(opened, deep)) if dry_run else keep_up(opened, deep, repair)
    found = done.findings
    if as_json:
        print_json(asdict(done))
        return
    print_table("disk", ("folder", "bytes"), list(found.disk.items()))
    out = console(stderr=False)
    out.print(f"{found.receipts:,} receipts checked, {len(found.damaged)} files missing or damaged")
    for path in found.damaged[:20]:
        out.print(f"  {path}", markup=False)
    verb = "could be removed" if dry_run else "removed"
    out.print(f"{len(found.leftovers)} leftovers {verb}, {sum(found.leftovers.values()) / 1e6:,.1f} MB")
    if builds := (found.unfinished if dry_run else done.finished):
        out.print(f"builds {'to finish' if dry_run else 'finished'}: {', '.join(builds)}", markup=False)
    if done.withdrawn:
        out.print(f"{len(done.withdrawn)} receipts withdrawn; run the backfill that made them again")
    if found.frontier:
        out.print(
            f"the crawl's frontier: {found.frontier}; {done.frontier_pages or 'no'} pages entered anew",
            markup=False,
        )
