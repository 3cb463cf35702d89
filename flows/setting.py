"""Prefect as columninch runs it: no telemetry, patience at start-up, quiet on the terminal.

Prefect reads its settings when it is imported, so this module imports nothing of it.
"""

from __future__ import annotations

import os

_SETTINGS = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_EPHEMERAL_ENABLED": "true",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
}


def prepare_prefect(quiet: bool) -> None:
    """Set what Prefect reads at import; what the user has set stays.  *quiet* leaves only errors on the terminal."""
    for name, value in _SETTINGS.items():
        os.environ.setdefault(name, value)
    if quiet:
        os.environ.setdefault("PREFECT_LOGGING_LEVEL", "ERROR")


def has_server() -> bool:
    """Whether a running server was named, so that Prefect need not start its own."""
    return bool(os.environ.get("PREFECT_API_URL"))
