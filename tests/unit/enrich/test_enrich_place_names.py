"""The gazetteer of places: whole, in order, and made into values only where it is asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.enrich.place_names import Known, bearers_of, fold, load_places
from tasks.enrich.places_words import EXONYMS

NAMES = [name for name, _ in load_places().names]
LINES = load_places().lines.decode("utf-8").splitlines()


def test_the_gazetteer_is_whole() -> None:
    sides = [said.split("\t") for _, said in load_places().names]
    assert sum(bool(english) for english, _, _ in sides) > 30_000
    assert sum(bool(other) for _, other, _ in sides) > 20_000
    numbers = {int(number) for english, _, _ in sides for number in english.split()}
    assert numbers == set(range(1, len(LINES)))
    assert {line.split("\t")[1] for line in LINES[1:]} == {"city", "region", "country"}
    assert set(EXONYMS) <= {line.split("\t")[0] for line in LINES}


@given(st.sampled_from(NAMES))
def test_every_place_of_a_name_is_on_the_globe_and_a_line_of_the_file(name: str) -> None:
    english, other, reach = bearers_of(name)
    assert reach >= 1 and all(isinstance(known, Known) for known in (*english, *other))
    for known in (*english, *other):
        assert -90 <= known.latitude <= 90 and -180 <= known.longitude <= 180 and known.population >= 0
        assert "\t".join((known.place_id, known.kind, known.name, known.country)) in "\n".join(LINES)
    assert all(name in (fold(known.name), *map(fold, EXONYMS.get(known.place_id, ()))) for known in english)


@given(st.sampled_from(NAMES))
def test_every_name_is_folded_and_within_reach_of_its_first_word(name: str) -> None:
    assert fold(name) == name
    assert bearers_of(name.partition(" ")[0]).reach >= name.count(" ") + 1


@given(st.text(max_size=20))
def test_a_name_that_nothing_bears_has_no_places(name: str) -> None:
    if name not in NAMES:
        assert bearers_of(name) == ((), (), 0)


@pytest.mark.parametrize(
    ("name", "countries"), [("oslo", ["NO"]), ("moskau", []), ("new", []), ("birmingham", ["GB", "US"])]
)
def test_bearers_of_a_name_in_english(name: str, countries: list[str]) -> None:
    assert sorted({known.country for known in bearers_of(name).english}) == countries


def test_a_foreign_name_is_kept_apart() -> None:
    english, other, _ = bearers_of("moskau")
    assert english == () and [known.name for known in other] == ["Moscow"]
