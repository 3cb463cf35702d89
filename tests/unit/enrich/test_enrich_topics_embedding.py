"""Static vectors: unit length, order-free, read from the installed package and nowhere else."""

import importlib.util
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.enrich import embedding
from tasks.enrich.embedding import DIMENSIONS, load_vectors, mean_vectors, piece_ids
from tasks.errors import ConfigError


@settings(deadline=None, max_examples=80)
@given(st.lists(st.text(max_size=60), max_size=4))
def test_every_text_gets_a_unit_vector_or_zeros(texts: list[str]) -> None:
    vectors = mean_vectors(texts)
    assert vectors.shape == (len(texts), DIMENSIONS)
    assert vectors.dtype == np.float32
    lengths = np.linalg.norm(vectors, axis=1)
    for text, length in zip(texts, lengths, strict=True):
        assert length == pytest.approx(1.0 if piece_ids(text) else 0.0, abs=1e-4)


@settings(deadline=None, max_examples=40)
@given(st.text(max_size=80))
def test_pieces_are_rows_of_the_table(text: str) -> None:
    assert all(0 <= number < len(load_vectors()) for number in piece_ids(text))


def test_a_vector_does_not_depend_on_the_neighbours() -> None:
    texts = ["The river rose.", "", "Shares fell."]
    assert np.array_equal(mean_vectors(texts)[2], mean_vectors(texts[2:])[0])


def test_like_sentences_lie_closer_than_unlike_ones() -> None:
    goal, match, rates = mean_vectors(
        ["The striker scored a goal.", "The team won the match.", "The bank raised interest rates."]
    )
    assert goal @ match > goal @ rates


def test_a_half_surrogate_is_answered() -> None:
    assert mean_vectors(["\ud800 abc"]).any()


def test_a_missing_table_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match="constraints"):
        embedding._package_file("weights", "none")


def test_the_model_class_is_not_loaded() -> None:
    assert importlib.util.find_spec("wordllama") is not None
    assert not hasattr(embedding, "WordLlama")


def test_vectors_are_float32_however_they_are_asked_for() -> None:
    vectors = load_vectors()
    whole = vectors[[5, 7, 5]]
    assert whole.dtype == vectors[7].dtype == np.float32
    assert whole.shape == (3, DIMENSIONS) and len(vectors) == 32_000
    assert np.array_equal(whole[:, :64], vectors[[5, 7, 5], :64])
    assert np.array_equal(whole, vectors.halves[[5, 7, 5]])


@pytest.mark.parametrize("held", ["F32", "BF16"])
def test_a_package_with_other_vectors_is_named(held, tmp_path, monkeypatch) -> None:
    header = json.dumps(
        {"embedding.weight": {"dtype": held, "shape": [1, 2], "data_offsets": [0, 8]}}
    ).encode()
    path = tmp_path / "vectors.safetensors"
    path.write_bytes(len(header).to_bytes(8, "little") + header + bytes(8))
    monkeypatch.setattr(embedding, "_package_file", lambda *_: str(path))
    with pytest.raises(ConfigError, match=f"holds {held}"):
        load_vectors.__wrapped__()
