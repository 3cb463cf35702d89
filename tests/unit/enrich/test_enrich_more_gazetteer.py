"""Look-up of names: laws of folding, stems, keys and tables, then names as they stand in text, then the vocabulary."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.contracts import ACTORS
from tasks.enrich.actors_tokens import ENDING, WORD, Words, endings_of, fold, fold_table, split_words, stem
from tasks.enrich.actors_values import short_forms
from tasks.enrich.actors_vocabulary import Phrases, shared_words, words_of
from tasks.enrich.gazetteer import OFFICES, Role, _parse_date, actor_rows, load_gazetteer
from tasks.enrich.gazetteer_index import BY_CHARACTER, LATIN, SUPPORTED, Hit, index_of, key_of, scan

GAZETTEER = load_gazetteer()
LANGUAGES = ["en", "ru", "hu", "zh", "und"]
NAMES_IN_ENGLISH = [
    (line.split("\t")[0], surface)
    for line in GAZETTEER.names["en", "n"]
    for surface in line.split("\t")[1].split("|")
]
DAYS = st.dates(date(1990, 1, 1), date(2030, 12, 31))


def hits(text: str, language: str = "en") -> list[Hit]:
    return scan(split_words(text, language), index_of(language))


def ids(hit: Hit) -> set[str]:
    return {actor_id for name in hit.names for actor_id in name.ids}


# Folding, words and stems


@settings(deadline=None)
@given(st.text(max_size=120))
def test_capitals_and_small_letters_fold_to_the_same(text: str) -> None:
    if len(text.upper()) == len(text) and text.upper().lower() == text.lower() and text.isascii():
        assert fold(text.upper()) == fold(text)


@settings(deadline=None)
@given(st.text(max_size=80), st.text(max_size=80))
def test_folding_goes_character_by_character(one: str, other: str) -> None:
    if not one.isascii() and not other.isascii():
        assert fold(one + other) == fold(one) + fold(other)


def test_every_letter_folds_to_one_letter_that_folds_to_itself() -> None:
    for source, target in fold_table().items():
        assert isinstance(target, int), chr(source)
        assert fold(chr(target)) in (chr(target), fold(chr(target)))
        assert len(fold(chr(source))) == 1


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ÉCOLE", "ecole"),
        ("Łódź", "lodz"),
        ("Ærø", "aro"),
        ("İstanbul", "istanbul"),
        ("ΑΘΉΝΑ", "αθηνα"),
        ("Ёлка", "елка"),
        ("Йод", "йод"),
        ("Đặng", "dang"),
        ("don’t", "don't"),
        ("中国", "中国"),
        ("", ""),
    ],
)
def test_letters_lose_their_marks(text: str, folded: str) -> None:
    assert fold(text) == folded


@settings(deadline=None)
@given(st.text(max_size=120), st.sampled_from(LANGUAGES))
def test_words_and_gaps_make_the_text(text: str, language: str) -> None:
    words = split_words(text, language)
    pieces = [text[: words.starts[0]]] if len(words) else [text]
    for number in range(len(words)):
        pieces += [text[words.starts[number] : words.ends[number]], words.gap(number)]
    assert "".join(pieces) == text
    assert (words.stems is not None) == bool(endings_of(language))
    assert len(words.folded) == len(words.capitals) == len(words)


@settings(deadline=None)
@given(
    st.text(alphabet="абвгдеиояь", max_size=14), st.sampled_from(["ru", "uk", "pl", "hu", "fi", "tr", "en"])
)
def test_a_stem_keeps_four_letters_and_begins_the_word(word: str, language: str) -> None:
    cut = stem(word, language)
    if cut != word:
        assert cut.endswith(ENDING) and len(cut) > 4
        assert word.startswith(cut[:-1])
        lost, second = word[len(cut) - 1 :], ("", "ов", "ев", "єв", "ів", *"аеиіоуя")
        allowed = second if language in ("ru", "uk") else ("",)
        assert any(lost.startswith(one) and lost[len(one) :] in endings_of(language) for one in allowed)


@pytest.mark.parametrize(
    "cases",
    [
        "Лавров Лаврова Лаврову Лавровым Лаврове",
        "Медведев Медведева Медведевым",
        "Сергей Сергея Сергею Сергеем",
        "Дмитрий Дмитрия Дмитрию Дмитрием",
        "Николай Николая Николаю",
        "Алексей Алексея Алексею",
        "Зеленский Зеленского Зеленскому Зеленским",
        "Меркель Меркелью",
    ],
)
def test_all_cases_of_a_russian_name_have_one_stem(cases: str) -> None:
    assert len({stem(fold(word), "ru") for word in cases.split()}) == 1


@settings(deadline=None)
@given(st.text(max_size=20))
def test_a_language_without_endings_leaves_words_alone(word: str) -> None:
    assert all(stem(word, language) == word for language in ("en", "fr", "zh", "und", ""))


@pytest.mark.parametrize("language", ["ru", "uk", "pl", "cs", "hr", "hu", "fi", "tr", "el", "lt", "sr"])
def test_endings_are_folded_and_longest_first(language: str) -> None:
    listed = endings_of(language)
    assert listed and all(len(a) >= len(b) for a, b in pairwise(listed))
    assert all(ending == fold(ending) for ending in listed) and len(set(listed)) == len(listed)


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("ru", ["германия", "германии", "германию", "германией"]),
        ("uk", ["україна", "україни", "україну", "україною"]),
        ("pl", ["rosja", "rosji", "rosje"]),
        ("fi", ["saksan", "saksassa", "saksasta"]),
        ("tr", ["almanyada", "almanyadan"]),
    ],
)
def test_cases_of_one_name_have_one_stem(language: str, forms: list[str]) -> None:
    assert len({stem(fold(form), language) for form in forms}) == 1


# Keys


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=40) | st.text(alphabet="aB(). _'\"-&/:;é!?", max_size=30))
def test_a_key_is_the_folded_words_whatever_stands_between_them(surface: str) -> None:
    assert key_of(surface) == " ".join(WORD.findall(fold(surface)))
    assert key_of(key_of(surface)) == key_of(surface)


@pytest.mark.parametrize(
    "surface", ["Ada (Bo) Li", 'Ada "Bo" Li', "Ada_Bo, Li", "Ada: Bo – Li", "ÁDA bó LI", "ada\nbo\tli"]
)
def test_marks_between_words_do_not_matter(surface: str) -> None:
    assert key_of(surface) == "ada bo li"


# Search


@pytest.mark.parametrize(("actor_id", "surface"), NAMES_IN_ENGLISH[::41])
def test_names_of_states_and_bodies_are_found_as_they_are_listed(actor_id: str, surface: str) -> None:
    found = [hit for hit in hits(f"Yesterday {surface} paid.") if actor_id in ids(hit)]
    joined = all(mark not in surface for mark in "():")
    assert found or not joined, surface


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from(NAMES_IN_ENGLISH[::17]), max_size=5))
def test_names_in_sentences_of_their_own_are_all_found(listed: list[tuple[str, str]]) -> None:
    plain = [(i, surface) for i, surface in listed if surface.replace(" ", "").isalpha()]
    text = " ".join(f"Then {surface} paid; it rained." for _, surface in plain)
    found = set().union(*(ids(hit) for hit in hits(text))) if plain else set()
    assert {i for i, _ in plain} <= found


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=120), st.sampled_from(LANGUAGES))
def test_what_was_found_is_found_again_alone(text: str, language: str) -> None:
    for hit in hits(text, language):
        alone = hits(text[hit.start : hit.end], language)
        assert alone or language in BY_CHARACTER or "." in text[hit.end : hit.end + 1]


@pytest.mark.parametrize(
    ("text", "surfaces"),
    [
        ("South Korea and North Korea", ["South Korea", "North Korea"]),
        ("South, Korea", []),
        ("the United\xa0States", ["United\xa0States"]),
        ("the United\nStates", []),
        ("NATO nato Nato", ["NATO"]),
        ("The European Union’s bakers", ["European Union"]),
        ("Guinea-Bissau, Guinea", ["Guinea-Bissau", "Guinea"]),
        ("germany GERMANY Germany", ["GERMANY", "Germany"]),
        ("Angela Merkel-Schmidt", ["Angela Merkel"]),
        ("", []),
    ],
)
def test_the_longest_name_wins_and_gaps_matter(text: str, surfaces: list[str]) -> None:
    found = [text[hit.start : hit.end] for hit in hits(text)]
    assert [surface for surface in found if surface in surfaces] == surfaces
    if not surfaces:
        assert not any(
            ("Korea" in surface and "South" in surface) or "United" in surface for surface in found
        )


def test_an_unknown_language_is_searched_for_names_that_need_none() -> None:
    assert "xx" not in SUPPORTED
    assert any(GAZETTEER.states["DE"] in ids(hit) for hit in hits("Germany", "xx"))
    assert "und" in LATIN


@pytest.mark.parametrize(
    "text", ["\ud800", "中" * 3000, "a" * 20_000, "US " * 3000, "South " * 3000, "." * 9_000, "\u0301" * 50]
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_hostile_text_is_searched_whole(text: str, language: str) -> None:
    assert all(0 <= hit.start < hit.end <= len(text) for hit in hits(text, language))


# Actors and their offices


@settings(deadline=None, max_examples=80)
@given(DAYS, DAYS, DAYS)
def test_an_office_is_held_from_its_first_day_until_its_last(start: date, end: date, day: date) -> None:
    role = Role("P", "x", min(start, end), max(start, end))
    assert role.held_on(day) == (min(start, end) <= day < max(start, end))


@settings(deadline=None, max_examples=60)
@given(DAYS, st.sampled_from(sorted(GAZETTEER.states)[::5]), st.sampled_from(sorted(OFFICES)))
def test_whoever_holds_an_office_has_it_among_his_roles(day: date, country: str, office: str) -> None:
    state = GAZETTEER.states[country]
    for actor_id in GAZETTEER.holders(office, state, day):
        actor = GAZETTEER.actor(actor_id)
        assert actor is not None and actor.kind != "state"
        assert any(r.office == office and r.place == state and r.held_on(day) for r in actor.roles)


@settings(deadline=None, max_examples=40)
@given(DAYS, st.integers(0, 400))
def test_successors_in_one_office_do_not_overlap_on_the_day_of_change(day: date, later: int) -> None:
    first = Role("M", "x", day, day + timedelta(days=later))
    second = Role("M", "x", day + timedelta(days=later), None)
    change = day + timedelta(days=later)
    assert not first.held_on(change) and second.held_on(change)


@pytest.mark.parametrize(
    ("text", "at_end", "day"),
    [
        ("", False, None),
        ("2021", False, date(2021, 1, 1)),
        ("2021", True, date(2021, 12, 31)),
        ("2021-05-06", True, date(2021, 5, 6)),
    ],
)
def test_days_of_the_file(text: str, at_end: bool, day: date | None) -> None:
    assert _parse_date(text, at_end) == day


@settings(deadline=None, max_examples=30)
@given(st.lists(st.sampled_from(sorted(GAZETTEER.rows)[::97]), max_size=8))
def test_rows_of_actors_come_once_each_in_order(wanted: list[str]) -> None:
    rows = actor_rows(wanted)
    assert [row["actor_id"] for row in rows] == sorted(set(wanted))
    assert ACTORS.table(rows).num_rows == len(rows)
    for row in rows:
        assert row["name"] not in row["aliases"] and row["aliases"] == sorted(set(row["aliases"]))
        assert all(role["title"] in OFFICES.values() for role in row["roles"])


def test_a_listed_actor_is_not_renamed_by_an_article() -> None:
    state = GAZETTEER.states["DE"]
    (row,) = actor_rows([state], {state: ("Nowhere", "person")})
    assert row["name"] == "Germany" and row["kind"] == "state"


def test_an_actor_of_an_article_keeps_the_kind_it_was_found_with() -> None:
    found = {
        "ci:organisation:quill-mills": ("Quill Mills", "organisation"),
        "ci:person:bo-li": ("Bo Li", "person"),
    }
    rows = actor_rows(["ci:person:bo-li", "ci:organisation:quill-mills", "ci:person:gone"], found)
    assert [(row["actor_id"], row["name"], row["kind"]) for row in rows] == [
        ("ci:organisation:quill-mills", "Quill Mills", "organisation"),
        ("ci:person:bo-li", "Bo Li", "person"),
    ]


# Short names


NAME = st.lists(
    st.sampled_from(["ada", "bo", "von", "der", "quill", "li", "jr", "iii", "al", "of", "ostrava"]),
    min_size=1,
    max_size=6,
)


@settings(deadline=None)
@given(NAME, st.sampled_from(["", "DE", "CN", "ES", "MY", "BR", "IS", "KP"]))
def test_a_short_name_is_made_of_words_of_the_full_one(name: list[str], country: str) -> None:
    whole = " ".join(name)
    forms = short_forms(tuple(name), country)
    assert all(form and f" {form} " in f" {whole} " for form in forms)
    assert all(len(form) > 1 for form in forms) or len(name) == 1


@pytest.mark.parametrize(
    ("name", "country", "wanted", "unwanted"),
    [
        ("ada quill", "", {"quill"}, {"ada"}),
        ("quill ada bo", "KR", {"quill"}, {"bo"}),
        ("ada binti quill", "MY", {"ada", "quill"}, set()),
        ("ada quill ostrava", "MX", {"quill", "ostrava", "quill ostrava"}, {"ada"}),
        ("ada van den quill", "NL", {"quill", "den quill", "van den quill"}, {"ada"}),
        ("ada quill iii", "US", {"quill"}, {"iii"}),
        ("ada", "", {"ada"}, set()),
    ],
)
def test_custom_decides_what_a_person_is_called(
    name: str, country: str, wanted: set[str], unwanted: set[str]
) -> None:
    forms = short_forms(tuple(name.split()), country)
    assert wanted <= forms and not unwanted & forms


# Vocabulary


def test_the_longest_phrase_is_matched_from_either_side() -> None:
    phrases = Phrases(
        {"prime": "1", "prime minister": "2", "first prime minister": "3"}, 3, frozenset(("prime", "first"))
    )
    forms = ("the", "first", "prime", "minister", "prime")
    assert phrases.match(forms, 1) == (3, "3")
    assert phrases.match(forms, 2) == (2, "2")
    assert phrases.match(forms, 4) == (1, "1")
    assert phrases.match(forms, 0) is None
    assert phrases.match_before(forms, 4) == (3, "3")
    assert phrases.match_before(forms, 3) == (1, "1")
    assert phrases.match_before(forms, 0) is None


@pytest.mark.parametrize(
    "language", ["en", "de", "fr", "es", "it", "pt", "nl", "ru", "uk", "pl", "cs", "sv", "tr"]
)
def test_each_language_has_offices_verbs_of_speech_and_folded_words(language: str) -> None:
    vocabulary = words_of(language)
    assert vocabulary.offices.values and vocabulary.said.values
    assert {letter for letters in vocabulary.offices.values.values() for letter in letters} <= set(
        OFFICES
    ) | set("LXN")
    for key in (*vocabulary.offices.values, *vocabulary.said.values):
        assert key == key_of(key)


def test_a_language_without_words_has_empty_lists() -> None:
    vocabulary = words_of("xx")
    assert not vocabulary.offices.values and not vocabulary.has("the", "the")
    assert vocabulary.office_at(split_words("the president", "xx"), 1) is None


def test_norwegian_is_one_language_under_three_codes() -> None:
    assert words_of("nb").offices.values == words_of("nn").offices.values == words_of("no").offices.values


@pytest.mark.parametrize(
    "group", ["agency", "role", "particle", "institution", "link", "common_surname", "opener"]
)
def test_shared_groups_hold_folded_words(group: str) -> None:
    assert shared_words(group) and all(word == key_of(word) for word in shared_words(group))


def test_offices_are_found_before_and_at_a_word() -> None:
    words: Words = split_words("the foreign minister Ada Quill", "en")
    found = words_of("en").office_at(words, 1)
    assert found is not None and found[0] == 2 and "F" in found[1]
    assert words_of("en").office_before(words, 3) == found


def test_an_office_is_known_in_any_case() -> None:
    words = split_words("встретил президента", "ru")
    found = words_of("ru").office_at(words, 1)
    assert found is not None and "P" in found[1]


@pytest.mark.parametrize("language", ["en", "ru", "ja"])
def test_equal_meanings_of_names_that_follow_each_other_are_one_value(language: str) -> None:
    index = index_of(language)
    for table in filter(None, (*index.tables, index.stems)):
        assert all(one is other for one, other in pairwise(table.names.values()) if one == other)
        assert all(len(set(names)) == len(names) > 0 for names in table.names.values())
        assert len({id(lengths) for lengths in table.lengths.values()}) == len(set(table.lengths.values()))


@pytest.mark.parametrize("language", ["en", "de", "zh"])
def test_every_name_is_within_the_lengths_of_its_beginning(language: str) -> None:
    index = index_of(language)
    for table in filter(None, (*index.tables, index.stems)):
        assert all(name.count(" ") + 1 in table.lengths[name.split(" ")[0]] for name in table.names)
        assert all(list(lengths) == sorted(set(lengths), reverse=True) for lengths in table.lengths.values())
    if index.characters:
        assert all(len(name) in index.characters.lengths[name[0]] for name in index.characters.names)
