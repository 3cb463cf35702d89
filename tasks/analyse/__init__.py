"""Analyse: from marts to answers, with named queries, statistics and exports.

``connect(lake)`` opens a lake; see :mod:`tasks.analyse.lake`.  Importing this package loads neither DuckDB nor Arrow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tasks.analyse.lake import LakeReader


def connect(lake: str | Path, threads: int | None = None) -> LakeReader:
    """Open the lake at *lake* for questions; see :func:`tasks.analyse.lake.connect`."""
    from tasks.analyse.lake import connect as open_lake

    return open_lake(lake, threads)
