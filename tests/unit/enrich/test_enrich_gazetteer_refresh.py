"""Refreshing the gazetteer from a query file: ids, offices and new persons arrive, nothing else changes."""

from pathlib import Path

import pytest

from tasks.enrich.gazetteer import load_gazetteer
from tasks.enrich.gazetteer_refresh import COLUMNS, office_of, read_query, refresh
from tasks.errors import ConfigError
from tasks.reference import data_file

GAZETTEER = load_gazetteer()
NAMES = data_file("reference", "actor_names.tsv").read_text(encoding="utf-8")
GERMANY = GAZETTEER.states["DE"]


def row(**given: str) -> dict[str, str]:
    return (
        dict.fromkeys(COLUMNS, "") | {"countryid": GERMANY, "positionLabel": "President of Germany"} | given
    )


def test_no_rows_change_nothing() -> None:
    result = refresh([], NAMES)
    assert (result.added, result.identified, result.offices) == (0, 0, 0)
    assert result.names == NAMES
    assert sorted(result.actors.splitlines()) == sorted(GAZETTEER.rows.values())


def test_a_known_person_gets_the_id_and_keeps_names_and_offices() -> None:
    result = refresh(
        [
            row(
                officeholder="Q900000001",
                officeholderLabel="Angela Merkel",
                positionLabel="Chancellor of Germany",
                start="2005",
                end="2021",
            )
        ],
        NAMES,
    )
    assert (result.added, result.identified) == (0, 1)
    assert "ci:person:angela-merkel" not in result.names
    line = next(x for x in result.actors.splitlines() if x.startswith("Q900000001\t"))
    assert line.split("\t")[3] == "Q900000001"
    assert f"M,{GERMANY},2005-11-22,2021-12-08" in line


def test_a_new_person_is_added_with_name_and_office() -> None:
    result = refresh(
        [row(officeholder="Q900000002", officeholderLabel="Ada Quillfeather", start="2031-01-02")], NAMES
    )
    assert result.added == 1 and result.offices == 1
    assert f"Q900000002\tperson\tDE\tQ900000002\tAda Quillfeather\tP,{GERMANY},2031-01-02," in result.actors
    assert "Q900000002\tAda Quillfeather" in result.names


def test_rows_that_name_nobody_are_left_out() -> None:
    bad = [
        row(officeholder="", officeholderLabel="Nobody"),
        row(officeholder="Q900000003", officeholderLabel="Q900000003"),
        row(officeholder="Q900000003", officeholderLabel="Ada Quillfeather", countryid="Q0"),
    ]
    assert refresh(bad, NAMES).added == 0


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00"])
def test_a_file_that_cannot_be_used_is_said_to_be_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "query.csv"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match="query file"):
        read_query(path)


@pytest.mark.parametrize(
    ("label", "letter"),
    [
        ("Prime Minister of Norway", "M"),
        ("Federal Chancellor of Austria", "M"),
        ("King of Spain", "K"),
        ("Vice President of Peru", "V"),
        ("President of Chile", "P"),
        ("Foreign Minister of France", "F"),
    ],
)
def test_offices_are_read_from_labels(label: str, letter: str) -> None:
    assert office_of(label) == letter
