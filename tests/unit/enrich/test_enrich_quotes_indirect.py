"""Indirect speech: a named actor, a verb of speech, and what is said, without marks."""

from datetime import date

import pytest

from tasks.enrich.actors import find_actors
from tasks.enrich.gazetteer import load_gazetteer
from tasks.enrich.quotes import Quote, find_quotes
from tasks.enrich.quotes_indirect import find_indirect
from tasks.enrich.sentences import split_sentences

GAZETTEER = load_gazetteer()


def indirect(text: str, language: str = "en") -> list[Quote]:
    sentences = split_sentences(f"\n{text}")
    spans = find_actors("", text, language, date(2019, 5, 14), GAZETTEER)
    direct = find_quotes("", text, language, spans, sentences)
    return find_indirect("", text, language, spans, sentences, direct)


@pytest.mark.parametrize(
    ("language", "text", "clause", "speaker"),
    [
        ("en", "Angela Merkel said that bridges are slow to build.", "bridges are slow to build", "ci:person:angela-merkel"),
        ("en", "Angela Merkel said bridges are slow to build.", "bridges are slow to build", "ci:person:angela-merkel"),
        ("en", "In Oslo, Angela Merkel told reporters that bridges are very slow.", "bridges are very slow", None),
        ("en", "Angela Merkel, the German chancellor, later said bridges are very slow.", "bridges are very slow", None),
        ("en", "Angela Merkel told reporters that bridges are very slow.", "bridges are very slow", None),
        ("en", "Bridges are slow to build, Angela Merkel said.", "Bridges are slow to build", "ci:person:angela-merkel"),
        ("en", "NATO announced that the bridge would open in May.", "the bridge would open in May", "Q7184"),
        ("de", "Angela Merkel sagte, dass Brücken nur langsam wachsen.", "Brücken nur langsam wachsen", None),
        ("de", "Angela Merkel sagte, Brücken seien sehr langsam.", "Brücken seien sehr langsam", "ci:person:angela-merkel"),
        ("fr", "Emmanuel Macron a déclaré que les ponts sont lents.", "les ponts sont lents", "Q3052772"),
        ("es", "Pedro Sánchez dijo que los puentes son lentos.", "los puentes son lentos", "Q6070218"),
        ("ru", "Владимир Путин заявил, что мосты строят очень медленно.", "мосты строят очень медленно", None),
    ],
)  # fmt: skip
def test_what_is_said_without_marks(language: str, text: str, clause: str, speaker: str | None) -> None:
    (quote,) = indirect(text, language)
    assert quote.text == clause and f"\n{text}"[quote.start : quote.end] == clause
    assert speaker is None or quote.speaker_id == speaker


@pytest.mark.parametrize(
    "text",
    [
        'Angela Merkel said: "Bridges are slow to build."',
        "Angela Merkel read the letter that came in the morning.",
        "A baker said that bridges are slow to build.",
        "Angela Merkel visited a bridge that was slow to build.",
        "Germany said that bridges are slow to build.",
        "Angela Merkel's lawyer said that bridges are slow to build.",
        "A spokesman for Angela Merkel said that bridges are slow to build.",
        "Angela Merkel told a news conference in a bridge tower on the river.",
        "Angela Merkel said on Friday, hours before the bridges were opened again.",
        "Angela Merkel did not say whether the bridges will ever be built.",
        "Angela Merkel exchanged notes by post, an official in Berlin said.",
    ],
)
def test_what_is_no_indirect_quote(text: str) -> None:
    assert indirect(text) == []
