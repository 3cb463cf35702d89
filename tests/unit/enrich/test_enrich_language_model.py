"""The language model of ours against the package that it was made from: the same numbers, in a tenth of the memory."""

from dataclasses import fields
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.enrich.language_model import find_sequences, load_languages, rank_labels

TEXTS = Path(__file__).parents[2] / "quality" / "texts" / "languages.tsv"
SENTENCES = [line.split("\t")[1] for line in TEXTS.read_text(encoding="utf-8").splitlines()[1:]]
WRITTEN = st.text(max_size=80) | st.sampled_from(SENTENCES) | st.sampled_from(SENTENCES).map(str.upper)
MODEL = load_languages()


@cache
def theirs():
    langid = pytest.importorskip("py3langid.langid")
    found = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)
    found.set_languages(sorted(set(MODEL.labels)))
    return found


@settings(deadline=None, max_examples=60)
@given(st.lists(WRITTEN, max_size=3).map(" ".join))
def test_every_label_gets_the_probability_that_the_package_gives_it(text: str) -> None:
    ours = rank_labels(text, len(theirs().labels))
    assert ours == theirs().rank(text)


@pytest.mark.parametrize(
    "text", ["", "\ud800 and so on", "e\u0301te\u0301", "ﬁ" * 40, "\x00\x01", *SENTENCES[:4]]
)
def test_odd_texts_get_the_probabilities_of_the_package_too(text: str) -> None:
    assert rank_labels(text, 12) == theirs().rank(text)[:12]


@settings(deadline=None)
@given(WRITTEN, st.integers(1, 200))
def test_the_likeliest_come_first_and_once(text: str, most: int) -> None:
    ranked = rank_labels(text, most)
    assert len(ranked) == min(most, len(set(MODEL.labels)))
    assert len({label for label, _ in ranked}) == len(ranked)
    chances = [chance for _, chance in ranked]
    assert chances == sorted(chances, reverse=True) and 0 <= sum(chances) < 1.001


@settings(deadline=None)
@given(st.binary(max_size=60) | WRITTEN.map(str.encode), st.binary(max_size=30))
def test_what_stands_in_front_changes_only_what_reaches_into_it(data: bytes, before: bytes) -> None:
    alone, behind = find_sequences(data, MODEL).tolist(), find_sequences(before + data, MODEL).tolist()
    same = max(0, len(alone) - 6)  # no sequence has more bytes
    assert alone[len(alone) - same :] == behind[len(behind) - same :]
    assert behind[: len(find_sequences(before, MODEL))] == find_sequences(before, MODEL).tolist()


def test_every_slot_of_the_trie_leads_back_to_the_root() -> None:
    slots = np.flatnonzero(MODEL.owner >= 0)
    for _ in range(6):
        slots = np.where(slots > 0, MODEL.owner[slots], 0)
    assert not slots.any()


def test_the_model_is_small_and_whole() -> None:
    arrays = [value for field in fields(MODEL) if isinstance(value := getattr(MODEL, field.name), np.ndarray)]
    assert sum(array.nbytes for array in arrays) < 9 * 2**20
    assert MODEL.starts[-1] == len(MODEL.above) and len(MODEL.starts) == len(MODEL.is_above) + 1
    assert MODEL.feature.max() == len(MODEL.is_above) - 1
    assert all(MODEL.labels[first] == MODEL.labels[place] for first, place in MODEL.again)
