"""Prefect's server for one command, where none is named: ended with the command, however that ends.

Prefect would start one by itself, in the terminal's process group: Ctrl-C then ends the server first, and the command
tries for a minute to tell it so; after ``kill -9`` the server stays.  This one has a session of its own and ends when
its standard input does.
"""

from __future__ import annotations

import atexit
import importlib
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from urllib.parse import urlsplit

from flows.setting import has_server
from tasks.errors import ConfigError

_PATIENCE_SECONDS = 180
_ENDING_SECONDS = 10


def start_server() -> None:
    """Start a server on a free port of this machine and name it in PREFECT_API_URL; nothing where one is named.

    It ends with the interpreter: Prefect's threads still send what they hold before that.  Raises ConfigError when the
    server named refuses connections, or ours ends at its start or does not answer in three minutes.
    """
    if has_server():
        _check_named(os.environ["PREFECT_API_URL"])
        return
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "flows.server", str(port)],
        env={
            **os.environ,
            "PREFECT_UI_ENABLED": "0",
            "PREFECT__SERVER_EPHEMERAL": "1",
            "PREFECT__SERVER_FINAL": "1",
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    atexit.register(_end, process)
    os.environ["PREFECT_API_URL"] = f"http://127.0.0.1:{port}/api"
    importlib.import_module("prefect")  # takes seconds, as the server does: both at once
    _wait_for(process, port)


def _check_named(url: str) -> None:
    if refuses(url):
        raise ConfigError(
            f"PREFECT_API_URL={url}: no server answers there; start it (`prefect server start`) or unset the variable"
        )


def refuses(url: str) -> bool:
    """Whether nobody listens at *url*.  Only a refusal is sure; what lies behind proxies and certificates is left to Prefect."""
    try:
        address = urlsplit(url)
        if address.hostname:
            port = address.port or (443 if address.scheme == "https" else 80)
            socket.create_connection((address.hostname, port), timeout=10).close()
    except ConnectionRefusedError:
        return True
    except (OSError, ValueError):
        return False
    return False


def free_port() -> int:
    """A port of this machine's loopback address that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + _PATIENCE_SECONDS
    while process.poll() is None and time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/health", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise ConfigError(
        "Prefect's server does not start; `prefect server start` says why, and PREFECT_API_URL names a running one"
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_ENDING_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdin is not None:
        process.stdin.close()


def serve(port: int) -> None:
    """Run the server until standard input ends: the command that started it holds the other end."""
    import uvicorn

    threading.Thread(target=_end_with_input, daemon=True).start()
    uvicorn.run(
        "prefect.server.api.server:create_app", factory=True, host="127.0.0.1", port=port, log_level="error"
    )


def _end_with_input() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    serve(int(sys.argv[1]))
