"""Refreshing and merging: laws over made-up query rows and corpora, hostile query files, offices by their labels."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.contracts import ACTORS
from tasks.enrich.gazetteer import Gazetteer, _parse_actor, load_gazetteer
from tasks.enrich.gazetteer_refresh import COLUMNS, Refreshed, office_of, read_query, refresh
from tasks.enrich.linking_merge import Seen, merge_unknown
from tasks.enrich.linking_variants import sound_of
from tasks.errors import ConfigError

GERMANY = load_gazetteer().states["DE"]
FRANCE = load_gazetteer().states["FR"]
NAMES_FILE = "## * p\nci:person:ada-quillfeather\tAda Quillfeather|Quillfeather, Ada\n## en n\n"
SMALL = Gazetteer(
    {
        GERMANY: f"{GERMANY}\tstate\tDE\t{GERMANY}\tGermany\t",
        FRANCE: f"{FRANCE}\tstate\tFR\t{FRANCE}\tFrance\t",
        "ci:person:ada-quillfeather": f"ci:person:ada-quillfeather\tperson\tDE\t\tAda Quillfeather\tM,{GERMANY},2031-02-03,2032-04-05",
    },
    {},
    {"DE": GERMANY, "FR": FRANCE},
    {},
)
"""Two states and one person nobody has met."""


def row(**given_columns: str) -> dict[str, str]:
    plain = dict.fromkeys(COLUMNS, "") | {"countryid": GERMANY, "positionLabel": "President of Germany"}
    return plain | given_columns


def run(*rows: dict[str, str]) -> Refreshed:
    return refresh(rows, NAMES_FILE, SMALL)


def lines_of(result: Refreshed) -> dict[str, list[str]]:
    return {line.split("\t")[0]: line.split("\t") for line in result.actors.splitlines()}


DAYS = st.sampled_from(
    ["", "2031", "2031-05-06", "2031-00-00", "_:unknown", "-0044", "a,b;c", "2031-02-30", "٢٠٣١"]
)
LABELS = st.sampled_from(
    ["Ada Quillfeather", "Bo Ostrava", "Bo\tOstrava", "Bo\nOstrava", "Bo|Li", "Q7", ""]
) | st.text(max_size=12)
ROWS = st.lists(
    st.builds(
        row,
        officeholder=st.sampled_from(["Q900000001", "Q900000002", "Q900000003", "", "x", "Q9\n"]),
        officeholderLabel=LABELS,
        countryid=st.sampled_from([GERMANY, FRANCE, "Q0", ""]),
        positionLabel=st.sampled_from(["King of Nowhere", "Prime Minister", "Mayor", ""]),
        start=DAYS,
        end=DAYS,
    ),
    max_size=6,
)


@settings(deadline=None, max_examples=150)
@given(ROWS)
def test_whatever_the_query_says_both_files_can_be_read_again(rows: list[dict[str, str]]) -> None:
    result = run(*rows)
    for line in result.actors.split("\n")[:-1]:
        actor = _parse_actor(line)
        assert actor.actor_id and actor.name and actor.kind in ("person", "state")
        assert actor.wikidata in ("", actor.actor_id)
    for line in result.names.split("\n")[:-1]:
        assert line.startswith("## ") or line.count("\t") == 1
    assert result.names.split("\n")[:1] == ["## * p"]


@settings(deadline=None, max_examples=100)
@given(ROWS)
def test_no_actor_is_lost_and_the_counts_are_true(rows: list[dict[str, str]]) -> None:
    result = run(*rows)
    assert len(lines_of(result)) == len(SMALL.rows) + result.added
    assert result.identified in (0, 1)
    assert {GERMANY, FRANCE} <= set(lines_of(result))
    assert sum(line[1] == "person" for line in lines_of(result).values()) == 1 + result.added


@settings(deadline=None, max_examples=100)
@given(ROWS)
def test_a_refresh_of_the_refreshed_adds_nobody(rows: list[dict[str, str]]) -> None:
    first = run(*rows)
    known = {line.split("\t")[0]: line for line in first.actors.splitlines()}
    second = refresh(rows, first.names, Gazetteer(known, {}, SMALL.states, {}))
    assert second.added == 0 and second.identified == 0
    assert second.names == first.names


@settings(deadline=None)
@given(st.permutations(["Q900000001", "Q900000002", "Q900000003"]))
def test_the_order_of_different_people_does_not_matter(order: list[str]) -> None:
    rows = [row(officeholder=i, officeholderLabel=f"Bo Ostrava{i[-1]}", start="2031-05-06") for i in order]
    assert run(*rows).actors == run(*sorted(rows, key=lambda r: r["officeholder"])).actors


def test_two_people_of_one_name_stay_two() -> None:
    result = run(
        row(officeholder="Q900000001", officeholderLabel="Ada Quillfeather", start="2031-02-03"),
        row(officeholder="Q900000002", officeholderLabel="Ada Quillfeather", start="2040"),
    )
    assert (result.identified, result.added) == (1, 1)
    people = lines_of(result)
    assert "2031-02-03" in people["Q900000001"][5] and "2040" not in people["Q900000001"][5]
    assert "2040" in people["Q900000002"][5]


def test_a_namesake_in_another_country_is_someone_else() -> None:
    result = run(row(officeholder="Q900000001", officeholderLabel="Ada Quillfeather", countryid=FRANCE))
    assert (result.identified, result.added) == (0, 1)
    assert lines_of(result)["Q900000001"][2] == "FR"


def test_names_are_known_again_whatever_their_accents_and_case() -> None:
    result = run(row(officeholder="Q900000001", officeholderLabel="ÁDA Quillfeather"))
    assert result.identified == 1
    assert lines_of(result)["Q900000001"][4] == "Ada Quillfeather"
    assert "Q900000001\tAda Quillfeather|Quillfeather, Ada" in result.names


def test_a_year_that_agrees_leaves_the_finer_dates_alone() -> None:
    result = run(
        row(
            officeholder="Q900000001",
            officeholderLabel="Ada Quillfeather",
            positionLabel="Chancellor of Germany",
            start="2031",
            end="2032",
        )
    )
    assert result.offices == 0
    assert f"M,{GERMANY},2031-02-03,2032-04-05" in result.actors


def test_a_new_end_of_an_office_replaces_the_old_one() -> None:
    result = run(
        row(
            officeholder="Q900000001",
            officeholderLabel="Ada Quillfeather",
            positionLabel="Chancellor of Germany",
            start="2031",
            end="2033-01-01",
        )
    )
    assert result.offices == 1
    assert lines_of(result)["Q900000001"][5] == f"M,{GERMANY},2031-02-03,2033-01-01"


def test_offices_are_listed_by_their_first_day() -> None:
    result = run(
        row(officeholder="Q900000001", officeholderLabel="Bo Ostrava", start="2040-01-01", end="2041-01-01"),
        row(officeholder="Q900000001", officeholderLabel="Bo Ostrava", start="2035-01-01", end="2036-01-01"),
    )
    roles = _parse_actor("\t".join(lines_of(result)["Q900000001"])).roles
    assert [role.start for role in roles] == [date(2035, 1, 1), date(2040, 1, 1)]


@pytest.mark.parametrize(
    "written", ["_:b1", "2031-13-01", "2031-02-30", "http://x.example/genid", "-0044-03-15", "0000"]
)
def test_a_day_that_no_calendar_knows_is_no_day_or_its_year(written: str) -> None:
    result = run(row(officeholder="Q900000001", officeholderLabel="Bo Ostrava", start=written, end=written))
    (role,) = _parse_actor("\t".join(lines_of(result)["Q900000001"])).roles
    assert role.start in (None, date(2031, 1, 1)) and role.end in (None, date(2031, 12, 31))


@pytest.mark.parametrize(
    ("label", "letter"),
    [
        ("President of the United Arab Emirates", "P"),
        ("Minister of Foreign Affairs of the United Kingdom", "F"),
        ("Foreign Minister of the Kingdom of Nowhere", "F"),
        ("Director of the Secret Service", "P"),
        ("Prime Minister of the United Kingdom", "M"),
        ("Deputy Prime Minister of the United Kingdom", "V"),
        ("vice-president of Nowhere", "V"),
        ("Governor-General of Nowhere", "V"),
        ("Sultan of Nowhere", "K"),
        ("Emir of Nowhere", "K"),
        ("monarch of the United Kingdom", "K"),
        ("Sovereign Prince of Nowhere", "K"),
        ("Queen", "K"),
        ("Taoiseach", "M"),
        ("Supreme Leader of Nowhere", "S"),
        ("United States Secretary of State", "F"),
        ("Chief Viking", "P"),
        ("", "P"),
    ],
)
def test_kingdoms_and_emirates_are_no_kings_and_emirs(label: str, letter: str) -> None:
    assert office_of(label) == letter


@settings(deadline=None)
@given(st.text(max_size=40))
def test_every_label_is_some_office(label: str) -> None:
    assert office_of(label) in "VMSKFP"
    assert office_of(label.lower()) == office_of(label)


HEADER = ",".join(COLUMNS)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "\n",
        "a\n1\n",
        HEADER,
        HEADER.replace("officeholder,", "") + "\n1,2,3,4,5\n",
        "\x00",
        f"{HEADER}\n\x00",
    ],
)
def test_a_query_file_without_rows_or_columns_is_refused_or_empty(tmp_path: Path, content: str) -> None:
    path = tmp_path / "query.csv"
    path.write_text(content, encoding="utf-8")
    try:
        rows = read_query(path)
    except ConfigError as error:
        assert "query file" in str(error)
    else:
        assert refresh(rows, NAMES_FILE, SMALL).added == 0


@pytest.mark.parametrize(
    "content", [f"{HEADER}\n1\n", f"{HEADER}\n1,2,3,4,5,6,7,8\n", f"{HEADER},\n1,2,3,4,5,6,7\n"]
)
def test_rows_that_are_too_short_or_too_long_do_no_harm(tmp_path: Path, content: str) -> None:
    path = tmp_path / "query.csv"
    path.write_text(content, encoding="utf-8")
    assert refresh(read_query(path), NAMES_FILE, SMALL).added == 0


def test_a_file_that_is_not_there_is_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="query file"):
        read_query(tmp_path / "none.csv")


def test_addresses_and_midnights_of_the_query_service_are_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "query.csv"
    entity = "http://www.wikidata.org/entity/"
    path.write_text(
        f"{HEADER}\n{entity}{GERMANY},President,{entity}Q900000001,Bo Ostrava,2031-05-06T00:00:00Z,\n",
        encoding="utf-8",
    )
    (read,) = read_query(path)
    assert read["countryid"] == GERMANY and read["officeholder"] == "Q900000001"
    assert read["start"] == "2031-05-06" and read["end"] == ""


# Merging the unknown persons of a corpus

FIRST = st.sampled_from(["Ada", "Ida", "Bo", "Zoë", "Зоя"])
MIDDLE = st.sampled_from(["", "M. ", "Mara ", "Noor ", "N. "])
LAST = st.sampled_from(["Quillfeather", "Kuillfeather", "Kovalchuk", "Kowaltschuk", "Ковальчук", "Li"])
SPELLING = st.builds(lambda a, b, c: f"{a} {b}{c}", FIRST, MIDDLE, LAST)
CORPUS = st.dictionaries(
    st.sampled_from("abcdefgh"),
    st.builds(Seen, SPELLING, st.integers(1, 5), st.frozensets(st.sampled_from("1234"), max_size=4)),
)


@settings(deadline=None)
@given(CORPUS)
def test_only_names_that_sound_alike_and_share_company_are_merged(seen: dict[str, Seen]) -> None:
    for gone, kept in merge_unknown(seen).items():
        ours, theirs = sound_of(seen[gone].name).split(), sound_of(seen[kept].name).split()
        assert (ours[0], ours[-1]) == (theirs[0], theirs[-1])
        assert len(seen[gone].company & seen[kept].company) >= 2
        assert seen[gone].articles <= seen[kept].articles


@settings(deadline=None)
@given(CORPUS)
def test_merging_what_was_merged_changes_nothing_for_those_without_doubt(seen: dict[str, Seen]) -> None:
    merged = merge_unknown(seen)
    rest = {actor_id: one for actor_id, one in seen.items() if actor_id not in merged}
    again = merge_unknown(rest)
    assert not set(again.values()) & set(again)
    assert set(again) <= set(rest)


@settings(deadline=None)
@given(CORPUS, st.frozensets(st.sampled_from("5678"), max_size=3))
def test_strangers_in_the_corpus_change_nothing(seen: dict[str, Seen], company: frozenset[str]) -> None:
    more = {**seen, "z": Seen("Pim Vandermolen", 9, company | {"1", "2"})}
    assert merge_unknown(more) == merge_unknown(seen)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ada Quillfeather", "ADA QUILLFEATHER", True),
        ("Ada Quillfeather", "Ada Quillfeathers", False),
        ("Ada Quillfeather", "Quillfeather Ada", False),
        ("Ada M. Quillfeather", "Ada Mara Quillfeather", True),
        ("Ada M. Quillfeather", "Ada Noor Quillfeather", False),
        ("Zoë Kovalchuk", "Zoe Kowaltschuk", True),
        ("Ковальчук", "Kovalchuk", False),
        ("Mia (Bo) Ostrava", "Mia Bo Ostrava", True),
        ("Ada", "Ada", False),
        ("", "", False),
    ],
)
def test_spellings_of_one_name(one: str, other: str, same: bool) -> None:
    both = frozenset(("1", "2"))
    assert merge_unknown({"a": Seen(one, 2, both), "b": Seen(other, 1, both)}) == ({"b": "a"} if same else {})


@settings(deadline=None)
@given(st.text(max_size=60))
def test_a_sound_is_plain_letters(name: str) -> None:
    sound = sound_of(name)
    assert not set(sound) - set("abcdefghijklmnopqrstuvwxyz ")
    assert sound_of(name.upper()) == sound or name.upper().lower() != name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ковальчук", "Kovalchuk"),
        ("Kowaltschuk", "Kovalchuk"),
        ("Шевченко", "Shevchenko"),
        ("Schewtschenko", "Shevchenko"),
        ("Philip", "Filip"),
        ("Mutz", "Muts"),
        ("Anna", "Ana"),
        ("Josef", "Iosef"),
    ],
)
def test_names_that_sound_alike_are_written_alike(one: str, other: str) -> None:
    assert sound_of(one) == sound_of(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Ada", "Ida"), ("Merk", "Berk"), ("Kovalchuk", "Kovalenko"), ("Li", "Lu")]
)
def test_names_that_differ_stay_apart(one: str, other: str) -> None:
    assert sound_of(one) != sound_of(other)


def test_refreshed_actors_fit_the_contract_of_actors() -> None:
    result = run(row(officeholder="Q900000001", officeholderLabel="Bo Ostrava", start="2031-05-06"))
    actor = _parse_actor("\t".join(lines_of(result)["Q900000001"]))
    made = {"actor_id": actor.actor_id, "name": actor.name, "kind": actor.kind, "roles": [], "aliases": []}
    assert ACTORS.table([made]).num_rows == 1
