"""Run the code of a notebook from top to bottom in this Python: ``python scripts/run_notebook.py docs/notebook.ipynb``.

What a cell ends with is shown as a notebook would show it.  Stops at the first cell that fails, with its error.
"""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path
from typing import Any


def code_cells(text: str) -> list[str]:
    """The sources of a notebook's code cells, in order."""
    sources = [cell["source"] for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
    return [source if isinstance(source, str) else "".join(source) for source in sources]


def run_cell(source: str, names: dict[str, Any], place: str) -> object:
    """Run one cell among *names* and return the value of the expression that it ends with, if it ends with one."""
    tree = ast.parse(source, place)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, place, "exec"), names)
    if not isinstance(last, ast.Expr):
        return None
    return eval(compile(ast.Expression(last.value), place, "eval"), names)


def main() -> None:
    """Run the notebook named on the command line and print what its cells show."""
    path = Path(sys.argv[1])
    names: dict[str, Any] = {"__name__": "__main__"}
    for number, source in enumerate(code_cells(path.read_text(encoding="utf-8")), 1):
        shown = run_cell(source, names, f"{path.name}[{number}]")
        if shown is not None:
            print(f"[{number}]\n{shown}")


if __name__ == "__main__":
    main()
