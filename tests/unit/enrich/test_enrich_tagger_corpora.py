"""Reading training corpora and changing them: no name is lost, moved or renamed by accident."""

import functools
import importlib
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

REFERENCE = Path(__file__).parents[3] / "data" / "reference"


@pytest.fixture(scope="module", autouse=True)
def scripts() -> Iterator[None]:
    sys.path.insert(0, str(REFERENCE))
    yield
    sys.path.remove(str(REFERENCE))


def corpora() -> Any:
    return importlib.import_module("build_tagger_corpora")


def noise() -> Any:
    return importlib.import_module("build_tagger_noise")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "wikigold.conll").write_text(
        "-DOCSTART- O\n\nNora I-PER\nLind I-PER\nof O\nthe O\nBergen I-MISC\nTimes I-ORG\n\nShe O\nleft O\n\n"
        * 7
    )
    (tmp_path / "crossner_x.conll").write_text(
        "Ada\tB-writer\nKo\tI-writer\nled\tO\nPulp\tB-band\n.\tO\n\n" * 45
    )
    (tmp_path / "btc_a.conll").write_text("@\tB-PER\nada\tB-PER\nin\tO\nOslo\tB-LOC\n\n")
    (tmp_path / "uner_x.iob2").write_text(
        "# newdoc id = 1\n# text = Bo sat\n1\tBo\tB-PER\t-\tx\n2\tsat\tO\t-\t-\n"
    )
    return tmp_path


def test_every_article_is_for_training_or_held_out(folder: Path) -> None:
    train, held = corpora().read_corpora(folder)
    assert {name: len(texts) for name, texts in held.items()} == {"wikigold": 2, "uner_x": 1}
    assert [text.kind for text in train].count(0) == 5
    assert sum(len(text.sentences) for text in train if text.kind == 1) == 45
    assert [len(text.sentences) for text in train if text.kind == 1] == [20, 20, 5]


def test_tags_are_mapped_and_handles_name_nobody(folder: Path) -> None:
    train, held = corpora().read_corpora(folder)
    (tweet,) = [text for text in train if text.kind == 3]
    assert [tag for _, tag in tweet.sentences[0]] == ["O", "O", "O", "B-LOC"]
    edited = next(text for text in train if text.kind == 1)
    assert [tag for _, tag in edited.sentences[0]] == ["B-PER", "I-PER", "O", "B-ORG", "O"]
    assert [tag for _, tag in held["wikigold"][0].sentences[0]] == ["B-PER", "I-PER", "O", "O", "O", "B-ORG"]


def test_text_and_spans_fit_together() -> None:
    sentence = [
        ("the", "B-ORG"),
        ("UN", "I-ORG"),
        ("'s", "I-ORG"),
        ("man", "O"),
        ("(", "O"),
        ("Lee", "B-PER"),
        (")", "O"),
    ]
    text, spans = corpora().to_text([sentence, [("Rome", "B-LOC")]])
    assert text == "the UN's man (Lee)\nRome"
    assert [(text[a:b], label) for a, b, label in spans] == [("UN", "ORG"), ("Lee", "PER"), ("Rome", "LOC")]


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000))
def test_changed_text_keeps_its_other_words_and_its_kinds_of_names(seed: int) -> None:
    text = corpora().Text(
        (
            [("Ms", "O"), ("Lind", "B-PER"), ("left", "O"), ("Oslo", "B-LOC")],
            [("Lind", "B-PER"), ("smiled", "O")],
        ),
        0,
    )
    changed = noise().change(text, noise().Supply(*_supply()[:3], random.Random(seed)))
    assert [len(noise()._runs(s)) for s in changed.sentences] == [4, 2]
    labels = [label for s in changed.sentences for label, _ in noise()._runs(s) if label]
    assert labels == ["PER", "LOC", "PER"]
    assert changed.sentences[0][0][0].lower() == "ms"


@functools.cache
def _supply() -> tuple[Any, ...]:
    made = noise().make_supply([corpora().Text(([("Pulp", "B-ORG")],), 0)], 0)
    return made.names, made.organisations, made.templates, made


def test_every_template_can_be_filled() -> None:
    supply = _supply()[3]
    for template in supply.templates:
        sentence = noise()._fill(template, supply)
        assert all("{" not in word for word, _ in sentence)
        before = "O"
        for _, tag in sentence:
            assert tag[0] != "I" or before[2:] == tag[2:]
            before = tag
