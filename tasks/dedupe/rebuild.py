"""The duplicate index built from nothing, in place of the one that is there, with the ids that were already given."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from tasks.dedupe.compare import DedupeOptions
from tasks.dedupe.groups import carry_over
from tasks.dedupe.output import Groups, read_unread
from tasks.dedupe.sources import FetchTexts
from tasks.dedupe.state import commit, open_anyway, open_index, recover, replace_index
from tasks.dedupe.update import update_groups


def rebuild_groups(
    index_dir: Path, units: Sequence[pa.Table], fetch_texts: FetchTexts, options: DedupeOptions | None = None
) -> Groups:
    """Build the index from the sketches of all units; returns all groups.

    This is how settings change, and what brings back a folder that was damaged.  Groups keep the ids that the old index gave
    them, as far as it can be read.  The old index stays valid until the new one is complete.
    """
    options = options or DedupeOptions()
    recover(index_dir)
    fresh = index_dir.with_name(index_dir.name + ".rebuilt")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    update_groups(fresh, units, fetch_texts, options)
    old = open_anyway(index_dir)
    if old is not None and old.size:
        new = open_index(fresh, options)
        changes = carry_over(old, new)
        commit(new, changes, changes.ordinals, {})
    replace_index(fresh, index_dir)
    return read_unread(open_index(index_dir, options))
