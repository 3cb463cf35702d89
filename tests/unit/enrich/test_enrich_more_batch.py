"""Enrichment of a batch: one text gives one answer whoever else is there, offsets hold, tables fit their contracts."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.contracts import ACTORS, CLEANED, ENRICHED, MENTION_SPANS, MENTIONS, PLACES, QUOTES, TEXTS
from tasks.enrich.batch import enrich_articles
from tasks.enrich.gazetteer import load_gazetteer
from tasks.enrich.orders import Batch, enrich_batch
from tasks.enrich.sentences import split_sentences
from tasks.enrich.tables import read_articles, tables
from tasks.enrich.task import _refusal
from tasks.enrich.values import ArticleText, Enrichment
from tasks.enrich.version import VERSION
from tasks.reasons import Reason
from tasks.workers import Failure

DAY = date(2019, 5, 14)
TITLES = [
    "Merkel and Macron open a bridge",
    "Rovers win the cup",
    "Rain in Oslo",
    "",
    "BRIDGE TALKS FAIL",
    "Moscow answers",
]
PARTS = [
    "German Chancellor Angela Merkel met French President Emmanuel Macron in Oslo on 3 May 2019.",
    '"Bridges are slow to build," Merkel said.',
    "“Not ours,” he replied.",
    "The US president sneezed, and NATO did not answer.",
    "The striker scored a wonderful goal in extra time and the coach praised the team.",
    "President Ada Quillfeather of nowhere wept; the president left.",
    "It was a terrible failure for the bakers of Vienna.",
    "Die Brücke über den Fluss wurde am 3. Mai von Angela Merkel eröffnet und alle freuten sich.",
    "Мост открыли в Москве, сказал Владимир Путин.",
    "习近平说：“桥梁建设需要很长时间。”",
    "Moscow rejected the offer in 1997.",
    "?!",
]
TEXTS_OF = st.lists(st.sampled_from(PARTS), max_size=6).flatmap(
    lambda parts: st.sampled_from([" ".join(parts), "\n".join(parts)])
)
SECTIONS = st.sampled_from([None, "Sport", "Politics / Europe", ""])
CAPTIONS = st.lists(
    st.sampled_from(["Emmanuel Macron waves.", "A bridge.", "NATO headquarters", ""]), max_size=2
)
ARTICLES = st.builds(
    ArticleText,
    st.integers(1, 10**9),
    st.sampled_from(TITLES),
    TEXTS_OF,
    st.sampled_from([DAY, None, date(2012, 6, 1)]),
    st.sampled_from(["Quill Courier", ""]),
    SECTIONS,
    st.lists(st.sampled_from(["sport", "bridges"]), max_size=2).map(tuple),
    CAPTIONS.map(tuple),
)
HOSTILE = [
    "\x00",
    "\ud800 said",
    "a" * 3000,
    "\n" * 500,
    '"' * 999,
    "'s " * 400,
    "😀" * 99,
    "\u202e\u0301",
    "Mr. " * 300,
]


def article(text: str, title: str = "", number: int = 1, **given_fields: object) -> ArticleText:
    return ArticleText(number, title, text, DAY, **given_fields)  # type: ignore[arg-type]


def enriched(text: str, title: str = "", **given_fields: object) -> Enrichment:
    (made,) = enrich_articles([article(text, title, **given_fields)])
    return made


def rounded(made: Enrichment) -> Enrichment:
    """The same with topic scores to five places: sums of single precision differ in the last one."""
    return replace(made, topics=tuple((code, round(score, 4)) for code, score in made.topics))


BATCHES = st.lists(ARTICLES, max_size=5)


@pytest.mark.slow
@settings(deadline=None, max_examples=30)
@given(BATCHES)
def test_one_text_gives_one_answer_whoever_else_is_there(articles: list[ArticleText]) -> None:
    together = enrich_articles(articles)
    assert [made.article_id for made in together] == [one.article_id for one in articles]
    for one, made in zip(articles, together, strict=True):
        (alone,) = enrich_articles([one])
        assert rounded(alone) == rounded(made)


@pytest.mark.slow
@settings(deadline=None, max_examples=20)
@given(BATCHES)
def test_the_order_of_a_batch_does_not_matter(articles: list[ArticleText]) -> None:
    forth = [rounded(made) for made in enrich_articles(articles)]
    back = [rounded(made) for made in enrich_articles(articles[::-1])]
    assert forth == back[::-1]


@pytest.mark.slow
@settings(deadline=None, max_examples=20)
@given(ARTICLES, st.integers(1, 10**9), st.sampled_from(["Quill Courier", "Harbour Post"]))
def test_neither_id_nor_outlet_changes_what_a_text_says(one: ArticleText, number: int, source: str) -> None:
    (first,) = enrich_articles([one])
    (second,) = enrich_articles([replace(one, article_id=number, source=source)])
    assert replace(second, article_id=first.article_id) == first


@pytest.mark.slow
@settings(deadline=None, max_examples=15)
@given(ARTICLES)
def test_offsets_lie_in_title_and_text(one: ArticleText) -> None:
    (made,) = enrich_articles([one])
    whole = f"{one.title}\n{one.text}"
    sentences = split_sentences(whole)
    for span in made.spans:
        assert whole[span.start : span.end] == span.surface
        assert sentences[span.sentence][0] <= span.start < sentences[span.sentence][1]
    for quote in made.quotes:
        assert 0 <= quote.start < quote.end <= len(whole)
        assert quote.text == whole[quote.start : quote.end] or "\n" in whole[quote.start : quote.end]
        assert quote.cue in (None, ":") or quote.cue in whole


@pytest.mark.slow
@settings(deadline=None, max_examples=15)
@given(ARTICLES)
def test_mentions_count_the_spans_and_nothing_else(one: ArticleText) -> None:
    (made,) = enrich_articles([one])
    spans = Counter(span.actor_id for span in made.spans if span.actor_id)
    rows = {row["actor_id"]: row for row in made.mentions}
    assert len(rows) == len(made.mentions)
    assert set(spans) <= set(rows)
    speakers = {quote.speaker_id for quote in made.quotes}
    for actor_id, row in rows.items():
        assert 0 < row["salience"] <= 1 and row["count"] > 0
        assert row["tone"] is None or -1 < row["tone"] < 1
        if actor_id in spans:
            assert row["count"] == spans[actor_id]
            own = [span for span in made.spans if span.actor_id == actor_id]
            assert row["in_title"] == any(span.start < len(one.title) for span in own)
            assert row["is_quoted"] == (actor_id in speakers)
            assert row["kind"] == own[0].kind
        else:
            assert one.captions and row["salience"] == 0.05 and not row["in_title"]


@pytest.mark.slow
@settings(deadline=None, max_examples=15)
@given(ARTICLES)
def test_values_stay_in_their_ranges(one: ArticleText) -> None:
    (made,) = enrich_articles([one])
    assert 0 <= made.language_score <= 1
    assert made.tone is None or -1 < made.tone < 1
    scores = [score for _, score in made.topics]
    assert scores == sorted(scores, reverse=True) and all(0 <= score <= 1 for score in scores)
    assert len(set(made.dates)) == len(made.dates)
    assert len({place["place_id"] for place in made.places}) == len(made.places)
    assert all(load_gazetteer().actor(actor_id) is None for actor_id in made.found)
    assert set(made.found) <= {span.actor_id for span in made.spans}


@pytest.mark.slow
@settings(deadline=None, max_examples=20)
@given(BATCHES)
def test_tables_fit_their_contracts_and_hold_together(articles: list[ArticleText]) -> None:
    articles = [replace(one, article_id=number) for number, one in enumerate(articles)]
    made = enrich_articles(articles)
    out = tables(articles, made)
    for contract in (ENRICHED, MENTIONS, MENTION_SPANS, QUOTES, PLACES, ACTORS):
        assert contract.check(out[contract.name]).schema == contract.schema
    assert out["enriched"].num_rows == len(articles)
    assert set(out["enriched"]["enrich_version"].to_pylist()) <= {VERSION}
    actors = out["actors"]["actor_id"].to_pylist()
    assert len(set(actors)) == len(actors)
    assert set(out["mentions"]["actor_id"].to_pylist()) == set(actors)
    assert set(out["mention_spans"]["actor_id"].to_pylist()) - {None} <= set(actors)
    days = dict(zip(range(len(articles)), (one.published_on for one in articles), strict=True))
    for name in ("mentions", "mention_spans", "quotes", "places"):
        for row in out[name].to_pylist():
            assert row["published_on"] == days[row["article_id"]]


@pytest.mark.slow
@settings(deadline=None, max_examples=20)
@given(BATCHES, st.floats(0.3, 0.95))
def test_a_threshold_holds_for_the_whole_batch(articles: list[ArticleText], threshold: float) -> None:
    for made in enrich_articles(articles, threshold):
        assert all(score >= threshold for _, score in made.topics)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_enriched_and_disturbs_nobody(text: str) -> None:
    fair = article(PARTS[0] + " " + PARTS[1], "Bridge opened", 2)
    first, second = enrich_articles([article(text, text[:50].replace("\n", " ")), fair])
    assert first.article_id == 1
    assert rounded(second) == rounded(enrich_articles([fair])[0])


def test_no_articles_give_empty_tables_of_every_contract() -> None:
    assert enrich_articles([]) == []
    out = tables([], [])
    assert set(out) == {"enriched", "mentions", "mention_spans", "quotes", "places", "actors"}
    assert all(table.num_rows == 0 for table in out.values())


def test_one_enrichment_too_few_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"shorter|longer"):
        tables([article("x")], [])


def test_an_article_says_what_it_says() -> None:
    made = enriched(" ".join(PARTS[:2]), "Merkel and Macron open a bridge")
    assert made.language == "en" and made.dates == ("2019-05-03",)
    (quote,) = made.quotes
    assert quote.speaker_surface == "Merkel" and quote.cue == "said"
    rows = {row["actor_id"]: row for row in made.mentions}
    assert rows[quote.speaker_id]["is_quoted"] and rows[quote.speaker_id]["in_title"]
    assert {place["country"] for place in made.places} == {"NO"}


def test_an_unknown_person_is_named_as_first_written() -> None:
    made = enriched("President Ada Quillfeather wept. President ADA Quillfeather left the tent in the rain.")
    assert made.found["ci:person:ada-quillfeather"] == ("Ada Quillfeather", "person")
    out = tables([article("x")], [made])
    row = next(r for r in out["actors"].to_pylist() if r["actor_id"] == "ci:person:ada-quillfeather")
    assert row["name"] == "Ada Quillfeather" and row["wikidata"] is None


# Captions


CALM = "The baker sold bread by the river, and nobody who came that morning spoke of anything else."


def test_an_actor_only_a_caption_names_counts_least() -> None:
    made = enriched(f"{PARTS[0]} {CALM}", captions=("NATO headquarters", "NATO again, and Emmanuel Macron"))
    rows = {row["actor_id"]: row for row in made.mentions}
    nato = next(row for row in made.mentions if row["kind"] == "organisation")
    assert nato["count"] == 2 and nato["salience"] == min(row["salience"] for row in rows.values())
    assert nato["tone"] is None and not nato["is_quoted"] and not nato["in_title"]
    assert all(span.actor_id != nato["actor_id"] for span in made.spans)


def test_a_caption_adds_nothing_to_an_actor_of_the_text() -> None:
    plain, captioned = enriched(PARTS[0]), enriched(PARTS[0], captions=("Emmanuel Macron waves.",))
    assert captioned.mentions == plain.mentions


@pytest.mark.slow
@settings(deadline=None, max_examples=20)
@given(ARTICLES)
def test_captions_change_nothing_but_the_rows_of_their_own_actors(one: ArticleText) -> None:
    (bare,) = enrich_articles([replace(one, captions=())])
    (full,) = enrich_articles([one])
    assert full.mentions[: len(bare.mentions)] == bare.mentions
    assert replace(full, mentions=bare.mentions) == bare


@pytest.mark.parametrize(
    "caption", ["", "\n", "A bridge.", "Ada Quillfeather waves.", "President Ada Quillfeather waves."]
)
def test_a_caption_that_names_no_listed_actor_gives_no_row(caption: str) -> None:
    assert enriched(CALM, captions=(caption,)).mentions == ()


# What the task reads and refuses


def cleaned_row(number: int, **given_columns: object) -> dict[str, object]:
    required = {"source": "Quill Courier", "word_count": 3, "extractor": "given", "unit_id": "u"}
    return {"article_id": number, "title": "Rain", "published_on": DAY, **required, **given_columns}


def texts_table(*numbers: int) -> pa.Table:
    return TEXTS.table([{"article_id": n, "text": f"text {n}", "published_on": DAY} for n in numbers])


@settings(deadline=None)
@given(st.lists(st.integers(0, 50), unique=True, max_size=8))
def test_each_article_is_read_with_its_own_text(numbers: list[int]) -> None:
    shuffled = sorted(numbers, key=lambda n: (n * 7919) % 51)
    read = list(read_articles(CLEANED.table([cleaned_row(n) for n in numbers]), texts_table(*shuffled)))
    assert [(one.article_id, one.text) for one in read] == [(n, f"text {n}") for n in numbers]


def test_what_is_missing_is_read_as_empty() -> None:
    (read,) = read_articles(CLEANED.table([cleaned_row(1, title=None, published_on=None)]), texts_table(1))
    assert read == ArticleText(1, "", "text 1", None, "Quill Courier", None, ())


def test_section_and_tags_are_read() -> None:
    rows = [cleaned_row(1, section="Sport", tags=["cup", "rovers"])]
    (read,) = read_articles(CLEANED.table(rows), texts_table(1))
    assert read.section == "Sport" and read.tags == ("cup", "rovers")


def test_an_article_without_text_is_an_error_and_not_an_empty_one() -> None:
    with pytest.raises(KeyError):
        list(read_articles(CLEANED.table([cleaned_row(1)]), texts_table(2)))


def made_in(language: str) -> Enrichment:
    return Enrichment(1, language, 0.87, (), None, (), (), (), (), ())


@pytest.mark.parametrize(
    ("language", "wanted", "refused"),
    [
        ("en", (), False),
        ("en", ("en", "de"), False),
        ("fr", ("en", "de"), True),
        ("und", ("en",), True),
        ("und", (), False),
    ],
)
def test_only_languages_that_were_asked_for_are_kept(
    language: str, wanted: tuple[str, ...], refused: bool
) -> None:
    refusal = _refusal(made_in(language), wanted)
    assert (refusal is not None) == refused
    if refusal is not None:
        assert refusal == (Reason.LANGUAGE, f"{language} (0.87)")


@pytest.mark.parametrize("kind", ["cpu", "memory", "wall", "died"])
def test_a_worker_that_failed_is_a_reason_of_its_own(kind: str) -> None:
    failure = Failure(kind, f"too much {kind}")  # type: ignore[arg-type]
    assert _refusal(failure, ("en",)) == _refusal(failure, ()) == (Reason.OVER_LIMIT, f"too much {kind}")


def test_a_worker_gives_what_the_function_gives() -> None:
    articles = (article(PARTS[0]), article(PARTS[6], number=2))
    assert enrich_batch(Batch(articles, 0.6)) == enrich_articles(articles, 0.6)
