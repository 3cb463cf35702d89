"""The tagger: spans that lie in the text, the same for every neighbour, and the plain cases right."""

import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.enrich.tagger import load_model, tag
from tasks.enrich.tagger_agreement import agree, is_careful, temper
from tasks.enrich.tagger_features import (
    FORMS,
    STATIC,
    USES,
    document_features,
    form,
    hashed_forms,
    static_vectors,
)
from tasks.enrich.tagger_names import (
    ANY_CASE,
    CLASSES,
    LONGEST,
    WIDTH,
    load_names,
    look_up,
    name_features,
    read_word,
)
from tasks.enrich.tagger_network import TAGS, Inputs, best_tags, emissions
from tasks.enrich.tagger_tokens import MAX_SENTENCE, fold, tokenize

WORDS = "Mr. Dr. J. London said U.S. 's ( ) \" . ? ! the New York É ß 日本 \n - AT&T U.S.-led"
TEXTS = st.one_of(
    st.text(max_size=120),
    st.lists(st.sampled_from(re.split(" ", WORDS))).map(" ".join),
)  # fmt: skip


def found(text: str) -> set[tuple[str, str]]:
    return {(text[start:end], label) for start, end, label in tag([text])[0]}


@settings(deadline=None, max_examples=60)
@given(st.lists(TEXTS, max_size=4))
def test_spans_lie_in_their_text_in_order_and_apart(texts: list[str]) -> None:
    answers = tag(texts)
    assert len(answers) == len(texts)
    for text, spans in zip(texts, answers, strict=True):
        last = 0
        for start, end, label in spans:
            assert last <= start < end <= len(text)
            assert text[start:end].strip() == text[start:end]
            assert label in ("PER", "ORG", "LOC")
            last = end


@settings(deadline=None, max_examples=100)
@given(TEXTS)
def test_words_cover_everything_but_white_space(text: str) -> None:
    tokens = tokenize(text)
    assert "".join(tokens.words) == "".join(text.split())
    assert all(text[a:b] == word for a, b, word in zip(tokens.starts, tokens.ends, tokens.words, strict=True))
    assert list(tokens.sentence_ends) == sorted(set(tokens.sentence_ends))
    assert (tokens.sentence_ends[-1:] or (0,))[0] == len(tokens.words)


@settings(deadline=None, max_examples=25)
@given(st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_the_best_path_is_the_best_of_all_paths(length: int, seed: int) -> None:
    layers = load_model().layers
    random = np.random.default_rng(seed)
    ends = [min(3, length), length] if length > 3 else [length]
    scores = random.normal(size=(length, len(TAGS))).astype(np.float32) * 4
    tags = best_tags(scores, ends, layers)

    def value(path: list[int]) -> float:
        steps = sum(layers.transitions[a, b] for a, b in pairwise(path))
        return float(layers.first[path[0]] + scores[range(len(path)), path].sum() + steps)

    best = tags[: ends[0]].tolist()
    for _ in range(50):
        assert value(random.integers(0, len(TAGS), len(best)).tolist()) <= value(best) + 1e-4


def test_a_text_is_read_the_same_alone_and_among_others() -> None:
    texts = [
        "",
        "Nadia Weston of Harbour Rovers flew to Lisbon.",
        " ",
        "It rained in Oslo. " * 30,
        "No names here.",
    ]
    assert tag(texts) == [tag([text])[0] for text in texts]
    assert tag(texts[::-1])[::-1] == tag(texts)


def test_the_batch_agrees_with_one_sentence_at_a_time() -> None:
    layers = load_model().layers
    readers, hidden, _ = layers.output.shape
    random = np.random.default_rng(0)
    memory = random.normal(size=(readers, 20, 4 * hidden)).astype(np.float32)
    local = random.normal(size=(60, layers.recurrent.shape[1] - hidden)).astype(np.float32)
    rows = random.integers(0, 20, 60)
    ends = [7, 8, 30, 31, 60]
    together = emissions(Inputs(rows, memory, local), ends, layers)
    starts = [0, *ends[:-1]]
    alone = [
        emissions(Inputs(rows[a:b], memory, local[a:b]), [b - a], layers)
        for a, b in zip(starts, ends, strict=True)
    ]
    assert np.allclose(together, np.concatenate(alone), atol=1e-4)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("President Vladimir Putin met Viktor Orban in Moscow on Tuesday.",
         {("Vladimir Putin", "PER"), ("Viktor Orban", "PER"), ("Moscow", "LOC")}),
        ("The European Union and NATO urged Russia to withdraw from Ukraine.",
         {("European Union", "ORG"), ("NATO", "ORG"), ("Russia", "LOC"), ("Ukraine", "LOC")}),
        ("Shares in Microsoft fell in New York after the announcement.", {("Microsoft", "ORG"), ("New York", "LOC")}),
        ("The meeting was held on Monday and nobody came.", set()),
        ("Kenyan and North Korean diplomats left.", set()),
    ],
)  # fmt: skip
def test_plain_cases(text: str, expected: set[tuple[str, str]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    "text", ["\x00\ud800", "A" * 5000, "(" * 500, "\u202e\u0301", "ﷺ 𝔘𝔫𝔦 İı", "a\n" * 2000]
)
def test_hostile_text_is_answered(text: str) -> None:
    assert isinstance(tag([text])[0], list)


def test_sentences_end_at_lines_and_stops_and_never_grow_long() -> None:
    assert tokenize("Mr. J. Smith of the U.S. spoke. He left\nand (sat).").sentence_ends == (8, 10, 15)
    tokens = tokenize("word " * 500)
    ends = tokens.sentence_ends
    assert max(b - a for a, b in zip((0, *ends), ends, strict=False)) <= MAX_SENTENCE


def test_the_possessive_and_marks_are_words_of_their_own() -> None:
    assert tokenize("Orban's AT&T (J.R.R. Tolkien) U.S.-led @she won't 3.5% café’s").words == (
        "Orban", "'s", "AT&T", "(", "J.R.R.", "Tolkien", ")", "U.S.-led", "@she", "won't", "3.5", "%", "café", "’s",
    )  # fmt: skip


def test_look_up_features_mark_where_a_name_begins_and_goes_on() -> None:
    words = ["New", "York", "and", "new", "york", "President"]
    features = name_features(words, [fold(word) for word in words])
    assert features.shape == (6, WIDTH)
    city = 2 * CLASSES.index("city")
    assert features[:, city].tolist()[:2] != [0.0, 0.0] or features[:, city + 2].any()
    assert not features[3:5, 2 * CLASSES.index("town")].any()
    assert features[5, 2 * CLASSES.index("title")] == 1.0


def test_every_name_is_stored_as_it_is_looked_up() -> None:
    names = [name for name, _ in load_names()]
    assert len(names) > 100_000
    assert all(name == fold(name) for name in names[::500])


def test_every_name_is_within_reach_of_its_first_word() -> None:
    for name, _ in list(load_names())[::50]:
        assert look_up(name.split(" ")[0]).reach >= min(name.count(" ") + 1, LONGEST), name


def test_what_is_a_name_in_lower_case_is_one_word() -> None:
    names = [name for name, said in load_names() if not set(said.split("\t")[0].split()).isdisjoint(ANY_CASE)]
    assert len(names) > 50 and not any(" " in name for name in names)


def test_a_line_says_classes_and_how_far_names_reach() -> None:
    assert read_word("first last") == (0b11, 1)
    assert read_word("\t4") == (0, 4)
    assert look_up("no such word") == (0, 0)
    assert look_up("north korea").bits and not look_up("north korea").reach


def test_only_titles_and_heads_are_names_in_lower_case() -> None:
    words = ["the", "Minister", "and", "minister", "of", "north", "korea", "North", "Korea"]
    features = name_features(words, [fold(word) for word in words])
    title, country = 2 * CLASSES.index("title"), 2 * CLASSES.index("country")
    assert features[:, title].tolist() == [0, 1, 0, 1, 0, 0, 0, 0, 0]
    assert features[5:, country].tolist() == [0, 0, 1, 0] and features[5:, country + 1].tolist() == [
        0,
        0,
        0,
        1,
    ]


@given(st.text(min_size=1, max_size=30))
def test_a_word_has_as_many_features_as_the_model_expects(word: str) -> None:
    assert len(form(word)) == FORMS
    assert len(hashed_forms(word)) == 9


def test_the_use_of_a_word_is_seen_across_the_text() -> None:
    tokens = tokenize("Rose smiled. They saw Rose. The sun rose.")
    features = document_features(tokens, [fold(word) for word in tokens.words])
    assert features.shape == (len(tokens.words), USES)
    first = features[0]
    assert first[0] == 1 and first[2] == 1 and first[3] == 1


def test_recurring_words_are_drawn_together_and_others_left_alone() -> None:
    scores = np.zeros((3, len(TAGS)), dtype=np.float32)
    scores[0, 1] = 9.0
    drawn = agree(scores, ["Kovar", "ran", "Kovar"], ["kovar", "ran", "kovar"])
    assert drawn[2, 1] > drawn[2, 3]
    assert (drawn[1] == scores[1]).all()
    assert (agree(scores, ["Kovar", "ran", "Lind"], ["kovar", "ran", "lind"]) == scores).all()


def test_small_letters_name_nothing_where_capitals_can_be_relied_on() -> None:
    scores = np.zeros((4, len(TAGS)), dtype=np.float32)
    words = ["The", "steel", "of", "Essen"]
    assert is_careful(words, [0])
    careful = temper(scores, words)
    assert careful[1, 3] < scores[1, 3] and careful[1, 4] < scores[1, 4]
    assert careful[2, 3] < scores[2, 3] and careful[2, 4] == scores[2, 4]
    assert (careful[:, 0] > scores[:, 0]).all() and (careful[3, 1:] == scores[3, 1:]).all()


@pytest.mark.parametrize("text", ["i like tampa Bay", "the steel of Essen", "( steel of iron"])
def test_without_care_small_letters_may_name(text: str) -> None:
    assert not is_careful(text.split(), [0])


def test_careful_and_careless_texts_are_read_as_other_kinds() -> None:
    careless, careful = load_model().layers.recurrent[:, -2], load_model().layers.recurrent[:, -1]
    assert not np.allclose(careless, careful)


def test_a_text_of_more_words_than_are_remembered_is_read_to_its_end() -> None:
    rare = " ".join(f"w{number}" for number in range(8_500))
    text = f"{rare}.\n\nPresident Vladimir Putin met Viktor Orban in Moscow on Tuesday."
    names = {text[start:end] for start, end, _ in tag([text])[0]}
    assert {"Vladimir Putin", "Viktor Orban", "Moscow"} <= names


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.text(min_size=1, max_size=12).map(lambda word: "".join(word.split()) or "x"),
        min_size=1,
        max_size=30,
    )
)
def test_words_get_the_same_vectors_together_and_alone(words: list[str]) -> None:
    together = static_vectors(words)
    assert together.shape == (len(words), 2 * STATIC)
    assert np.allclose(together, np.concatenate([static_vectors([word]) for word in words]), atol=1e-4)
