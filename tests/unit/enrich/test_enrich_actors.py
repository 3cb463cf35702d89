"""Actors of an article: laws of spans, coreference within the article, tagged spans, furniture, rows of mentions."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.contracts import MENTIONS
from tasks.enrich.actors import Span, find_actors
from tasks.enrich.actors_mentions import mention_rows
from tasks.enrich.actors_values import short_forms
from tasks.enrich.gazetteer import load_gazetteer
from tasks.enrich.linking_unknown import is_credit
from tasks.enrich.linking_variants import sound_of
from tasks.enrich.quotes import Quote
from tasks.enrich.sentences import split_sentences

GAZETTEER = load_gazetteer()
DAY = date(2019, 5, 14)
PIECES = [
    "President Donald Trump",
    "Merkel",
    "Angela Merkel",
    "the chancellor",
    "Moscow",
    "said",
    "in",
    "US",
    "us",
    "May",
    "Georgia",
    "West",
    "the West",
    "NATO",
    ", ",
    ". ",
    "\n",
    '"',
    "Kim",
    "Mr. ",
    "Prime Minister",
    "of",
    "Xi Jinping",
    "president",
    "Paris Hilton",
    "1",
    "Ban Ki-moon",
    "'s",
    "-",
    "Łódź",
    "Путин",
    "习近平",
    "\xa0",
    "(Reuters)",
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=25).map(" ".join) | st.text(max_size=100)


def spans_of(
    text: str,
    title: str = "",
    language: str = "en",
    day: date | None = DAY,
    tagged: tuple[tuple[int, int, str], ...] = (),
) -> list[Span]:
    return find_actors(title, text, language, day, GAZETTEER, tagged)


def people(text: str, title: str = "", language: str = "en", day: date = DAY) -> list[tuple[str, str | None]]:
    return [(s.surface, s.actor_id) for s in spans_of(text, title, language, day) if s.kind == "person"]


@pytest.mark.slow
@settings(deadline=None, max_examples=150)
@given(TEXTS, TEXTS, st.sampled_from(["en", "de", "fr", "ru", "zh", "und", "xx"]), st.booleans())
def test_spans_lie_in_the_text_in_order_and_say_what_they_cover(
    title: str, text: str, language: str, dated: bool
) -> None:
    title = title.replace("\n", " ")
    whole = f"{title}\n{text}"
    sentences = split_sentences(whole)
    last = 0
    for span in spans_of(text, title, language, DAY if dated else None):
        assert last <= span.start < span.end <= len(whole)
        assert span.surface == whole[span.start : span.end]
        assert span.kind in ("person", "organisation", "state", "group")
        assert span.how in ("gazetteer", "tagger", "coreference")
        start, end = sentences[span.sentence]
        assert start <= span.start < end
        last = span.start


@settings(deadline=None, max_examples=60)
@given(
    TEXTS,
    st.lists(
        st.tuples(st.integers(0, 60), st.integers(1, 30), st.sampled_from(["PER", "ORG", "LOC"])), max_size=4
    ),
)
def test_a_tagger_may_say_anything(text: str, raw: list[tuple[int, int, str]]) -> None:
    tagged = tuple(
        (start, start + length, label) for start, length, label in raw if start + length <= len(text)
    )
    for span in spans_of(text, "", "en", DAY, tagged):
        assert span.surface == f"\n{text}"[span.start : span.end]


@settings(deadline=None, max_examples=40)
@given(TEXTS, TEXTS)
def test_an_article_does_not_depend_on_the_one_before(first: str, second: str) -> None:
    alone = spans_of(second)
    spans_of(first)
    assert spans_of(second) == alone


def test_surnames_and_titles_go_back_to_the_full_name() -> None:
    found = people(
        "German Chancellor Angela Merkel spoke. Merkel smiled. Mrs Merkel left. The chancellor slept."
    )
    assert {actor for _, actor in found} == {"ci:person:angela-merkel"}
    assert [surface for surface, _ in found] == ["Angela Merkel", "Merkel", "Merkel", "chancellor"]


def test_a_headline_surname_is_explained_by_the_text() -> None:
    assert people("German Chancellor Angela Merkel spoke.", "Merkel speaks")[0] == (
        "Merkel",
        "ci:person:angela-merkel",
    )


def test_a_relative_with_the_same_surname_is_someone_else() -> None:
    found = dict(people("President Barack Obama waved. Michelle Obama, said the paper, waved too."))
    assert found["Barack Obama"] == "ci:person:barack-obama"
    assert found.get("Obama") is None and found.get("Michelle Obama") != "ci:person:barack-obama"


def test_a_surname_of_two_people_stays_unresolved() -> None:
    text = "Hillary Clinton met Bill Clinton, said the mayor. Mayor Bill Clinton laughed. Clinton wept."
    assert ("Clinton", "ci:person:hillary-clinton") not in people(text)


def test_a_surname_alone_needs_its_state_or_a_title() -> None:
    assert people("Merkel spoke in a tent.") == []
    assert people("Merkel spoke. Germany listened.") == [("Merkel", "ci:person:angela-merkel")]
    assert people("Chancellor Merkel spoke in a tent.") == [("Merkel", "ci:person:angela-merkel")]


def test_a_common_surname_alone_is_nobody() -> None:
    assert people("Brown spoke. Britain listened.", day=date(2009, 5, 1)) == []
    assert people("Prime Minister Brown spoke.", day=date(2009, 5, 1)) == [
        ("Brown", "ci:person:gordon-brown")
    ]


def test_a_person_never_becomes_a_place_nor_a_place_a_person() -> None:
    found = spans_of("The baker Jordan Halloway met Paris Lima in Abu Dhabi. Jordan waved.")
    assert not [s for s in found if s.kind == "state" and s.surface in ("Jordan", "Paris", "Lima")]


@pytest.mark.parametrize(
    ("surface", "country", "short"),
    [
        ("vladimir putin", "RU", "putin"),
        ("kim jong un", "KP", "kim"),
        ("xi jinping", "CN", "xi"),
        ("ursula von der leyen", "", "von der leyen"),
        ("enrique pena nieto", "MX", "pena nieto"),
        ("jose luis rodriguez zapatero", "ES", "zapatero"),
        ("bashar al assad", "SY", "assad"),
        ("mahathir mohamad", "MY", "mahathir"),
        ("ferdinand marcos jr", "PH", "marcos"),
        ("abdullah ii of jordan", "JO", "abdullah"),
    ],
)
def test_short_names_follow_the_custom_of_the_country(surface: str, country: str, short: str) -> None:
    assert short in short_forms(tuple(surface.split()), country)
    assert "jordan" not in short_forms(("abdullah", "ii", "of", "jordan"), "JO")


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("Photo: Ada Lovelace", 7),
        ("Photo courtesy- Ada Lovelace", 16),
        ("Foto: Ada", 6),
        ("Picture: TBS/Ada", 13),
    ],
)
def test_credits_are_seen(text: str, at: int) -> None:
    assert is_credit(text, at)


def test_credits_and_agencies_are_no_actors() -> None:
    text = "Angela Merkel spoke, Reuters reported.\nPhoto: Emmanuel Macron/Reuters\nSource: NATO"
    assert {s.actor_id for s in spans_of(text)} == {"ci:person:angela-merkel"}


def test_tagged_persons_and_bodies_are_added_once() -> None:
    text = "Ada Quillfeather of Brightwater Mills spoke. Quillfeather left. Reuters reported."
    at = 1
    tagged = (
        (at, at + 16, "PER"),
        (at + 20, at + 37, "ORG"),
        (at + text.index("Reuters"), at + text.index("Reuters") + 7, "ORG"),
    )
    found = [(s.surface, s.actor_id, s.how) for s in spans_of(text, tagged=tagged)]
    assert found == [
        ("Ada Quillfeather", "ci:person:ada-quillfeather", "tagger"),
        ("Brightwater Mills", "ci:organisation:brightwater-mills", "tagger"),
        ("Quillfeather", "ci:person:ada-quillfeather", "coreference"),
    ]


def test_a_title_brings_on_a_person_without_a_tagger() -> None:
    assert people("President Ada Quillfeather spoke. The president left.") == [
        ("Ada Quillfeather", "ci:person:ada-quillfeather"),
        ("president", "ci:person:ada-quillfeather"),
    ]


def test_a_strange_spelling_beside_the_office_is_the_leader() -> None:
    assert sound_of("Шольц") == sound_of("Scholts")
    found = people("Премьер-министр Швеции Магдалена Андерссон приехала.", "", "ru", date(2022, 3, 1))
    assert found == [("Магдалена Андерссон", "Q4935873")]


def test_a_surname_that_opens_everything_inside_a_tagged_span_is_read() -> None:
    assert find_actors("Putin Trump", "", "en", DAY, GAZETTEER, ((0, 11, "PER"),)) is not None


def test_nothing_in_gives_nothing_out() -> None:
    assert spans_of("") == [] and spans_of("\n\n \n") == []


def test_long_articles_take_time_in_proportion() -> None:
    text = "German Chancellor Angela Merkel met Xi Jinping in Moscow, and the US said so. " * 400
    assert len(spans_of(text)) > 1000


def test_mention_rows_count_actors_once() -> None:
    title, text = (
        "Merkel and Macron meet",
        "German Chancellor Angela Merkel met Emmanuel Macron. Merkel spoke. NATO did not.",
    )
    spans = spans_of(text, title)
    quotes = [Quote("Yes", 0, 3, "ci:person:angela-merkel", "Merkel", "said")]
    rows = mention_rows(spans, quotes, [0.5, None, -0.5, 0.0], len(title))
    by_id = {row["actor_id"]: row for row in rows}
    merkel = by_id["ci:person:angela-merkel"]
    assert merkel["count"] == 3 and merkel["in_title"] and merkel["is_quoted"]
    assert merkel["tone"] == pytest.approx(0.0)
    assert not by_id["Q7184"]["in_title"] and by_id["Q7184"]["tone"] == 0.0
    assert merkel["salience"] == max(row["salience"] for row in rows)
    assert all(0 <= row["salience"] <= 1 for row in rows)
    assert [row["actor_id"] for row in rows] == sorted(by_id)
    table = MENTIONS.table([{**row, "article_id": 1} for row in rows])
    assert table.num_rows == len(rows)


def test_unresolved_names_give_no_row() -> None:
    assert mention_rows([Span(0, 3, "Kim", "person", None, 0, "coreference")], [], [], 0) == []
