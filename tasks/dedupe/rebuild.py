"""The duplicate index built from nothing, in place of the one that is there, with the ids that were already given."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pyarrow as pa

from tasks.dedupe.compare import DedupeOptions
from tasks.dedupe.groups import carry_over
from tasks.dedupe.index import Changes
from tasks.dedupe.output import Groups, read_unread
from tasks.dedupe.sources import FetchTexts
from tasks.dedupe.state import commit, open_anyway, open_index, recover, replace_index
from tasks.dedupe.update import take_units


def rebuild_groups(
    index_dir: Path, units: Iterable[pa.Table], fetch_texts: FetchTexts, options: DedupeOptions | None = None
) -> Groups:
    """Build the index from the sketches of all units; returns all groups.

    This is how settings change, and what brings back a folder that was damaged.  Groups keep the ids that the old index gave
    them, as far as it can be read.  The old index stays valid until the new one is complete.
    """
    options = options or DedupeOptions()
    rebuild_index(index_dir, units, fetch_texts, options)
    return read_unread(open_index(index_dir, options))


def rebuild_index(
    index_dir: Path, units: Iterable[pa.Table], fetch_texts: FetchTexts, options: DedupeOptions
) -> None:
    """The same without an answer.  Every article then counts as changed."""
    recover(index_dir)
    fresh = index_dir.with_name(index_dir.name + ".rebuilt")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    take_units(fresh, units, fetch_texts, options, tell=False)
    old, new = open_anyway(index_dir), open_index(fresh, options)
    changes = carry_over(old, new) if old is not None and old.size else Changes.none()
    commit(new, changes, np.arange(new.size, dtype=np.uint32), {})
    replace_index(fresh, index_dir)
