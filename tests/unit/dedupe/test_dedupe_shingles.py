"""Shingles and sketches: what is kept of a text, and that it is kept wherever the same words stand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.dedupe.shingles import (
    DENSE,
    MAX_WORDS,
    SHINGLE,
    SKETCH,
    clip,
    cut_shingles,
    digests,
    is_sampled,
    read,
    sample,
    sketch,
    unique,
)
from tasks.dedupe.words import cut_words

_QUICK = settings(max_examples=30, deadline=None)
_WORDS = st.lists(st.sampled_from([f"w{n}" for n in range(40)]), max_size=90)


def _shingles(words):
    return cut_shingles(cut_words([" ".join(words)])).hashes.tolist()


@given(st.lists(_WORDS, max_size=6))
@_QUICK
def test_shingles_are_every_three_words_of_each_text(texts):
    cut = cut_shingles(cut_words([" ".join(words) for words in texts]))
    assert np.diff(cut.starts).tolist() == [max(0, len(words) - SHINGLE + 1) for words in texts]
    by_words = {}
    for number, words in enumerate(texts):
        triples = [tuple(words[at : at + SHINGLE]) for at in range(len(words) - SHINGLE + 1)]
        for triple, value in zip(triples, cut.of(number).tolist(), strict=True):
            assert by_words.setdefault(triple, value) == value
    assert len(set(by_words.values())) == len(by_words)


@given(_WORDS, _WORDS, _WORDS)
@_QUICK
def test_a_part_keeps_what_the_whole_keeps_of_it(before, part, after):
    whole, alone = before + part + after, part
    sampled = lambda words: sample(cut_shingles(cut_words([" ".join(words)]))).hashes  # noqa: E731
    kept_of_part = {h for h in _shingles(part) if is_sampled(np.array([h], np.uint64))[0]}
    assert kept_of_part <= set(sampled(whole).tolist())
    assert kept_of_part <= set(sampled(alone).tolist())


@given(st.lists(_WORDS, min_size=1, max_size=6))
@_QUICK
def test_samples_are_ascending_without_repeats_and_of_their_own_text(texts):
    cut = cut_shingles(cut_words([" ".join(words) for words in texts]))
    kept = sample(cut)
    for number in range(len(texts)):
        own = kept.of(number).tolist()
        assert own == sorted(set(own))
        everything = cut.of(number)
        if len(everything) <= DENSE:
            assert own == sorted(set(everything.tolist()))
        else:
            assert own == sorted(set(everything[is_sampled(everything)].tolist()))


def test_one_shingle_in_eight_is_kept_of_a_long_text():
    text = " ".join(f"word{n}" for n in range(8000))
    kept = sample(cut_shingles(cut_words([text])))
    assert 850 < len(kept.hashes) < 1150


@given(_WORDS, _WORDS)
@_QUICK
def test_digests_are_equal_for_equal_words_only(one, other):
    found = digests(cut_words([" ".join(one), " ".join(other), "  ".join(w.upper() for w in one)]))
    assert found[0] == found[2]
    assert (found[0] == found[1]) == (one == other)


def test_a_digest_minds_the_order_of_words():
    found = digests(cut_words(["ferry harbour", "harbour ferry", "", "ferry harbour ferry"]))
    assert len(set(found.tolist())) == 4
    assert found[2] == 0


def test_only_the_first_words_of_an_endless_text_are_compared():
    words = clip(cut_words(["a b", "x " * (MAX_WORDS + 500), "c"]))
    assert words.counts.tolist() == [2, MAX_WORDS, 1]
    assert words.hashes[-1] == cut_words(["c"]).hashes[0]


def test_the_digest_of_an_endless_text_minds_its_end():
    long = "x " * MAX_WORDS
    reading = read([long + "one end", long + "other end"])
    assert reading.digests[0] != reading.digests[1]
    assert reading.counts.tolist() == [MAX_WORDS + 2] * 2


def test_a_sketch_is_a_table_of_its_contract(newsroom):
    table = sketch([7, 9], [newsroom.report(1), ""])
    assert table.schema == SKETCH.schema
    rows = table.to_pylist()
    assert [row["article_id"] for row in rows] == [7, 9]
    assert rows[0]["word_count"] == 100
    assert len(rows[0]["shingles"]) > 3
    assert rows[1] == {"article_id": 9, "digest": 0, "word_count": 0, "shingles": []}


def test_no_texts_make_an_empty_sketch():
    assert sketch([], []).num_rows == 0


def test_a_profile_holds_the_shingles_in_order_and_as_a_set():
    reading = read(["a b c a b c", "x"])
    profile = reading.packed.profile(0)
    assert len(profile.sequence) == 4
    assert profile.sequence[0] == profile.sequence[3]
    assert profile.shingles.tolist() == sorted(set(profile.sequence.tolist()))
    assert profile.words == 6
    assert len(reading.packed.profile(1).shingles) == 0


def test_figures_are_numbers_with_the_two_words_before():
    one, other, third, fourth = (read([text]).packed.profile(0).figures.tolist() for text in (
        "a high of 20 and a low of 9",
        "a low of 9 after a high of 20",
        "a high of 9 and a low of 20",
        "20 9 boats",
    ))  # fmt: skip
    assert sorted(one) == sorted(other)
    assert not set(one) & set(third)
    assert fourth == []


def test_figures_belong_to_their_own_text():
    packed = read(["none here at all", "some of 5 and of 6", "", "of them 7"]).packed
    assert [len(packed.profile(number).figures) for number in range(4)] == [0, 2, 0, 1]


@pytest.mark.parametrize("values", [[], [3], [3, 1, 3, 2, 1]])
def test_unique_sorts_and_drops_repeats(values):
    assert unique(np.array(values, np.uint32)).tolist() == sorted(set(values))


def test_scripts_without_spaces_have_shingles_of_five_characters():
    one = set(_shingles(["港口恢复通航三天"]))
    other = set(_shingles(["北方港口恢复通航"]))
    assert len(one) == 6
    assert one & other
