"""Where the lake keeps the texts that duplicate search compares: which unit has an article, found without reading the others.

index/homes/state.json      the units by number, and the runs; replaced whole, the only commit mark
index/homes/*.keys …        sorted runs from an article's id to the number of its unit
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow.parquet as pq

from tasks.dedupe.files import KEY_FILES, open_run, store_keys
from tasks.dedupe.runs import key_range, make_run, postings, search
from tasks.dedupe.tables import id_keys
from tasks.receipts import write_atomically
from tasks.store import Lake

AT_ONCE: Final = 256
"""Units whose articles are noted by one commit."""


def note_units(lake: Lake, folder: Path, units: Mapping[str, str]) -> None:
    """Note which articles the *units* (with a digest of each) have; what is noted already is not read again."""
    state = _read_state(folder)
    known = {tuple(unit) for unit in state["units"]}
    new = [(unit, digest) for unit, digest in sorted(units.items()) if (unit, digest) not in known]
    for first in range(0, len(new), AT_ONCE):
        state = _note(lake, folder, state, new[first : first + AT_ONCE])


def _note(
    lake: Lake, folder: Path, state: Mapping[str, Any], new: Sequence[tuple[str, str]]
) -> dict[str, Any]:
    """One commit of :func:`note_units`."""
    folder.mkdir(parents=True, exist_ok=True)
    keys, numbers = [], []
    for number, (unit, _) in enumerate(new, len(state["units"])):
        column = pq.read_table(lake.table_path("texts", unit), columns=["article_id"], partitioning=None)
        keys.append(id_keys(np.asarray(column["article_id"], np.int64)))
        numbers.append(np.full(len(keys[-1]), number, np.int64))
    generation = int(state["generation"]) + 1
    runs = {name: open_run(folder / f"{name}.keys") for name in state["runs"]}
    runs[f"{generation}-n"] = make_run(postings(np.concatenate(keys), np.concatenate(numbers)))
    names = store_keys(folder, runs, generation)
    made = {"generation": generation, "units": [*state["units"], *map(list, new)], "runs": names}
    write_atomically(folder / "state.json", json.dumps(made).encode())
    kept = {"state.json", *(f"{name}.{kind}" for name in names for kind in KEY_FILES)}
    for path in folder.iterdir():
        if path.name not in kept:
            path.unlink()
    return made


def fetch_texts(lake: Lake, folder: Path) -> Callable[[Sequence[int]], dict[int, str]]:
    """A function that reads the texts of articles by id, each from its unit; ids nobody has are left out."""
    state = _read_state(folder)
    runs = [open_run(folder / f"{name}.keys") for name in state["runs"]]

    def fetch(article_ids: Sequence[int]) -> dict[int, str]:
        """The texts of these articles, each unit's file read once."""
        ids = np.array(article_ids, np.int64)
        by_unit: dict[str, list[int]] = defaultdict(list)
        for run in runs:
            which, numbers = search(run, *key_range(id_keys(ids)))
            for at, number in zip(which.tolist(), numbers.tolist(), strict=True):
                by_unit[state["units"][number][0]].append(int(ids[at]))
        texts: dict[int, str] = {}
        for unit in sorted(by_unit):
            texts.update(_read_texts(lake, unit, [i for i in by_unit[unit] if i not in texts]))
        return texts

    return fetch


def _read_texts(lake: Lake, unit: str, ids: Sequence[int]) -> Iterator[tuple[int, str]]:
    """Ids and texts of some articles of a unit; fewer when it does not have them any more, or is gone."""
    path = lake.table_path("texts", unit)
    if ids and path.exists():
        wanted = [("article_id", "in", ids)]
        rows = pq.read_table(path, columns=["article_id", "text"], filters=wanted, partitioning=None)
        yield from zip(rows["article_id"].to_pylist(), rows["text"].to_pylist(), strict=True)


def _read_state(folder: Path) -> dict[str, Any]:
    """What is noted; nothing when it was never noted or its files are not whole."""
    try:
        found: dict[str, Any] = json.loads((folder / "state.json").read_bytes())
        if all((folder / f"{name}.{kind}").exists() for name in found["runs"] for kind in KEY_FILES):
            return found
    except (OSError, ValueError, KeyError):
        pass
    return {"generation": 0, "units": [], "runs": []}
