"""Prefect flows and the command line: what runs, in which order.

PyPI has packages named ``tasks`` and ``flows``; one of them installed beside columninch would shadow its own.  That is
noticed here, before anything else is loaded from ``tasks``.
"""

import sys
from pathlib import Path

import tasks

_THEIRS = Path(tasks.__file__ or "nowhere").absolute()
if Path(__file__).absolute().parent.parent not in _THEIRS.parents:
    sys.stderr.write(
        f"columninch: another package named 'tasks' is installed in {_THEIRS.parent} and shadows columninch's own; "
        "columninch is an application: install it alone, in a virtual environment of its own\n"
    )
    raise SystemExit(2)
