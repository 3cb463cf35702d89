"""The gazetteer: its files hold together, its look-ups find longest names, folding keeps offsets."""

import re
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.contracts import ACTORS
from tasks.enrich.actors_tokens import fold, split_words, stem
from tasks.enrich.gazetteer import OFFICES, Role, actor_rows, load_gazetteer
from tasks.enrich.gazetteer_index import index_of, key_of, scan

GAZETTEER = load_gazetteer()
KINDS = {"person", "organisation", "state", "group"}


def ids_found(text: str, language: str = "en") -> list[tuple[str, set[str]]]:
    hits = scan(split_words(text, language), index_of(language))
    return [(text[h.start : h.end], {i for name in h.names for i in name.ids}) for h in hits]


@given(st.text(max_size=200))
def test_folding_keeps_every_offset(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.text(alphabet="ÀÉÑÖøŁßİÞаЁёЙйΆάÁñ", max_size=30))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=200), st.sampled_from(["en", "ru", "hu", "zh", "ar", "und"]))
def test_words_lie_in_their_text_in_order(text: str, language: str) -> None:
    words = split_words(text, language)
    assert all(0 <= s < e <= len(text) for s, e in zip(words.starts, words.ends, strict=True))
    assert all(a <= b for a, b in pairwise(words.starts))


@given(st.text(max_size=300), st.sampled_from(["en", "de", "ru", "zh", "ja", "ko", "ar", "xx"]))
def test_hits_lie_in_their_text_apart_and_mean_known_actors(text: str, language: str) -> None:
    last = 0
    for hit in scan(split_words(text, language), index_of(language)):
        assert last <= hit.start < hit.end <= len(text)
        last = hit.end
        assert all(i == "-" or i in GAZETTEER.rows for name in hit.names for i in name.ids)


@pytest.mark.slow
def test_every_row_is_well_formed() -> None:
    for actor_id in GAZETTEER.rows:
        actor = GAZETTEER.actor(actor_id)
        assert actor is not None and actor.name and actor.kind in KINDS
        assert actor.wikidata == (actor_id if re.fullmatch(r"Q\d+", actor_id) else "")
        assert actor_id.startswith(("Q", "ci:person:", "ci:organisation:", "ci:group:"))
        assert all(r.office in OFFICES for r in actor.roles)
        assert all(r.start is None or r.end is None or r.start <= r.end for r in actor.roles), actor


def test_every_name_belongs_to_a_row() -> None:
    for (_, kind), lines in GAZETTEER.names.items():
        for line in lines:
            actor_id, surfaces = line.split("\t")
            assert (actor_id in GAZETTEER.rows or kind == "x") and all(surfaces.split("|"))


def test_at_most_one_head_of_government_serves_on_any_day() -> None:
    days = [date(year, month, 15) for year in range(2009, 2026) for month in (2, 8)]
    for country in (
        "GB",
        "FR",
        "DE",
        "IT",
        "ES",
        "PL",
        "JP",
        "IN",
        "PK",
        "IL",
        "AU",
        "NZ",
        "CA",
        "NL",
        "SE",
        "UA",
        "RU",
    ):
        for day in days:
            assert len(GAZETTEER.holders("M", GAZETTEER.states[country], day)) <= 1, (country, day)


def test_the_day_an_office_changes_hands_belongs_to_the_new_holder() -> None:
    role = Role("P", "Q1", date(2017, 1, 20), date(2021, 1, 20))
    assert role.held_on(date(2017, 1, 20)) and not role.held_on(date(2021, 1, 20))
    assert Role("P", "Q1", None, None).held_on(date(1900, 1, 1))


@pytest.mark.parametrize(
    "country",
    ["US", "GB", "FR", "DE", "RU", "UA", "CN", "JP", "IN", "BR", "ZA", "IL", "TR", "EG", "NG", "KR"],
)
def test_someone_leads_each_large_state_in_every_half_year(country: str) -> None:
    state = GAZETTEER.states[country]
    for year in range(2009, 2026):
        for day in (date(year, 3, 15), date(year, 10, 15)):
            led = [h for office in "PMKS" for h in GAZETTEER.holders(office, state, day)]
            assert led or (country, year) in {("KR", 2017), ("EG", 2011), ("EG", 2012)}, (country, day)


@pytest.mark.parametrize(
    ("language", "text", "surface", "country"),
    [
        ("en", "in Papua New Guinea today", "Papua New Guinea", "PG"),
        ("en", "the Côte d’Ivoire team", "Côte d’Ivoire", "CI"),
        ("en", "Cote d'Ivoire", "Cote d'Ivoire", "CI"),
        ("en", "U.S. aid", "U.S", "US"),
        ("de", "Russlands Antwort", "Russlands", "RU"),
        ("ru", "В Германии ждут", "Германии", "DE"),
        ("uk", "До Польщі їдуть", "Польщі", "PL"),
        ("hu", "Oroszországban", "Oroszországban", "RU"),
        ("tr", "Almanya'da", "Almanya", "DE"),
        ("ar", "والصين", "والصين", "CN"),
        ("zh", "访问了中国。", "中国", "CN"),
        ("ko", "미국은", "미국", "US"),
        ("ja", "日本と中国", "日本", "JP"),
    ],
)
def test_names_are_found_as_they_are_written(language: str, text: str, surface: str, country: str) -> None:
    assert (surface, {GAZETTEER.states[country]}) in ids_found(text, language)


def test_abbreviations_need_their_capitals() -> None:
    assert not ids_found("he told us who it was")
    assert ids_found("the US and the WHO")


@pytest.mark.parametrize(
    ("word", "want"), [("россии", "росс-"), ("путина", "путин-"), ("иран", "иран"), ("сша", "сша")]
)
def test_case_endings_are_cut_and_marked(word: str, want: str) -> None:
    assert stem(word, "ru") == want


def test_a_name_with_an_ending_is_not_a_word_without() -> None:
    assert not ids_found("Герман пришел", "ru")


@pytest.mark.parametrize(
    ("surface", "key"),
    [("U.S.A.", "u s a"), ("Jean-Claude Juncker", "jean claude juncker"), ("Erdoğan", "erdogan")],
)
def test_keys_are_folded_words(surface: str, key: str) -> None:
    assert key_of(surface) == key


def test_rows_of_actors_fit_their_contract() -> None:
    rows = actor_rows(
        ["Q57641", "Q159", "ci:person:angela-merkel", "ci:person:nobody-known", "Q57641"],
        {"ci:person:nobody-known": ("Nobody Known", "person")},
    )
    table = ACTORS.table(rows)
    assert table.num_rows == 4
    by_id = {row["actor_id"]: row for row in rows}
    assert by_id["Q57641"]["wikidata"] == "Q57641" and by_id["Q57641"]["country"] == "HU"
    assert by_id["ci:person:angela-merkel"]["wikidata"] is None
    assert by_id["ci:person:angela-merkel"]["roles"][0]["start_on"] == date(2005, 11, 22)
    assert "Россия" in by_id["Q159"]["aliases"]
    assert by_id["ci:person:nobody-known"]["name"] == "Nobody Known"


def test_an_unknown_id_gives_no_row() -> None:
    assert actor_rows(["Q0"]) == []
