"""Linking: laws of spans over made-up articles, people nobody lists, offices by day, coreference, rows, hostile input."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.enrich.actors import Span, find_actors
from tasks.enrich.actors_mentions import mention_rows
from tasks.enrich.actors_reading import Reading, read_text
from tasks.enrich.coreference import leaders_by_surname
from tasks.enrich.gazetteer import load_gazetteer
from tasks.enrich.linking_unknown import is_credit
from tasks.enrich.quotes import Quote
from tasks.enrich.sentences import split_sentences

GAZETTEER = load_gazetteer()
DAY = date(2019, 5, 14)
FIRST = ["Ada", "Bo", "Zoë", "Pim"]
LAST = ["Quillfeather", "Ostrava", "Vandermolen", "Brimblecote"]
NAMES = st.builds(lambda a, b: f"{a} {b}", st.sampled_from(FIRST), st.sampled_from(LAST))
STATES = st.sampled_from(["Germany", "Norway", "Kenya", "Peru", "Poland"])
PIECES = st.sampled_from(
    [
        "President Ada Quillfeather", "Quillfeather", "Bo Ostrava", "the president", "the US president", "US", "Moscow", "said", "in", "West",
        "NATO Secretary-General", "NATO", "European Union", ", ", ". ", "\n", '"', "Mr.", "Prime Minister", "of", "former", "'s", "-",
        "South", "Korea", "Georgia", "Angela Merkel", "Merkel", "中国", "习近平", "\xa0", "and", "foreign minister", "German", "French",
    ]
)  # fmt: skip
MIXED = st.lists(PIECES, max_size=22).map(" ".join)
TAGGED = st.lists(
    st.tuples(st.integers(0, 80), st.integers(1, 30), st.sampled_from(["PER", "ORG", "LOC", ""])), max_size=4
)


def spans_of(
    text: str, title: str = "", tagged: tuple[tuple[int, int, str], ...] = (), day: date | None = DAY
) -> list[Span]:
    return find_actors(title, text, "en", day, GAZETTEER, tagged)


def reading_of(text: str, title: str = "", language: str = "en") -> Reading:
    sentences = split_sentences(f"{title}\n{text}")
    return read_text(title, text, language, DAY, sentences, GAZETTEER, ())


def name_of(span: Span) -> str | None:
    actor = GAZETTEER.actor(span.actor_id) if span.actor_id else None
    return actor.name if actor else span.actor_id


# Spans


@settings(deadline=None, max_examples=120)
@given(MIXED, TAGGED, st.sampled_from(["en", "fr", "zh", "und"]))
def test_two_spans_are_apart_or_one_holds_the_other(
    text: str, raw: list[tuple[int, int, str]], language: str
) -> None:
    tagged = tuple((a, min(a + n, len(text)), label) for a, n, label in raw if a < len(text))
    spans = find_actors("", text, language, DAY, GAZETTEER, tagged)
    for left, right in pairwise(spans):
        nested = right.end <= left.end or (left.start == right.start and left.end <= right.end)
        assert left.end <= right.start or nested, (left, right)
        if nested and right.start < left.end:
            assert {left.kind, right.kind} != {"person"} and left.actor_id != right.actor_id


@settings(deadline=None, max_examples=60)
@given(MIXED)
def test_sentences_given_and_sentences_found_agree(text: str) -> None:
    given_ones = find_actors("", text, "en", DAY, GAZETTEER, (), split_sentences(f"\n{text}"))
    assert given_ones == spans_of(text)


@settings(deadline=None, max_examples=60)
@given(MIXED, TAGGED)
def test_the_order_in_which_a_tagger_speaks_does_not_matter(
    text: str, raw: list[tuple[int, int, str]]
) -> None:
    tagged = [(a, min(a + n, len(text)), label) for a, n, label in raw if a < len(text)]
    apart = [t for n, t in enumerate(tagged) if all(t[1] <= o[0] or o[1] <= t[0] for o in tagged[:n])]
    assert spans_of(text, tagged=tuple(apart)) == spans_of(text, tagged=tuple(reversed(apart)))


@pytest.mark.slow
@settings(deadline=None, max_examples=60)
@given(MIXED)
def test_states_are_the_same_on_any_day(text: str) -> None:
    def states(day: date | None) -> list[tuple[int, str | None]]:
        return [(span.start, span.actor_id) for span in spans_of(text, day=day) if span.kind == "state"]

    assert states(None) == states(DAY) == states(date(2012, 6, 1))


@settings(deadline=None, max_examples=40)
@given(STATES, STATES)
def test_two_states_are_named_as_written(one: str, other: str) -> None:
    found = spans_of(f"{one} wrote to {other} about the ferry.")
    assert [span.surface for span in found if span.kind == "state"] == [one, other]
    assert all(name_of(span) == span.surface for span in found)


@settings(deadline=None, max_examples=40)
@given(NAMES)
def test_a_title_and_a_surname_lead_back_to_a_stranger(name: str) -> None:
    surname = name.rsplit(maxsplit=1)[-1]
    found = spans_of(f"President {name} wept. {surname} left the tent. The president slept.")
    assert [span.surface for span in found] == [name, surname, "president"]
    assert len({span.actor_id for span in found}) == 1
    assert found[0].actor_id is not None and found[0].actor_id.startswith("ci:person:")


@settings(deadline=None, max_examples=40)
@given(NAMES)
def test_a_name_with_nothing_beside_it_is_left_alone(name: str) -> None:
    assert spans_of(f"We saw {name} in the rain.") == []


@settings(deadline=None, max_examples=30)
@given(NAMES, NAMES)
def test_a_tagged_name_has_one_id_however_often_it_comes(name: str, other: str) -> None:
    text = f"We saw {name} in the rain. Then {name} met {other}."
    at = [i + 1 for i in range(len(text)) if text.startswith(name, i)]
    found = spans_of(text, tagged=tuple((a, a + len(name), "PER") for a in at))
    ids = {span.actor_id for span in found if span.surface == name}
    assert len(ids) == 1 and None not in ids


@pytest.mark.parametrize(
    "tagged",
    [
        ((1, 17, "PER"), (5, 17, "PER")),
        ((5, 17, "PER"), (1, 17, "PER")),
        ((1, 17, "PER"), (1, 17, "PER")),
        ((1, 17, "ORG"), (5, 24, "ORG")),
    ],
)
def test_overlapping_spans_of_a_tagger_give_one_actor(tagged: tuple[tuple[int, int, str], ...]) -> None:
    found = spans_of("Ada Noor Bramble Mills wept.", tagged=tagged)
    assert len(found) == 1


@pytest.mark.parametrize(
    "tagged", [((0, 0, "PER"),), ((900, 990, "PER"),), ((3, 1, "ORG"),), ((0, 1, "ORG"),), ((0, 999, "PER"),)]
)
def test_a_tagger_out_of_bounds_is_ignored(tagged: tuple[tuple[int, int, str], ...]) -> None:
    text = "It rained by the river."
    assert all(span.end <= len(text) + 1 for span in spans_of(text, tagged=tagged))


# Traps


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Germany, Norway and Peru agreed.", ["Germany", "Norway", "Peru"]),
        ("The German baker slept.", ["Germany"]),
        ("Norway's bakers slept.", ["Norway"]),
        ("It rained in Oslo.", []),
        ("Oslo rejected the offer.", ["Norway"]),
        ("Warsaw and Oslo rejected the offer.", ["Poland", "Norway"]),
        ("We told US officials; they told us.", ["United States of America"]),
        ("THEY TOLD US THAT IT RAINED ALL DAY", []),
        ("Photo: NATO", []),
        ("NATO slept.", ["North Atlantic Treaty Organisation"]),
        ("Reuters reported it.", []),
    ],
)
def test_what_a_name_means_in_its_sentence(text: str, wanted: list[str]) -> None:
    assert [name_of(span) for span in spans_of(text)] == wanted


def test_a_comma_parts_two_names() -> None:
    assert "South Korea" not in [name_of(span) for span in spans_of("In the South, Korea watchers slept.")]


@pytest.mark.parametrize(
    ("text", "surfaces"),
    [
        (
            "Prime Minister Ada Quillfeather and President Bo Ostrava met. The president slept.",
            ["Ada Quillfeather", "Bo Ostrava", "president"],
        ),
        ("President Ada Quillfeather wept. Mrs Quillfeather left.", ["Ada Quillfeather", "Quillfeather"]),
        ("President Ada Quillfeather wept. The Quillfeather Foundation paid.", ["Ada Quillfeather"]),
        ("Ada Quillfeather, 42, wept.", ["Ada Quillfeather"]),
        ("Ada Quillfeather, who bakes, wept.", ["Ada Quillfeather"]),
        ("Ada Quillfeather said so.", ["Ada Quillfeather"]),
        ("said Ada Quillfeather.", ["Ada Quillfeather"]),
        ("Photo: Ada Quillfeather said.", []),
        ("The Ada Quillfeather Bridge said nothing.", []),
        ("President Ada", []),
    ],
)
def test_people_nobody_lists(text: str, surfaces: list[str]) -> None:
    assert [span.surface for span in spans_of(text) if span.kind == "person"] == surfaces


def test_two_people_of_one_surname_are_told_apart_or_left_open() -> None:
    text = "President Ada Quillfeather met Mayor Bo Quillfeather, who bakes. Quillfeather slept."
    last = spans_of(text)[-1]
    assert last.surface == "Quillfeather" and last.actor_id is None


def test_a_headline_in_capitals_of_title_case_names_no_stranger() -> None:
    assert spans_of("It rained.", "Ada Quillfeather Said Bridges Were Very Slow Again") == []


@pytest.mark.parametrize(
    ("text", "at", "credit"),
    [
        ("Photo: Ada", 7, True),
        ("Quelle: Ada", 8, True),
        ("Photo courtesy of: Ada", 19, True),
        ("The photo of Ada", 13, False),
        ("Photo: NATO\nAda", 12, False),
        ("Ada", 0, False),
        ("", 0, False),
    ],
)
def test_credits_of_pictures(text: str, at: int, credit: bool) -> None:
    assert is_credit(text, at) == credit


# Readings


@settings(deadline=None, max_examples=80)
@given(MIXED, st.sampled_from(["en", "de", "fr"]))
def test_a_reading_knows_the_sentence_of_every_word(text: str, language: str) -> None:
    reading = reading_of(text, "Rain again", language)
    for start in reading.words.starts:
        begin, end = reading.sentences[reading.sentence_of(start)]
        assert begin <= start < end
    assert all(run.first < run.last < len(reading.words) for run in reading.runs)
    assert all(a.last < b.first for a, b in pairwise(reading.runs))


@settings(deadline=None, max_examples=60)
@given(MIXED)
def test_neighbours_of_a_word_see_each_other(text: str) -> None:
    reading = reading_of(text)
    for position in range(len(reading.words) - 1):
        if reading.words.gap(position) == " ":
            assert reading.after(position) == reading.words.folded[position + 1]
            assert reading.before(position + 1) == reading.words.folded[position]
        else:
            assert reading.after(position) == reading.before(position + 1) == ""


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("we saw Ada Quillfeather there", ["Ada Quillfeather"]),
        ("we saw Ada J. Quillfeather there", ["Ada J. Quillfeather"]),
        ("we saw Ada van den Berg there", []),
        ("we saw Ada von Berg there", ["Ada von Berg"]),
        ("we saw Ada, Bo", []),
        ("we saw Ada", []),
    ],
)
def test_runs_of_capitals(text: str, runs: list[str]) -> None:
    reading = reading_of(text)
    found = [text[reading.words.starts[r.first] - 1 : reading.words.ends[r.last] - 1] for r in reading.runs]
    assert found == runs


def test_surnames_of_leaders_lead_to_leaders() -> None:
    surnames = leaders_by_surname("en")
    assert "ci:person:angela-merkel" in surnames["merkel"]
    assert all(GAZETTEER.actor(i) is not None for ids in surnames.values() for i in ids)


# Rows


SPAN = st.builds(
    lambda start, actor, sentence: Span(start, start + 3, "Bo", "person", actor, sentence, "tagger"),
    st.integers(0, 200),
    st.sampled_from(["a", "b", "c", None]),
    st.integers(0, 6),
)
TONES = st.lists(st.sampled_from([None, -0.5, 0.0, 0.75]), max_size=7)


@pytest.mark.slow
@settings(deadline=None, max_examples=150)
@given(st.lists(SPAN, max_size=10), TONES, st.integers(0, 60), st.sampled_from([None, "a", "z"]))
def test_rows_add_up(spans: list[Span], tones: list[float | None], title: int, speaker: str | None) -> None:
    quotes = [Quote("Yes", 0, 3, speaker, None, None)]
    rows = mention_rows(spans, quotes, tones, title)
    named = [span.actor_id for span in spans if span.actor_id]
    assert sum(row["count"] for row in rows) == len(named)
    assert [row["actor_id"] for row in rows] == sorted(set(named))
    for row in rows:
        assert 0 <= row["salience"] <= 1
        assert row["tone"] is None or -0.5 <= row["tone"] <= 0.75
        assert row["is_quoted"] == (row["actor_id"] == speaker)
    assert mention_rows(spans[::-1], quotes, tones, title) == rows


@settings(deadline=None, max_examples=60)
@given(st.lists(SPAN, min_size=1, max_size=8), st.integers(0, 60))
def test_speaking_and_the_headline_raise_salience(spans: list[Span], title: int) -> None:
    def salience(quoted: bool, length: int) -> float:
        quotes = [Quote("Yes", 0, 3, "a", None, None)] if quoted else []
        rows = {row["actor_id"]: row for row in mention_rows(spans, quotes, [0.0] * 7, length)}
        return float(rows["a"]["salience"]) if "a" in rows else 0.0

    assert salience(True, title) >= salience(False, title)
    assert salience(False, 500) >= salience(False, 0)


# Hostile input


@pytest.mark.parametrize(
    "text",
    ["\x00", "\ud800 Merkel", "Mr. " * 2_000, "President " * 2_000, "Ada Quillfeather " * 1_500, "'s" * 3_000, "the US president " * 500, "\u202eMerkel", "A. " * 3_000],
)  # fmt: skip
def test_hostile_text_is_linked(text: str) -> None:
    whole = f"\n{text}"
    assert all(whole[span.start : span.end] == span.surface for span in spans_of(text))
