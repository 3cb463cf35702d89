"""Places: laws of the search over made-up sentences, what follows from taken spans and context, hostile input."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.enrich.place_names import bearers_of, fold
from tasks.enrich.places import Place, find_places
from tasks.enrich.places_words import BEFORE, COMMON, DATE_LINE, EXONYMS, QUALIFIERS

BIG = [
    ("Oslo", "NO"),
    ("Vienna", "AT"),
    ("Nairobi", "KE"),
    ("Jakarta", "ID"),
    ("Lima", "PE"),
    ("Warsaw", "PL"),
    ("New York", "US"),
]
CITIES = st.sampled_from(BIG)
FRAMES = st.sampled_from(["It rained in {}.", "He drove from {} at noon.", "They met near {}, in a tent."])
PIECES = st.sampled_from(
    [
        "in",
        "Oslo",
        "Vienna",
        "New",
        "York",
        "Paris",
        "Texas",
        ",",
        ".",
        "(",
        ")",
        "the",
        "Mr",
        "Ada",
        "Quillfeather",
        "St.",
        "’s",
        "-",
        "\n",
        "Ü",
        "Bank",
    ]
)
TEXTS = st.lists(PIECES, max_size=30).map(" ".join) | st.text(max_size=120)


def names(text: str, countries: tuple[str, ...] = (), language: str = "en") -> list[tuple[str, str]]:
    return [(place.name, place.country) for place in find_places(text, [], countries, language)]


@settings(deadline=None)
@given(CITIES, FRAMES)
def test_a_great_city_is_found_after_a_preposition(city: tuple[str, str], frame: str) -> None:
    text = frame.format(city[0])
    (place,) = find_places(text, [], [])
    assert place.country == city[1]
    assert text[place.start : place.end] == city[0]


@settings(deadline=None)
@given(st.lists(st.tuples(CITIES, FRAMES), max_size=6))
def test_sentences_are_searched_each_for_itself(parts: list[tuple[tuple[str, str], str]]) -> None:
    text = " ".join(frame.format(city[0]) for city, frame in parts)
    assert [country for _, country in names(text)] == [city[1] for city, _ in parts]


@settings(deadline=None)
@given(TEXTS, st.sampled_from(["en", "de", "fr", "und"]))
def test_places_lie_in_the_text_apart_and_on_the_globe(text: str, language: str) -> None:
    places = find_places(text, [], [], language)
    assert all(before.end <= after.start for before, after in pairwise(places))
    for place in places:
        assert 0 <= place.start < place.end <= len(text)
        assert -90 <= place.latitude <= 90 and -180 <= place.longitude <= 180
        assert place.place_id and place.name
        assert not text[place.start : place.end].endswith(("'s", "’s", ".", "'"))


@settings(deadline=None)
@given(TEXTS)
def test_taking_what_was_found_leaves_none_of_it(text: str) -> None:
    found = find_places(text, [], [])
    taken = [(place.start, place.end) for place in found]
    for place in find_places(text, taken, []):
        assert all(place.end <= start or end <= place.start for start, end in taken)


@pytest.mark.slow
@settings(deadline=None)
@given(TEXTS, st.lists(st.tuples(st.integers(0, 80), st.integers(0, 80)), max_size=4))
def test_the_order_of_taken_spans_does_not_matter(text: str, taken: list[tuple[int, int]]) -> None:
    assert find_places(text, taken, []) == find_places(text, taken[::-1], [])


@settings(deadline=None)
@given(TEXTS, st.permutations(["FR", "US", "AT"]))
def test_the_order_of_countries_does_not_matter(text: str, countries: list[str]) -> None:
    assert find_places(text, [], countries) == find_places(text, [], frozenset(countries))


@settings(deadline=None)
@given(TEXTS)
def test_a_search_leaves_no_trace(text: str) -> None:
    first = find_places(text, [], [])
    find_places("It rained in Paris, Texas.", [], ["US"])
    assert find_places(text, [], []) == first


@settings(deadline=None)
@given(st.text(max_size=60))
def test_a_key_has_no_capitals_hyphens_or_stops(name: str) -> None:
    key = fold(name)
    assert key == key.strip() and key == key.lower()
    assert not set(key) & set("-.’")


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("São Paulo", "sao paulo"),
        ("Saint-Denis", "saint denis"),
        ("St. John’s", "st john"),
        ("WASHINGTON D.C.", "washington dc"),
        ("Zürich", "zurich"),
        ("Oslo's", "oslo"),
        ("", ""),
    ],
)
def test_keys_of_names(name: str, key: str) -> None:
    assert fold(name) == key


@pytest.mark.parametrize(
    ("text", "countries", "expected"),
    [
        (
            "It rained in Paris, Texas, and in Vienna.",
            (),
            [("Paris", "US"), ("Texas", "US"), ("Vienna", "AT")],
        ),
        ("It rained in Birmingham, Ala.", (), [("Birmingham", "US")]),
        ("It rained in Birmingham, England.", (), [("Birmingham", "GB")]),
        ("It rained in Vienna (Austria).", (), [("Vienna", "AT"), ("Austria", "AT")]),
        ("OSLO (Agency) — It rained.", (), [("Oslo", "NO")]),
        ("OSLO, May 3 (Agency) - It rained.", (), [("Oslo", "NO")]),
        ("Kiev's mayor spoke.", (), [("Kyiv", "UA")]),
        ("He lives in Bombay.", (), [("Mumbai", "IN")]),
        ("North Korea and South Sudan signed.", (), [("North Korea", "KP"), ("South Sudan", "SS")]),
        ("It rained in New York.", (), [("New York City", "US")]),
        ("it rained in oslo.", (), []),
        ("Oslo Quillfeather bakes.", (), []),
        ("Ada Vienna bakes.", (), []),
        ("The Oslo Tribune reported it.", (), []),
        ("She went to Bath by train.", (), []),
        ("She went to Bath by train.", ("GB",), [("Bath", "GB")]),
        ("Nice was full of rain.", (), []),
        ("They flew to Nice.", ("FR",), [("Nice", "FR")]),
    ],
)
def test_a_place_is_what_its_sentence_makes_it(
    text: str, countries: tuple[str, ...], expected: list[tuple[str, str]]
) -> None:
    found = names(text, countries)
    assert [country for _, country in found] == [country for _, country in expected]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("de", "Es regnete in Wien.", "AT"),
        ("de", "Er kam aus Mailand.", "IT"),
        ("fr", "Il pleuvait à Vienne et à Londres.", "GB"),
        ("es", "Llovía en Londres.", "GB"),
        ("it", "Pioveva a Londra.", "GB"),
        ("pl", "Padało w Wiedeń.", "AT"),
        ("nl", "Het regende in Wenen.", "AT"),
    ],
)
def test_other_languages_have_names_of_their_own(language: str, text: str, expected: str) -> None:
    assert expected in {country for _, country in names(text, (), language)}
    assert text.rsplit(maxsplit=1)[-1].rstrip(".") not in {name for name, _ in names(text, (), "en")}


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        ".",
        "'",
        "’s",
        "'s " * 999,
        "\x00\ud800",
        "A." * 999,
        "İ" * 99,
        "(" * 999,
        "St. " * 999,
        "New York, " * 300,
    ],
)
def test_hostile_text_is_answered(text: str) -> None:
    for place in find_places(text, [(0, 1), (5, 2)], ["", "??"], "und"):
        assert isinstance(place, Place) and place.end <= len(text)


@pytest.mark.parametrize("span", [(0, 10_000), (-5, 10_000)])
def test_a_text_that_is_taken_whole_names_no_place(span: tuple[int, int]) -> None:
    assert find_places("It rained in Oslo and in Vienna.", [span], []) == []


def test_word_lists_are_folded_and_apart() -> None:
    assert all(word == fold(word) for word in COMMON)
    assert all(word == word.lower() for word in BEFORE)
    assert all(len(code) == 2 and code.isupper() for code in QUALIFIERS.values())
    assert all(name == fold(name) for name in QUALIFIERS)


def test_every_exonym_belongs_to_a_place_of_the_gazetteer() -> None:
    for place_id, written in EXONYMS.items():
        for name in written:
            assert place_id in {place.place_id for place in bearers_of(fold(name)).english}, name


@pytest.mark.parametrize(
    ("text", "is_dateline"),
    [
        (" (Agency) — It", True),
        (", May 3 — It", True),
        (": It", True),
        (" -- It", True),
        (" rained", False),
        (", it rained", False),
    ],
)
def test_date_lines(text: str, is_dateline: bool) -> None:
    assert (DATE_LINE.match(text) is not None) == is_dateline
