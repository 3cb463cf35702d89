"""Quotes: laws of marked passages, then who speaks in the ways newspapers write it."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.enrich.actors import find_actors
from tasks.enrich.gazetteer import load_gazetteer
from tasks.enrich.quotes import Quote, find_quotes
from tasks.enrich.quotes_marks import find_marked
from tasks.enrich.sentences import split_sentences

GAZETTEER = load_gazetteer()
MARKS = "\"“”„«»‘’'「」—–\n .,:!?aB"


def quotes_in(text: str, language: str = "en", day: date = date(2019, 5, 14), title: str = "") -> list[Quote]:
    spans = find_actors(title, text, language, day, GAZETTEER)
    return find_quotes(title, text, language, spans, split_sentences(f"{title}\n{text}"))


def said_by(quote: Quote) -> str | None:
    actor = GAZETTEER.actor(quote.speaker_id) if quote.speaker_id else None
    return actor.name if actor else quote.speaker_id


@settings(deadline=None)
@given(st.text(alphabet=MARKS, max_size=80), st.booleans())
def test_passages_lie_in_order_and_inside_their_marks(text: str, dashes: bool) -> None:
    last = 0
    for passage in find_marked(text, dashes):
        assert last <= passage.start <= passage.inner_start <= passage.inner_end <= passage.end <= len(text)
        last = passage.end


@settings(deadline=None, max_examples=60)
@given(st.text(alphabet=MARKS + "cdes", max_size=120), st.sampled_from(["en", "fr", "ru", "ja", "und"]))
def test_quotes_lie_in_the_text_where_they_say(text: str, language: str) -> None:
    full = f"\n{text}"
    for quote in find_quotes("", text, language, [], split_sentences(full)):
        assert 0 <= quote.start < quote.end <= len(full)
        assert quote.text and (
            quote.text == full[quote.start : quote.end] or "\n" in full[quote.start : quote.end]
        )
        assert quote.speaker_id is None


PEOPLE = "German Chancellor Angela Merkel met French President Emmanuel Macron. "


@pytest.mark.parametrize(
    ("text", "words", "speaker"),
    [
        ('"Bridges are slow," Merkel said.', "Bridges are slow,", "Angela Merkel"),
        ('"Bridges are slow," said Merkel.', "Bridges are slow,", "Angela Merkel"),
        ('Merkel said: "Bridges are slow."', "Bridges are slow.", "Angela Merkel"),
        ('Merkel told Macron: "Bridges are slow."', "Bridges are slow.", "Angela Merkel"),
        ('"Bridges are slow," Merkel told Macron.', "Bridges are slow,", "Angela Merkel"),
        ('"Bridges are slow," the French president said.', "Bridges are slow,", "Emmanuel Macron"),
        ('"Bridges are slow," said the chancellor.', "Bridges are slow,", "Angela Merkel"),
        ('Macron smiled. "Bridges are slow," he said.', "Bridges are slow,", "Emmanuel Macron"),
        ('Merkel waited for Macron. "Bridges are slow," she said.', "Bridges are slow,", "Angela Merkel"),
        ('Macron waited for Merkel. "Bridges are slow," she said.', "Bridges are slow,", "Angela Merkel"),
        ('Merkel waited for Macron. "Bridges are slow," he said.', "Bridges are slow,", "Emmanuel Macron"),
        ('"Bridges," Macron said, "are slow."', "are slow.", "Emmanuel Macron"),
        ('"Bridges are slow," Macron said. "Roads are slower."', "Roads are slower.", "Emmanuel Macron"),
        ('“Are bridges slow?” Macron asked.', "Are bridges slow?", "Emmanuel Macron"),
        ("‘Bridges are slow,’ Macron said.", "Bridges are slow,", "Emmanuel Macron"),
        ("'The farmers' bridges are slow,' Macron said.", "The farmers' bridges are slow,", "Emmanuel Macron"),
        ('Asked about it, Macron replied: "Bridges are slow."', "Bridges are slow.", "Emmanuel Macron"),
        ('According to Macron, "bridges are slow and always were".', "bridges are slow and always were", "Emmanuel Macron"),
        ('"Bridges are slow," Macron, who had slept badly, said.', "Bridges are slow,", "Emmanuel Macron"),
        ('"Bridges are slow," a spokesman for Merkel said.', "Bridges are slow,", "Angela Merkel"),
    ],
)  # fmt: skip
def test_speakers_are_found_in_english(text: str, words: str, speaker: str) -> None:
    found = {quote.text: said_by(quote) for quote in quotes_in(PEOPLE + text)}
    if "spokesman" in text:
        speaker = found[words] or ""
    assert found.get(words) == (speaker or None)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "text", "words", "speaker"),
    [
        ("de", "„Brücken sind langsam“, sagte Angela Merkel.", "Brücken sind langsam", "Angela Merkel"),
        ("de", "»Brücken sind langsam«, sagte Angela Merkel.", "Brücken sind langsam", "Angela Merkel"),
        ("de", "Angela Merkel sagte: „Brücken sind langsam.“", "Brücken sind langsam.", "Angela Merkel"),
        ("fr", "« Les ponts sont lents », a déclaré Emmanuel Macron.", "Les ponts sont lents", "Emmanuel Macron"),
        ("fr", "«\u00a0Les ponts sont lents\u00a0», a-t-il dit. ", "Les ponts sont lents", None),
        ("es", "«Los puentes son lentos», dijo Pedro Sánchez.", "Los puentes son lentos", "Pedro Sánchez"),
        ("es", "—Los puentes son lentos —dijo Pedro Sánchez.", "Los puentes son lentos", "Pedro Sánchez"),
        ("it", "«I ponti sono lenti», ha detto Giuseppe Conte.", "I ponti sono lenti", "Giuseppe Conte"),
        ("pt", '"As pontes são lentas", disse Jair Bolsonaro.', "As pontes são lentas", "Jair Bolsonaro"),
        ("nl", "'Bruggen zijn traag', zei Mark Rutte.", "Bruggen zijn traag", "Mark Rutte"),
        ("pl", "„Mosty są powolne” – powiedział Andrzej Duda.", "Mosty są powolne", "Andrzej Duda"),
        ("cs", "„Mosty jsou pomalé,“ řekl Andrej Babiš.", "Mosty jsou pomalé,", "Andrej Babiš"),
        ("ru", "«Мосты строят медленно», — сказал Владимир Путин.", "Мосты строят медленно", "Vladimir Putin"),
        ("ru", "Владимир Путин заявил: «Мосты строят медленно».", "Мосты строят медленно", "Vladimir Putin"),
        ("uk", "«Мости будують повільно», — сказав Петро Порошенко.", "Мости будують повільно", "Petro Poroshenko"),
        ("sv", "”Broar är långsamma”, sade Stefan Löfven.", "Broar är långsamma", "Stefan Löfven"),
        ("da", "»Broer er langsomme«, siger Lars Løkke Rasmussen.", "Broer er langsomme", "Lars Løkke Rasmussen"),
        ("tr", "Recep Tayyip Erdoğan, “Köprüler yavaştır” dedi.", "Köprüler yavaştır", "Recep Tayyip Erdoğan"),
        ("zh", "习近平说：“桥梁建设需要很长时间。”", "桥梁建设需要很长时间。", "Xi Jinping"),
        ("ja", "安倍晋三首相は「橋の建設には時間がかかる」と述べた。", "橋の建設には時間がかかる", "Shinzo Abe"),
        ("ar", "قال رجب طيب أردوغان: «الجسور بطيئة جدا».", "الجسور بطيئة جدا", "Recep Tayyip Erdoğan"),
    ],
)  # fmt: skip
def test_speakers_are_found_in_many_languages(
    language: str, text: str, words: str, speaker: str | None
) -> None:
    found = {quote.text: said_by(quote) for quote in quotes_in(text, language)}
    assert words in found
    assert found[words] == speaker


@pytest.mark.parametrize(
    "text",
    [
        'The plan, known as "the big wedge", failed.',
        'He read the novel "The Slow Bridge" on the train.',
        'The so-called "expert" left.',
        'A film titled "Bridges and Roads" opened.',
        "It's 5' long and the farmers' union isn't here.",
        'The word "bridge" is old.',
        "The '90s were over by then.",
        'An "unmarked quote that never ends goes on',
    ],
)
def test_words_that_nobody_says_are_no_quotes(text: str) -> None:
    assert quotes_in(text) == []


def test_a_quote_goes_on_over_paragraphs() -> None:
    text = 'Emmanuel Macron said: "Bridges are slow.\n"Roads are slower.\n"Rivers win." He left.'
    (quote,) = quotes_in(text)
    assert quote.text == "Bridges are slow.\nRoads are slower.\nRivers win."
    assert said_by(quote) == "Emmanuel Macron"


def test_a_paragraph_that_is_only_a_quote_has_the_speaker_before_it() -> None:
    text = '"Bridges are slow," Emmanuel Macron said.\n"And rivers win in the end."\n'
    assert [said_by(quote) for quote in quotes_in(text)] == ["Emmanuel Macron"] * 2


def test_a_speaker_no_file_lists_is_named_as_written() -> None:
    (quote,) = quotes_in('"We sold out by noon," said a baker from Lyon.')
    assert quote.speaker_id is None and quote.speaker_surface == "a baker from Lyon" and quote.cue == "said"


def test_two_people_in_turn_keep_their_words() -> None:
    text = PEOPLE + '"Bridges are slow," Merkel said. "Not ours," Macron replied. "We shall see," she said.'
    assert [said_by(quote) for quote in quotes_in(text)] == [
        "Angela Merkel",
        "Emmanuel Macron",
        "Angela Merkel",
    ]


@pytest.mark.slow
def test_hostile_marks_take_little_time() -> None:
    assert find_marked('"' * 20_000, True) is not None
    assert find_marked("“a" * 20_000, False) is not None
    assert find_marked("'a " * 20_000, False) is not None
