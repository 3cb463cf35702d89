"""The end of a command: what Prefect still has to tell its server is told as long as there is one.

Prefect tries a server that is gone for ten seconds per event, one event after the other: a command whose work was done stayed
for minutes.  Nothing of the lake depends on it: receipts are on the disk before Prefect hears of them.
"""

from __future__ import annotations

import os
import sys
from concurrent.futures import Future, wait
from contextlib import suppress

from flows.server import refuses

_LOOK_SECONDS = 3.0
_LOOKS = 3
"""Refusals in a row after which a server is not coming back soon enough to wait for."""


def leave(code: int) -> None:
    """Wait until Prefect has told its server everything; end this process with *code* when there is no server to tell."""
    from prefect.events.worker import EventsWorker

    drained = EventsWorker.drain_all(timeout=0)  # of all of Prefect's services, in spite of its name
    waiting: set[Future[bool]] = drained[1] if isinstance(drained, tuple) else set()
    refused = 0
    with suppress(KeyboardInterrupt):  # whoever is asked to stop once more stops waiting
        while waiting and refused < _LOOKS:
            waiting = wait(waiting, timeout=_LOOK_SECONDS).not_done
            refused = refused + 1 if refuses(os.environ.get("PREFECT_API_URL", "")) else 0
    if waiting:
        if code == 0:
            sys.stderr.write("columninch: all is done, but Prefect's server was not told of the end\n")
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
