"""Cutting texts into words: what folding forgives, and that a text's words depend on that text alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.dedupe.folding import DELETED, LETTER, SEPARATOR, UNSPACED, folding, repair, unescape
from tasks.dedupe.words import cut_words, mix, offsets

_QUICK = settings(max_examples=40, deadline=None)
_ANY_TEXT = st.text(max_size=60) | st.text("ab &;'’ é中\n\u00ad1", max_size=60)


def _hashes(text):
    return cut_words([text]).hashes.tolist()


@given(st.lists(_ANY_TEXT, max_size=8))
@_QUICK
def test_a_text_has_the_same_words_among_any_others(texts):
    together = cut_words(texts)
    alone = [cut_words([text]) for text in texts]
    assert together.counts.tolist() == [len(words.hashes) for words in alone]
    assert together.hashes.tolist() == [h for words in alone for h in words.hashes.tolist()]
    assert together.numeric.tolist() == [n for words in alone for n in words.numeric.tolist()]


@given(st.lists(st.sampled_from("harbour ferry Ferry 12 bridge café".split()), max_size=12))
@_QUICK
def test_equal_words_have_equal_hashes_and_others_do_not(words):
    hashes = _hashes(" ".join(words))
    assert len(hashes) == len(words)
    by_word = {}
    for word, number in zip(words, hashes, strict=True):
        assert by_word.setdefault(word.casefold(), number) == number
    assert len(set(by_word.values())) == len(by_word)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The FERRY left", "the ferry left"),
        ("Café à la crème", "cafe a la creme"),
        ("the ferry's crew", "the ferry’s crew"),
        ("fish &amp; chips", "fish & chips"),
        ("fish &amp;amp; chips", "fish & chips"),
        ("5 &lt; 6 &#x27;tons&#39;", "5 < 6 'tons'"),
        ("caf&eacute; &ndash; bar", "café – bar"),
        ("two&nbsp;words", "two words"),
        ("two\u00a0words", "two words"),
        ("har\u00adbour", "harbour"),
        ("har\u200bbour", "harbour"),
        ("ﬁrst oﬀer ﬂoods", "first offer floods"),
        ("ＡＢＣ １２", "ABC 12"),
        ("cafe\u0301", "café"),
        ("the crewâ€™s â€œquietâ€\x9d nightâ€”over", "the crew’s “quiet” night—over"),
        ("CafÃ© am FluÃŸ", "Café am Fluß"),
        ("Straße", "straße"),
        ("one,two;three", "one two three"),
        ("one\n\n\ttwo", "one two"),
        ("Ελλάδα", "ΕΛΛΑΔΑ"),
        ("Москва", "МОСКВА"),
    ],
)
def test_what_happens_to_letters_on_the_way_makes_no_other_text(one, other):
    assert _hashes(one) == _hashes(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("ferry", "ferries"), ("12", "21"), ("ab c", "a bc"), ("ship dock", "dock ship"), ("в", "b"), ("", "a")],
)
def test_other_words_are_other_words(one, other):
    assert _hashes(one) != _hashes(other)


def test_a_script_without_spaces_has_one_word_per_character():
    words = cut_words(["港口恢复通航 now 港口"])
    assert words.counts.tolist() == [9]
    assert len(set(words.hashes.tolist())) == 9


def test_characters_of_a_script_without_spaces_are_told_by_what_follows():
    one, other = _hashes("港口恢复"), _hashes("港口关闭")
    assert one[0] != other[0]
    assert _hashes("港口恢复通航")[:2] == one[:2]


@pytest.mark.parametrize("text", ["สวัสดีชาวโลก", "ສະບາຍດີ", "မင်္ဂလာပါ", "សួស្តី", "ひらがな", "カタカナ"])
def test_other_scripts_without_spaces_are_known(text):
    assert cut_words([text]).counts[0] > 1


def test_korean_is_written_with_spaces():
    assert cut_words(["항구가 다시 열렸다"]).counts.tolist() == [3]


def test_numbers_are_told_from_words():
    assert cut_words(["12 boats, 3rd of 4, x9"]).numeric.tolist() == [True, False, True, False, True, False]


@pytest.mark.parametrize(
    "text", ["", " ", "\n", "...", "\u00ad", "\0", "’", "\ud800", "\udfff x", "&", "&;", "&#xffffff;"]
)
def test_odd_texts_are_cut_without_complaint(text):
    assert cut_words([text, "after"]).hashes[-1] == _hashes("after")[0]


def test_no_text_at_all_has_no_words():
    words = cut_words([])
    assert words.counts.tolist() == []
    assert words.starts.tolist() == [0]


def test_a_text_longer_than_a_block_is_cut_whole():
    long = "harbour ferry " * 40_000
    words = cut_words(["before", long, "after"])
    assert words.counts.tolist() == [1, 80_000, 1]
    assert len(set(words.hashes.tolist())) == 4


def test_an_ascii_text_has_the_same_words_beside_a_wide_character():
    assert _hashes("The harbour's 12 ferries — all") == _hashes("The harbour's 12 ferries - all")


def test_repair_leaves_sound_text_alone():
    for text in ("Ångström, naïve, garçon, señor, Ørsted", "Âge d’or", "100 € — “ja”", "ÃO PAULO"):
        assert repair(text) == text


def test_repair_reads_broken_bytes_again():
    assert repair("naÃ¯ve â€“ fÃ¼r") == "naïve – für"
    assert repair("closing quoteâ€ lost") == 'closing quote" lost'


def test_unescape_leaves_text_without_entities_alone():
    text = "A & B; C"
    assert unescape(text) == text


def test_folding_knows_every_class():
    kind, letter = folding()
    assert kind[ord(" ")] == SEPARATOR
    assert kind[ord("x")] == LETTER
    assert kind[ord("'")] == DELETED
    assert kind[ord("港")] == UNSPACED
    assert chr(letter[ord("É")]) == "e"
    assert chr(letter[ord("Ａ")]) == "a"


def test_mixing_keeps_values_apart():
    values = np.arange(100_000, dtype=np.uint64)
    assert len(np.unique(mix(values))) == len(values)


def test_offsets_begin_at_nothing():
    assert offsets(np.array([2, 0, 3])).tolist() == [0, 2, 2, 5]
    assert offsets(np.array([], np.int64)).tolist() == [0]
