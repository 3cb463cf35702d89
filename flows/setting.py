"""Prefect as columninch runs it: no telemetry, patience at start-up, silent on the terminal.

Prefect reads its settings when it is imported, so this module imports nothing of it.
"""

from __future__ import annotations

import os

HEARTBEAT_SECONDS = 30
"""Between two signs of life of a flow run; prefect.yaml says the same to runs that a worker starts."""

_SETTINGS = {
    "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": str(HEARTBEAT_SECONDS),
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_EPHEMERAL_ENABLED": "true",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
}

_SILENT = {
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_HANDLERS_DEBUG_LEVEL": "CRITICAL",
}
"""Levels of the two handlers in Prefect's logging.yml that write to standard error.  They silence only the terminal:
what a run logs still goes to the server, where PREFECT_LOGGING_LEVEL decides."""


def prepare_prefect(quiet: bool) -> None:
    """Set what Prefect reads at import; what the user has set stays.

    With *quiet* Prefect writes nothing on the terminal, a failed task's traceback included: the command says in one
    line what failed, and the server keeps the rest.
    """
    for name, value in (_SETTINGS | _SILENT if quiet else _SETTINGS).items():
        os.environ.setdefault(name, value)


def has_server() -> bool:
    """Whether a running server was named, so that Prefect need not start its own."""
    return bool(os.environ.get("PREFECT_API_URL"))
