"""What is not supported is said in the row: parts that know no language say nothing of it."""

from datetime import date

import pytest

from tasks.enrich.batch import enrich_articles
from tasks.enrich.support import PARTS, supported_parts
from tasks.enrich.tables import tables
from tasks.enrich.topics import score_topics
from tasks.enrich.values import ArticleText

DAY = date(2019, 5, 14)
TEXTS = {
    "en": "Angela Merkel said on Monday that the bridges of Germany are slow to build, and that ministers will pay.",
    "de": "Angela Merkel sagte am Montag, dass die Brücken in Deutschland nur langsam gebaut werden und viel kosten.",
    "ru": "Владимир Путин заявил в понедельник, что мосты в России строят очень медленно и дорого обходятся стране.",
    "cy": "Dywedodd y llywodraeth ddydd Llun fod y pontydd yn araf iawn i'w hadeiladu ac yn costio llawer o arian.",
}


def test_no_part_knows_the_unknown_language() -> None:
    assert supported_parts("und", False) == ()
    assert supported_parts("en", True) == PARTS


@pytest.mark.parametrize("language", TEXTS)
def test_a_row_says_what_was_not_looked_for(language: str) -> None:
    article = ArticleText(1, "", TEXTS[language], DAY)
    (made,) = enrich_articles([article])
    assert made.language == language
    assert ("tagger" in made.supported) == (language == "en")
    assert (made.tone is None) == ("tone" not in made.supported)
    assert "topics" in made.supported or made.topics == ()
    (row,) = tables([article], [made])["enriched"].to_pylist()
    assert row["supported"] == list(made.supported)


@pytest.mark.parametrize(
    ("section", "tags", "scores"),
    [
        ("Politik", (), {"medtop:11000000": 0.8}),
        (None, ("Politik",), {"medtop:11000000": 0.65}),
        ("Politik", ("Politik", "Brücke"), {"medtop:11000000": 0.9}),
        ("Sport", ("Politik",), {"medtop:15000000": 0.8, "medtop:11000000": 0.65}),
        (None, ("Brücke",), {}),
    ],
)
def test_other_languages_get_the_topics_that_the_outlet_names(
    section: str | None, tags: tuple[str, ...], scores: dict[str, float]
) -> None:
    (topics,) = score_topics([""], [TEXTS["de"]], [section], [tags], ["de"])
    assert dict(topics) == scores
    (none,) = score_topics([""], [TEXTS["de"]], [section], [tags], ["de"], threshold=0.95)
    assert none == []
