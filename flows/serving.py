"""The command ``columninch serve``: the report over live data.  It orchestrates nothing and never loads Prefect."""

from __future__ import annotations

import socket
import sys
from pathlib import Path
from typing import Annotated

import typer

from flows.options import DEFAULT_LAKE, LakeOption
from tasks.errors import ConfigError

_ENDING_SECONDS = 2


def register(app: typer.Typer) -> None:
    """Add the command to *app*."""
    app.command()(serve)


def serve(
    lake: LakeOption = DEFAULT_LAKE,
    host: Annotated[
        str, typer.Option(help="Address to listen on; any but the default lets others read the lake.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 8616,
    title: Annotated[str | None, typer.Option(help="Title of the pages.")] = None,
    show: Annotated[bool, typer.Option("--open", help="Open the first page in a browser.")] = False,
) -> None:
    """Show the report over live data in a browser, with any actor, topic or query; ends with Ctrl-C."""
    from tasks.report.desk import Desk
    from tasks.report.page import DEFAULT_TITLE
    from tasks.report.serve import LOCAL, make_app
    from tasks.store import open_lake

    desk = Desk(Path(open_lake(lake).root))
    listening = _listen(host, port)
    address = f"http://{f'[{host}]' if ':' in host else host}:{listening.getsockname()[1]}/"
    is_local = host in ("127.0.0.1", "localhost", "::1")
    sys.stderr.write(f"columninch serves {lake} at {address} (Ctrl-C ends it)\n")
    if not is_local:
        sys.stderr.write("everybody who reaches this address can read the lake: there is no password\n")
    app = make_app(desk, title or DEFAULT_TITLE, LOCAL if is_local else None)
    if show:
        import webbrowser

        webbrowser.open(address)
    _run(app, listening)
    desk.close()
    sys.stderr.write("stopped\n")


def _listen(host: str, port: int) -> socket.socket:
    """A socket that listens there; a ConfigError that says why when it cannot."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(128)
    except (OSError, UnicodeError) as error:
        listening.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigError(
            f"--port {port}: cannot listen on {host}: {reason}; choose another --port (0 takes a free one) or --host"
        ) from error
    return listening


def _run(app: object, listening: socket.socket) -> None:
    """Answer requests until Ctrl-C or SIGTERM; requests that are under way get two seconds."""
    import uvicorn

    config = uvicorn.Config(
        app,  # type: ignore[arg-type]
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=_ENDING_SECONDS,
    )
    try:
        uvicorn.Server(config).run(sockets=[listening])
    except KeyboardInterrupt:
        return
