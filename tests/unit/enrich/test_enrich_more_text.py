"""Sentences, language, dates, tone, topics and vectors: laws over made-up text, then cases, then hostile input."""

import re
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.enrich.embedding import mean_vectors, piece_ids
from tasks.enrich.language import UNKNOWN, detect_languages
from tasks.enrich.language_model import load_languages
from tasks.enrich.mentioned_dates import find_mentioned_dates
from tasks.enrich.sentences import split_sentences
from tasks.enrich.tone import LANGUAGES, article_tone, load_words, sentence_tones
from tasks.enrich.topics import THRESHOLD, load_weights, rank_topics, score_topics, topic_names

SUBJECTS = ["The mayor", "A baker", "Dr. Ostrava", "The U.S. envoy", "J. K. Quill", "Nobody"]
VERBS = ["opened a bridge", "lost 3.5 million dollars", "came at 5 p.m. on Jan. 3", "wept", 'said "no"']
ENDS = [".", "!", "?", "…", "?!"]
SENTENCE = st.builds(lambda s, v, e: f"{s} {v}{e}", *map(st.sampled_from, (SUBJECTS, VERBS, ENDS)))
PUBLISHED = date(2022, 2, 2)


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


def tone(sentence: str, language: str = "en") -> float:
    (value,) = sentence_tones([sentence], language)
    assert value is not None
    return value


# Sentences


@settings(deadline=None)
@given(st.lists(SENTENCE, min_size=1, max_size=8), st.sampled_from([" ", "  ", "\n", " \n "]))
def test_sentences_that_were_joined_come_apart_again(sentences: list[str], joint: str) -> None:
    assert cut(joint.join(sentences)) == sentences


@settings(deadline=None)
@given(st.lists(SENTENCE, min_size=1, max_size=6))
def test_splitting_a_sentence_again_leaves_it_whole(sentences: list[str]) -> None:
    for sentence in cut(" ".join(sentences)):
        assert cut(sentence) == [sentence]


@settings(deadline=None)
@given(st.text(max_size=120), st.text(alphabet=" \n\t", max_size=4), st.text(alphabet=" \n\t", max_size=4))
def test_white_space_around_a_text_moves_the_spans_and_nothing_else(
    text: str, before: str, after: str
) -> None:
    moved = [(start - len(before), end - len(before)) for start, end in split_sentences(before + text)]
    assert moved == split_sentences(text)
    assert split_sentences(text + "\n" + after) == split_sentences(text)


@settings(deadline=None)
@given(st.text(max_size=80), st.text(max_size=80))
def test_lines_are_split_each_for_itself(first: str, second: str) -> None:
    assert cut(f"{first}\n{second}") == [*cut(first), *cut(second)]


@settings(deadline=None)
@given(st.lists(st.text(alphabet="天地人水火", min_size=1, max_size=6), min_size=1, max_size=6))
def test_chinese_sentences_need_no_space_between_them(sentences: list[str]) -> None:
    ended = [f"{sentence}。" for sentence in sentences]
    assert cut("".join(ended)) == ended


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("He left. She stayed", ["He left.", "She stayed"]),
        ("Really?! Yes.", ["Really?!", "Yes."]),
        ("It was 3.5 metres long. It sank.", ["It was 3.5 metres long.", "It sank."]),
        ("See www.example.org for more. Bye.", ["See www.example.org for more.", "Bye."]),
        ("The file is a.txt. Open it.", ["The file is a.txt.", "Open it."]),
        ("“Stop!” he cried. She did.", ["“Stop!” he cried.", "She did."]),
        ("«Стой!» — крикнул он. Она стояла.", ["«Стой!» — крикнул он.", "Она стояла."]),
        ("Gen. Ostrava met Sen. Quill. They ate.", ["Gen. Ostrava met Sen. Quill.", "They ate."]),
        ("Er kam am 3. Oktober. Sie ging.", ["Er kam am 3. Oktober.", "Sie ging."]),
        ("Wait... yes. Go.", ["Wait... yes.", "Go."]),
        ("One\n\n\nTwo", ["One", "Two"]),
        ("One\r\nTwo", ["One", "Two"]),
        ("(He left.) She stayed.", ["(He left.)", "She stayed."]),
        ("He left.[1] She stayed.", ["He left.[1] She stayed."]),
        ("...", ["..."]),
        (".", ["."]),
        ("यह नदी है। वह पहाड़ है।", ["यह नदी है।", "वह पहाड़ है।"]),
        ("یہ دریا ہے۔ وہ پہاڑ ہے۔", ["یہ دریا ہے۔", "وہ پہاڑ ہے۔"]),
        ("これは川。あれは山！", ["これは川。", "あれは山！"]),
    ],
)
def test_sentences_of_many_kinds(text: str, sentences: list[str]) -> None:
    assert cut(text) == sentences


@pytest.mark.parametrize("mark", [".", "!", "?", "…", "。", "।", "؟", "\n", '"', "”", ". ", "A. ", "1. "])
def test_many_marks_in_a_row_are_split_whole(mark: str) -> None:
    text = mark * 40_000
    spans = split_sentences(text)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    assert sum(end - start for start, end in spans) <= len(text)


# Language

SAMPLES = {
    "en": "The council opened a new bridge over the river and the baker sold bread to everyone who came.",
    "de": "Der Stadtrat eröffnete eine neue Brücke über den Fluss, und der Bäcker verkaufte allen Brot.",
    "fr": "Le conseil a inauguré un nouveau pont sur la rivière et le boulanger a vendu du pain à tous.",
    "es": "El consejo inauguró un nuevo puente sobre el río y el panadero vendió pan a todos los vecinos.",
    "it": "Il consiglio ha inaugurato un nuovo ponte sul fiume e il fornaio ha venduto pane a tutti.",
    "pl": "Rada miasta otworzyła nowy most na rzece, a piekarz sprzedał chleb wszystkim mieszkańcom.",
    "ru": "Городской совет открыл новый мост через реку, а пекарь продал хлеб всем, кто пришёл.",
    "uk": "Міська рада відкрила новий міст через річку, а пекар продав хліб усім, хто прийшов.",
    "zh": "市议会在河上开通了一座新桥，面包师把面包卖给了所有来的人。",
    "ja": "市議会は川に新しい橋を開通させ、パン屋は来た人みんなにパンを売りました。",
    "ar": "افتتح مجلس المدينة جسرا جديدا فوق النهر وباع الخباز الخبز لكل من جاء.",
}


@settings(deadline=None, max_examples=60)
@given(st.lists(st.text(max_size=80) | st.sampled_from(sorted(SAMPLES.values())), max_size=4))
def test_every_text_gets_one_language_of_its_own(texts: list[str]) -> None:
    found = detect_languages(texts)
    assert len(found) == len(texts)
    assert all(0.0 <= score <= 1.0 and re.fullmatch(r"[a-z]{2,3}", code) for code, score in found)
    assert found == [detect_languages([text])[0] for text in texts]


@settings(deadline=None, max_examples=25)
@given(st.text(alphabet="0123456789 .,-/:;%€$()", max_size=120))
def test_numbers_have_no_language(text: str) -> None:
    assert detect_languages([text])[0][0] == UNKNOWN


@pytest.mark.parametrize("language", sorted(SAMPLES))
def test_plain_sentences_are_recognised(language: str) -> None:
    ((code, score),) = detect_languages([SAMPLES[language]])
    assert code == language and score > 0.9


@pytest.mark.parametrize("language", sorted(SAMPLES))
def test_what_follows_the_first_thousand_characters_is_not_read(language: str) -> None:
    head = (SAMPLES[language] + " ") * 40
    assert detect_languages([head[:1000]]) == detect_languages([head[:1000] + SAMPLES["en"] * 50])


@pytest.mark.parametrize("text", ["", " ", "OK", "Ja.", "\x00" * 50, "😀" * 40, "a" * 15, "\ud800", "日本"])
def test_too_little_to_go_by_is_unknown(text: str) -> None:
    assert detect_languages([text])[0][0] == UNKNOWN


def test_labels_that_catch_odd_texts_are_switched_off() -> None:
    assert not set(load_languages().labels) & {"la", "eo", "vo", "zxx"}


# Dates mentioned


@settings(deadline=None, max_examples=60)
@given(st.dates(date(1960, 1, 1), date(2040, 12, 31)), st.dates(date(1990, 1, 1), date(2030, 12, 31)))
def test_a_full_date_does_not_depend_on_the_day_of_publication(day: date, published: date) -> None:
    text = f"The mill burned down on {day.day} {day:%B} {day.year}, the mayor said."
    assert find_mentioned_dates(text, published, "en") == [day.isoformat()]
    assert find_mentioned_dates(text, None, "en") == [day.isoformat()]


@settings(deadline=None, max_examples=60)
@given(st.integers(-150, 150))
def test_a_day_without_a_year_is_the_nearest_one(days: int) -> None:
    day = PUBLISHED + timedelta(days=days)
    text = f"It happened on {day.day} {day:%B}."
    assert find_mentioned_dates(text, PUBLISHED, "en") == [day.isoformat()]


@settings(deadline=None, max_examples=40)
@given(st.integers(1900, 2049))
def test_a_year_of_the_century_is_found_after_a_preposition(year: int) -> None:
    assert find_mentioned_dates(f"It was built in {year}.", PUBLISHED, "en") == [str(year)]
    assert find_mentioned_dates(f"It cost {year} dollars.", PUBLISHED, "en") == []


@settings(deadline=None, max_examples=40)
@given(st.lists(st.sampled_from(["in 1997", "on 3 May 2020", "in March 2019", "on 9 May"]), max_size=5))
def test_each_date_is_given_once_in_the_order_of_the_text(parts: list[str]) -> None:
    wanted = {
        "in 1997": "1997",
        "on 3 May 2020": "2020-05-03",
        "in March 2019": "2019-03",
        "on 9 May": "2022-05-09",
    }
    text = "; ".join(f"it rained {part}" for part in parts) + "."
    assert find_mentioned_dates(text, PUBLISHED, "en") == list(dict.fromkeys(wanted[part] for part in parts))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It opened on May 3, 2021.", ["2021-05-03"]),
        ("It opened on 2021-05-03.", ["2021-05-03"]),
        ("It opened in May 2021.", ["2021-05"]),
        ("It opened on 3 May 2021 and again on 3 May 2021.", ["2021-05-03"]),
        ("Between 1997 and 2004 it was closed.", ["1997", "2004"]),
        ("It sold 1997 loaves.", []),
        ("It was 2021 km away.", []),
        ("The number is 1-800-1999.", []),
        ("It may open.", []),
        ("On Tuesday it was shut.", []),
        ("It was 19.99 euros.", []),
    ],
)
def test_what_is_a_date_and_what_is_a_number(text: str, expected: list[str]) -> None:
    assert find_mentioned_dates(text, PUBLISHED, "en") == expected


@pytest.mark.parametrize("published", [date.min, date.max, date(1, 1, 2), date(9999, 12, 30)])
@pytest.mark.parametrize("text", ["It came on January 26.", "It fell on 30 December.", "On 29 February."])
def test_the_ends_of_the_calendar_are_no_trouble(published: date, text: str) -> None:
    for found in find_mentioned_dates(text, published, "en"):
        assert date.fromisoformat(found)


# Tone


@settings(deadline=None, max_examples=80)
@given(st.text(max_size=100), st.sampled_from(sorted(LANGUAGES)))
def test_capitals_do_not_change_the_tone(text: str, language: str) -> None:
    if text.upper().casefold() == text.casefold():
        assert tone(text.upper(), language) == tone(text, language)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from([None, -0.5, 0.0, 0.25, 1.0, -1.0]), max_size=8))
def test_the_mean_lies_between_the_least_and_the_most(tones: list[float | None]) -> None:
    mean, known = article_tone(tones), [value for value in tones if value is not None]
    assert (mean is None) == (not known)
    assert mean is None or min(known) <= mean <= max(known)
    assert article_tone(tones[::-1]) == (pytest.approx(mean) if mean is not None else None)


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_word_of_the_list_can_be_met_in_a_text(language: str) -> None:
    words = load_words(language)
    for entry, value in words.exact.items():
        assert entry == entry.casefold(), entry
        if value and not set(entry.split()) & (set(words.negations) | set(words.degrees)):
            assert tone(entry.replace("'", "’"), language) * value > 0, entry
    for entry in (*words.stems, *words.negations, *words.degrees):
        assert entry == entry.casefold(), entry


@pytest.mark.parametrize(
    "sentence", ["Ein großartiges Fest.", "EIN GROSSARTIGES FEST.", "Wir begrüßen das.", "Sie genießen es."]
)
def test_words_with_a_sharp_s_count(sentence: str) -> None:
    assert tone(sentence, "de") > 0


@pytest.mark.parametrize(
    ("language", "plain", "denied"),
    [
        ("en", "The plan is good.", "The plan is not good."),
        ("de", "Der Plan ist gut.", "Der Plan ist nicht gut."),
        ("fr", "Le plan est bon.", "Le plan n’est pas bon."),
        ("es", "El plan es bueno.", "El plan no es bueno."),
    ],
)
def test_a_denial_turns_the_tone_in_each_language(language: str, plain: str, denied: str) -> None:
    assert tone(plain, language) > 0 > tone(denied, language)


@pytest.mark.parametrize(
    "text", ["", "\x00", "\ud800", "'" * 9_000, "not " * 9_000, "very good " * 9_000, "-’-"]
)
def test_hostile_sentences_get_a_tone_inside_the_bounds(text: str) -> None:
    assert -1 < tone(text) < 1


@pytest.mark.parametrize("language", ["", "EN", "ru", "zh", "und", "../tone_en"])
def test_a_language_without_a_list_reads_no_file(language: str) -> None:
    assert sentence_tones(["good", "bad"], language) == [None, None]


# Topics

GOAL = (
    "Rovers win the cup",
    "The striker scored in extra time and the coach praised the team before the fans.",
)
RATES = (
    "Bank raises rates",
    "The central bank raised its interest rate and shares of the company fell sharply.",
)
RAIN = ("Rain to follow", "Forecasters expect rain and gusty winds on Saturday, with snow on the high hills.")


@settings(deadline=None, max_examples=25)
@given(st.permutations([GOAL, RATES, RAIN, ("", ""), ("x", "y")]))
def test_topics_do_not_depend_on_the_neighbours(articles: list[tuple[str, str]]) -> None:
    together = score_topics([a for a, _ in articles], [b for _, b in articles], languages=["en"] * 5)
    for (title, text), found in zip(articles, together, strict=True):
        (alone,) = score_topics([title], [text], languages=["en"])
        assert [code for code, _ in found] == [code for code, _ in alone]
        assert [score for _, score in found] == pytest.approx([score for _, score in alone], abs=1e-5)


@settings(deadline=None, max_examples=25)
@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.sampled_from([GOAL, RATES, RAIN]))
def test_a_higher_threshold_gives_fewer_topics(one: float, other: float, article: tuple[str, str]) -> None:
    low, high = sorted((one, other))
    few = score_topics([article[0]], [article[1]], languages=["en"], threshold=high)[0]
    many = score_topics([article[0]], [article[1]], languages=["en"], threshold=low)[0]
    assert set(few) <= set(many)
    assert all(score >= high for _, score in few)


@settings(deadline=None, max_examples=25)
@given(
    st.sampled_from(["Sport", "Politics", "Weather", "Opinion", "", "Sport/Football", "a|b"]), st.floats(0, 1)
)
def test_no_topic_is_under_the_threshold_whatever_it_comes_from(section: str, threshold: float) -> None:
    for language in ("en", "lt"):
        (found,) = score_topics(
            [GOAL[0]], [GOAL[1]], sections=[section], languages=[language], threshold=threshold
        )
        assert all(score >= threshold for _, score in found)


@pytest.mark.parametrize("section", ["Fußball", "FUSSBALL", "fussball", "Sport", "SPORT", "sport"])
def test_a_section_is_known_however_it_is_written(section: str) -> None:
    (found,) = score_topics(["…"], ["…"], sections=[section], languages=["de"])
    assert [code for code, _ in found] == ["medtop:15000000"]


@pytest.mark.parametrize("section", ["Καιρός", "ΚΑΙΡΌΣ", "Wetter", "Weather"])
def test_the_weather_page_is_about_weather(section: str) -> None:
    (found,) = score_topics(["…"], ["…"], sections=[section], languages=["el"])
    assert [code for code, _ in found] == ["medtop:17000000"]


def test_a_tag_says_less_than_a_section_in_a_foreign_language() -> None:
    [[(_, by_tag)]] = score_topics(["…"], ["…"], tags=[["Sport"]], languages=["de"])
    [[(_, by_section)]] = score_topics(["…"], ["…"], sections=["Sport"], languages=["de"])
    assert by_tag < by_section


def test_a_tag_raises_its_topic() -> None:
    def sport(tags: list[str]) -> float:
        (found,) = score_topics([RAIN[0]], [RAIN[1]], tags=[tags], languages=["en"], threshold=0.0)
        return dict(found)["medtop:15000000"]

    assert sport(["Sport"]) > sport([])
    assert sport(["Sport", "Sport"]) == sport(["Sport"])


def test_no_article_gives_no_answer() -> None:
    assert score_topics([], []) == []
    assert rank_topics([], []) == []


def test_every_ranking_falls_and_stays_between_nothing_and_certainty() -> None:
    for ranking in rank_topics([GOAL[0], "", "x" * 5000], [GOAL[1], "", "\x00" * 100]):
        scores = [score for _, score in ranking]
        assert scores == sorted(scores, reverse=True)
        assert all(0.0 <= score <= 1.0 for score in scores)
        assert len(ranking) == len(load_weights()[0]) == len(topic_names())


def test_the_shipped_threshold_is_a_probability() -> None:
    assert 0.0 < THRESHOLD < 1.0


# Vectors


@settings(deadline=None, max_examples=40)
@given(st.lists(st.text(max_size=40), min_size=1, max_size=5))
def test_a_vector_is_the_same_alone_and_in_company(texts: list[str]) -> None:
    together = mean_vectors(texts)
    for row, text in enumerate(texts):
        assert np.array_equal(together[row], mean_vectors([text])[0])


@settings(deadline=None, max_examples=40)
@given(st.text(max_size=60).filter(str.strip))
def test_a_text_said_twice_points_the_same_way(text: str) -> None:
    once, twice = mean_vectors([text, f"{text} {text}"])
    assert float(once @ twice) > 0.5


def test_no_texts_give_no_rows() -> None:
    assert mean_vectors([]).shape == (0, 256)
    assert piece_ids("") == []


def test_a_long_text_is_neither_cut_nor_padded() -> None:
    assert len(piece_ids("river " * 3000)) >= 3000
    assert len(piece_ids("river")) <= 3
