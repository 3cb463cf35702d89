"""Generated pages are current, every reason and query is in them, and the pages people start from name real things."""

import re
from pathlib import Path

import pytest

from tasks.analyse.document import queries_markdown, tables_markdown
from tasks.analyse.queries import list_queries
from tasks.contracts import MARTS
from tasks.reasons import Reason

ROOT = Path(__file__).parents[2]
PAGES = ["README.md", "CONTRIBUTING.md", "docs/architecture.md"]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("page", "make"), [("docs/queries.md", queries_markdown), ("docs/tables.md", tables_markdown)]
)
def test_generated_pages_are_current(page, make):
    assert read(page) == make(), f"{page} is stale: run make docs"


def test_every_table_and_reason_is_in_the_tables_page():
    page = read("docs/tables.md")
    assert [name for name in MARTS if f"{name}" not in page] == []
    assert [reason.value for reason in Reason if reason.value not in page] == []


def test_every_query_is_in_the_queries_page():
    page = read("docs/queries.md")
    assert [query.name for query in list_queries() if query.name not in page] == []


@pytest.mark.parametrize("page", PAGES)
def test_links_between_pages_lead_somewhere(page):
    links = re.findall(r"\]\(([^)#:]+)\)", read(page))
    assert [link for link in links if not (ROOT / page).parent.joinpath(link).exists()] == []


def test_the_tree_of_the_architecture_page_exists():
    tree = read("docs/architecture.md").split("## 4. The tree")[1].split("```")[0]
    named = set(re.findall(r"\b([a-z_]+\.py)\b", tree.split("Rules,")[0]))
    there = {
        path.name
        for folder in ("flows", "tasks", "benchmarks", "scripts")
        for path in (ROOT / folder).rglob("*.py")
    }
    assert sorted(named - there) == []


@pytest.mark.parametrize("path", sorted(p.name for p in (ROOT / "docs" / "decisions").glob("*.md")))
def test_decisions_say_what_was_decided_and_what_it_costs(path):
    assert re.match(r"\d{4}-[a-z0-9-]+\.md$", path)
    assert read(f"docs/decisions/{path}").startswith("# ")
