"""Language: every language a followed outlet may publish in, and silence where there is nothing to go by."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.enrich.language import UNKNOWN, detect_languages

TEXTS = Path(__file__).parents[2] / "quality" / "texts" / "languages.tsv"
SENTENCES = dict(line.split("\t") for line in TEXTS.read_text(encoding="utf-8").splitlines()[1:])


@pytest.mark.slow
@settings(deadline=None, max_examples=60)
@given(st.lists(st.text(max_size=80), max_size=4))
def test_every_text_gets_one_code_and_one_probability(texts: list[str]) -> None:
    found = detect_languages(texts)
    assert len(found) == len(texts)
    assert all(2 <= len(code) <= 3 and 0.0 <= score <= 1.0 for code, score in found)


@pytest.mark.parametrize(("language", "sentence"), SENTENCES.items())
def test_one_sentence_is_enough(language: str, sentence: str) -> None:
    assert detect_languages([sentence])[0][0] == language


@pytest.mark.parametrize(
    "text",
    ["", " ", "1,234.5 – 67%", "OK", "https://example.com/a?b=c", "\ud800\udfff" * 40, "\x00" * 50,
     "zkq xvb wpf jrt mnh glk sdf qwz pxc", "Lorem ipsum dolor sit amet consectetur adipiscing elit"],
)  # fmt: skip
def test_nothing_to_go_by_is_undetermined(text: str) -> None:
    assert detect_languages([text])[0][0] == UNKNOWN


def test_the_answer_does_not_depend_on_the_neighbours() -> None:
    texts = list(SENTENCES.values())
    assert detect_languages(texts) == [detect_languages([text])[0] for text in texts]
    assert detect_languages(texts[::-1])[::-1] == detect_languages(texts)


def test_a_foreign_quotation_does_not_change_the_language() -> None:
    text = f"{SENTENCES['en']} “{SENTENCES['fr'][:50]}”, the mayor said in the council chamber. {SENTENCES['en']}"
    assert detect_languages([text])[0][0] == "en"


def test_a_very_long_text_costs_no_more_than_its_beginning() -> None:
    assert detect_languages([SENTENCES["de"] + " " + SENTENCES["fr"] * 10_000])[0][0] in ("de", "fr")
