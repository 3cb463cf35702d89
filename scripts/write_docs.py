"""Write docs/tables.md and docs/queries.md from the contracts and the queries' headers."""

from __future__ import annotations

from pathlib import Path

from tasks.analyse.document import queries_markdown, tables_markdown

DOCS = Path(__file__).parents[1] / "docs"

if __name__ == "__main__":
    (DOCS / "queries.md").write_text(queries_markdown(), encoding="utf-8")
    (DOCS / "tables.md").write_text(tables_markdown(), encoding="utf-8")
