"""Quality floors: raise one freely, lower one only on purpose.

    python scripts/floors.py                              list them
    python scripts/floors.py --set NAME VALUE             add or raise
    python scripts/floors.py --lower NAME VALUE --why "…" lower, with the reason kept in the file

Names that end in ``_at_most`` are ceilings: lower is better there.  The file carries a seal over its floors, so that an
edit by hand is noticed by the tests.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

FLOORS = Path(__file__).parents[1] / "tests" / "quality" / "floors.json"


def seal(floors: dict[str, float]) -> str:
    """What the file's seal must be for these floors."""
    return hashlib.sha256(json.dumps(floors, sort_keys=True).encode()).hexdigest()[:16]


def is_worse(name: str, old: float, new: float) -> bool:
    """Whether the new value asks for less than the old one."""
    return new > old if name.endswith("_at_most") else new < old


def change(plain: dict[str, Any], name: str, value: float, why: str | None) -> dict[str, Any]:
    """The file's contents with one floor changed.  Raises ValueError when it would be lowered without a reason."""
    floors = dict(plain["floors"])
    old = floors.get(name)
    lowered = list(plain["lowered"])
    if old is not None and is_worse(name, old, value):
        if not why:
            raise ValueError(f"{name} is {old}; {value} asks for less: say --lower {name} {value} --why '…'")
        lowered.append({"name": name, "from": old, "to": value, "why": why})
    floors[name] = value
    floors = dict(sorted(floors.items()))
    return {"floors": floors, "lowered": lowered, "seal": seal(floors)}


def main() -> int:
    """Change the file as told, then list the floors."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--set", nargs=2, action="append", default=[], metavar=("NAME", "VALUE"))
    parser.add_argument("--lower", nargs=2, action="append", default=[], metavar=("NAME", "VALUE"))
    parser.add_argument("--why")
    given = parser.parse_args()
    plain = json.loads(FLOORS.read_text()) if FLOORS.exists() else {"floors": {}, "lowered": [], "seal": ""}
    try:
        for name, value in given.set:
            plain = change(plain, name, float(value), None)
        for name, value in given.lower:
            plain = change(plain, name, float(value), given.why)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    if given.set or given.lower:
        FLOORS.write_text(json.dumps(plain, indent=1, ensure_ascii=False) + "\n")
    for name, value in plain["floors"].items():
        print(f"{name:50} {value}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
