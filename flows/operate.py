"""Commands of those who keep columninch running: automations."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.options import JsonOption
from tasks.errors import ConfigError


def register(app: typer.Typer) -> None:
    """Add the commands to *app*."""
    app.command()(automations)


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
