"""Places: with evidence only, of the right country, never a person."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.enrich.places import find_places


def names(text: str, countries: tuple[str, ...] = (), language: str = "en") -> list[tuple[str, str]]:
    return [(place.name, place.country) for place in find_places(text, [], countries, language)]


WORDS = st.sampled_from(
    [
        "In",
        "Paris",
        "Texas",
        "London",
        ",",
        ".",
        "the",
        "Moscow",
        "Jack",
        "-",
        "(",
        ")",
        ":",
        "\n",
        "near",
        "Georgia's",
        "é",
        "İ",
        "Saint",
    ]
)


@settings(deadline=None, max_examples=50)
@given(st.one_of(st.text(max_size=200), st.lists(WORDS, max_size=40).map(" ".join)))
def test_every_place_stands_in_the_text_and_none_overlap(text: str) -> None:
    places = find_places(text, [], ["FR", "US"], "de")
    assert all(0 <= place.start < place.end <= len(text) for place in places)
    assert all(text[place.start].isupper() for place in places)
    assert all(before.end <= after.start for before, after in pairwise(places))


@settings(deadline=None, max_examples=30)
@given(st.lists(WORDS, max_size=30).map(" ".join), st.integers(0, 60), st.integers(0, 40))
def test_nothing_is_found_in_spans_that_are_taken(text: str, start: int, length: int) -> None:
    places = find_places(text, [(start, start + length)], [])
    assert all(place.end <= start or place.start >= start + length for place in places)


@pytest.mark.parametrize(
    "text",
    [
        "Jack London and Paris Hilton met London Breed.",
        "Mr Houston thanked Professor Lincoln.",
        "The Washington Post and the Chicago Tribune agreed.",
        "The police said that mobile reading is nice.",
        "Austin laughed, and Florence smiled at Charlotte.",
        "",
    ],
)
def test_people_companies_and_plain_words_are_no_places(text: str) -> None:
    assert names(text) == []


@pytest.mark.parametrize(
    ("text", "countries", "expected"),
    [
        ("Talks resumed in London.", (), [("London", "GB")]),
        ("He was born in London, Ontario.", (), [("London", "CA")]),
        ("They moved to Paris, Texas.", (), [("Paris", "US"), ("Texas", "US")]),
        ("They moved to Paris.", ("US",), [("Paris", "FR")]),
        ("In Alexandria the port closed.", ("EG",), [("Alexandria", "EG")]),
        ("In Alexandria the port closed.", (), [("Alexandria", "EG")]),
        ("They met in Florence.", (), []),
        ("They met in Florence.", ("IT",), [("Florence", "IT")]),
        ("Ships left Odessa for Istanbul.", ("UA",), [("Odesa", "UA"), ("Istanbul", "TR")]),
        ("Rescuers reached Sumy at dawn.", ("UA",), [("Sumy", "UA")]),
        ("Berlin's mayor spoke.", (), [("Berlin", "DE")]),
        ("The governor of Georgia spoke in Atlanta.", (), [("Georgia", "US"), ("Atlanta", "US")]),
        ("The president of Georgia spoke in Tbilisi.", (), [("Georgia", "GE"), ("Tbilisi", "GE")]),
        ("GENEVA (Agency) — The envoys rose.", ("CH",), [("Geneva", "CH")]),
        ("Abu Dhabi and North Korea signed.", (), [("Abu Dhabi", "AE"), ("North Korea", "KP")]),
    ],
)
def test_evidence_and_context_decide(
    text: str, countries: tuple[str, ...], expected: list[tuple[str, str]]
) -> None:
    assert names(text, countries) == expected


def test_names_in_other_languages() -> None:
    assert names("Die Sitzung in München und in Moskau endete.", (), "de") == [
        ("Munich", "DE"),
        ("Moscow", "RU"),
    ]
    assert names("La réunion de Londres et de Varsovie.", (), "fr") == [("London", "GB"), ("Warsaw", "PL")]
    assert names("The Moskau restaurant.", (), "en") == []


def test_a_place_has_an_id_and_coordinates() -> None:
    (place,) = find_places("It rained in Oslo.", [], [])
    assert place.place_id.isdigit()
    assert (round(place.latitude), round(place.longitude)) == (60, 11)
    assert "It rained in Oslo."[place.start : place.end] == "Oslo"
