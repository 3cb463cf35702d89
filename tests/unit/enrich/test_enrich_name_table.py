"""Names looked up in the text of a file: the same answers as a dictionary of its lines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.enrich.name_table import read_names

WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\t\n"), max_size=12)
LINES = st.dictionaries(WORDS, st.lists(WORDS, min_size=1, max_size=3).map("\t".join), max_size=30)


def table(lines: dict[str, str]):
    return read_names("".join(f"{name}\t{said}\n" for name, said in lines.items()).encode())


@given(LINES, st.lists(WORDS, max_size=10))
def test_a_table_answers_as_a_dictionary_of_its_lines(lines: dict[str, str], others: list[str]) -> None:
    found = table(lines)
    for name in (*lines, *others):
        assert found.find(name) == lines.get(name)


@given(LINES)
def test_lines_are_told_in_the_order_of_the_text(lines: dict[str, str]) -> None:
    assert list(table(lines)) == list(lines.items())


@given(st.lists(WORDS, unique=True, max_size=8), st.randoms())
def test_the_order_of_lines_does_not_matter(names: list[str], chance) -> None:
    lines = {name: str(place) for place, name in enumerate(names)}
    mixed = list(lines.items())
    chance.shuffle(mixed)
    assert sorted(table(dict(mixed))) == sorted(table(lines))
    assert [table(dict(mixed)).find(name) for name in names] == list(lines.values())


@pytest.mark.parametrize("name", ["", "os", "oslo\t", "oslo\tcity", "city", "\n", "oslo\n", "\ud800", "slo"])
def test_a_part_of_a_line_is_no_name(name: str) -> None:
    found = table({"oslo": "city\ttown", "new york": "city"})
    assert found.find(name) is None
    assert found.find("oslo") == "city\ttown"


def test_a_table_of_nothing_holds_nothing() -> None:
    assert read_names(b"").find("") is None
    assert list(read_names(b"")) == []
