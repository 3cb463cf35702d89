"""The limits of the style table on the architecture page, for every module that ships."""

import ast
import io
import statistics
import sys
import tokenize
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted([*ROOT.glob("flows/**/*.py"), *ROOT.glob("tasks/**/*.py")])
CODE = [path for path in MODULES if path.name != "__init__.py"]
BROAD = {"tasks/clean/batch.py": 1}
"""Where a broad except is allowed: the one border around third-party parsers."""


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def lines(path: Path) -> int:
    return path.read_text(encoding="utf-8").count("\n")


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of code of a function without its docstring."""
    size = (function.end_lineno or 0) - function.lineno + 1
    if ast.get_docstring(function) is not None:
        first = function.body[0]
        size -= (first.end_lineno or 0) - first.lineno + 1
    return size


def imports(path: Path) -> set[str]:
    """Packages that a module imports anywhere, type-checking blocks included."""
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_no_module_is_longer_than_400_lines(path):
    assert lines(path) <= 400


def test_the_median_module_has_at_most_120_lines():
    assert statistics.median(lines(path) for path in CODE) <= 120


def test_functions_are_short():
    sizes = sorted(body_lines(function) for path in CODE for function in functions(path))
    assert statistics.median(sizes) <= 9
    assert sizes[int(len(sizes) * 0.95)] <= 36
    assert sizes[-1] <= 80


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_every_public_name_is_documented(path):
    bare = [] if ast.get_docstring(tree(path)) else ["the module"]
    classes = [node for node in ast.walk(tree(path)) if isinstance(node, ast.ClassDef)]
    named = [node for node in (*classes, *functions(path)) if not node.name.startswith("_")]
    bare += [node.name for node in named if not ast.get_docstring(node)]
    assert bare == []


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_no_except_is_broad_but_one(path):
    handlers = [node for node in ast.walk(tree(path)) if isinstance(node, ast.ExceptHandler)]
    broad = [
        h.lineno
        for h in handlers
        if h.type is None or getattr(h.type, "id", "") in ("Exception", "BaseException")
    ]
    reraised = [
        h.lineno
        for h in handlers
        if h.lineno in broad and isinstance(h.body[-1], ast.Raise) and h.body[-1].exc is None
    ]
    assert len(set(broad) - set(reraised)) <= BROAD.get(name(path), 0)


@pytest.mark.parametrize("path", [p for p in MODULES if name(p).startswith("tasks/")], ids=name)
def test_only_task_modules_know_prefect(path):
    if path.name != "task.py":
        assert not any(package.split(".")[0] == "prefect" for package in imports(path))


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_schemas_are_built_in_one_place(path):
    if name(path) != "tasks/contract.py":
        assert "pa.schema(" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_nothing_is_left_to_do_or_stubbed(path):
    text = path.read_text(encoding="utf-8")
    assert not [word for word in ("TODO", "FIXME", "XXX", "NotImplementedError") if word in text]


def code_lines(path: Path) -> int:
    """Lines with code: no blank lines, comments or docstrings."""
    text = path.read_text(encoding="utf-8")
    prose: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(
            node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
        ) and ast.get_docstring(node):
            prose |= set(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
    spaces = {
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENDMARKER,
    }
    tokens = [
        token for token in tokenize.generate_tokens(io.StringIO(text).readline) if token.type not in spaces
    ]
    return len({line for token in tokens for line in range(token.start[0], token.end[0] + 1)} - prose)


def test_there_are_as_many_lines_of_tests_as_of_code():
    """Code against code; a golden page or labelled article counts by its lines, as the expectation it is."""
    tests = sum(code_lines(path) for path in ROOT.glob("tests/**/*.py"))
    golden = sum(lines(path) for path in ROOT.glob("tests/golden/**/*") if path.suffix in (".txt", ".json"))
    assert tests + golden >= sum(code_lines(path) for path in MODULES)


def test_no_module_shadows_the_standard_library_where_prefect_puts_flows_first():
    """A file entrypoint puts flows/ first on the path: a flows/statistics.py would replace the standard one."""
    assert not {path.stem for path in ROOT.glob("flows/*.py")} & set(sys.stdlib_module_names)
