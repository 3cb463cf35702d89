"""Tone: by sentence, with negation, never saturated, neutral for terms of the trade, silent without a word list."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.enrich.tone import LANGUAGES, article_tone, load_words, sentence_tones


def tone(sentence: str, language: str = "en") -> float:
    (value,) = sentence_tones([sentence], language)
    assert value is not None
    return value


@settings(deadline=None)
@given(st.lists(st.text(max_size=120), max_size=5), st.sampled_from(sorted(LANGUAGES)))
def test_every_sentence_gets_a_tone_inside_the_bounds(sentences: list[str], language: str) -> None:
    tones = sentence_tones(sentences, language)
    assert len(tones) == len(sentences)
    assert all(value is not None and -1 < value < 1 for value in tones)


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(["war", "massacre", "love", "not", "very", "the", "superb"]), min_size=1, max_size=300
    )
)
def test_no_heap_of_words_saturates(words: list[str]) -> None:
    assert abs(tone(" ".join(words))) < 0.97


@pytest.mark.parametrize(
    ("language", "good", "bad"),
    [
        ("en", "The rescue was a wonderful success.", "The rescue was a terrible failure."),
        ("de", "Die Rettung war ein großartiger Erfolg.", "Die Rettung ist schrecklich gescheitert."),
        ("fr", "Le sauvetage fut un succès formidable.", "Le sauvetage fut un échec terrible."),
        ("es", "El rescate fue un éxito maravilloso.", "El rescate fue un fracaso terrible."),
    ],
)
def test_good_news_sounds_better_than_bad_news(language: str, good: str, bad: str) -> None:
    assert tone(good, language) > 0.2
    assert tone(bad, language) < -0.2


@pytest.mark.parametrize(
    "sentence",
    [
        "The Security Council met on Monday to hear the envoy.",
        "The war crimes tribunal moved to another building.",
        "They talked about security guarantees and strike weapons systems.",
        "The central bank left its interest rate where it was.",
        "A novel set in the years after World War II has been translated.",
        "The Ministry of Defence published its organisation chart.",
        "The council met at nine and adjourned at noon.",
        "",
    ],
)
def test_terms_of_the_trade_are_neutral(sentence: str) -> None:
    assert tone(sentence) == 0.0


def test_negation_turns_and_weakens() -> None:
    assert tone("The talks were a failure.") < 0 < tone("The talks were not a failure.")
    assert tone("The plan is good.") > 0 > tone("The plan isn’t good.")
    assert abs(tone("The plan is not good.")) < tone("The plan is good.")


def test_degree_words_scale() -> None:
    assert (
        tone("The mood was slightly bleak.")
        > tone("The mood was bleak.")
        > tone("The mood was extremely bleak.")
    )


def test_a_language_without_a_list_gets_no_tone() -> None:
    assert sentence_tones(["Miesto taryba balsavo."], "lt") == [None]
    assert sentence_tones(["???"], "und") == [None]
    assert article_tone([None, None]) is None


def test_an_articles_tone_is_the_mean_of_its_sentences() -> None:
    assert article_tone([0.5, None, -0.1]) == pytest.approx(0.2)
    assert article_tone([]) is None


def test_a_sentence_is_judged_without_its_neighbours() -> None:
    sentences = ["The flood destroyed the village.", "Neighbours helped.", "The mayor thanked them."]
    assert sentence_tones(sentences, "en") == [tone(sentence) for sentence in sentences]


@pytest.mark.parametrize("word", ["health", "East", "painting", "shuttle", "against", "stable", "security"])
def test_words_that_only_begin_like_a_listed_one_do_not_mislead(word: str) -> None:
    assert tone(f"They looked at the {word} again.") >= 0


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_no_stem_is_so_short_that_it_catches_everything(language: str) -> None:
    words = load_words(language)
    assert min(map(len, words.stems)) >= 3
    assert all(-3 <= value <= 3 for value in (*words.exact.values(), *words.stems.values()))
    assert all(value < 0 for value in words.negations.values())
