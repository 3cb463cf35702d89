"""Repeated paragraphs of one source: set apart at head and tail, never in the middle, never an article itself."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.dedupe.paragraphs import REPEATS, Span, body_spans, cut_bodies

_MENU = "Home News Sport Weather Sign in"
_PLEA = "Support our newsroom: subscribe for 3 a month."
_LEGAL = "Printed in the harbour. All rights are kept by us."


@pytest.fixture
def report(newsroom):
    return newsroom.report


def _bodies(texts, source="Harbour Post"):
    return cut_bodies(texts, body_spans([source] * len(texts), texts))


def test_a_menu_and_a_plea_around_different_reports_are_set_apart(report):
    texts = [f"{_MENU}\n{report(n)}\n{_PLEA}" for n in range(4)]
    assert [body.strip() for body in _bodies(texts)] == [report(n) for n in range(4)]


def test_several_paragraphs_of_furniture_go_together(report):
    texts = [f"{_MENU}\n\n{_PLEA}\n\n{report(n)}\n\n{_PLEA}\n{_LEGAL}\n{_MENU}\n" for n in range(4)]
    assert [body.strip() for body in _bodies(texts)] == [report(n) for n in range(4)]


def test_furniture_with_a_date_is_known_by_its_words(report):
    texts = [f"Edition of {n} March\n{report(n)}" for n in range(4)]
    assert [body.strip() for body in _bodies(texts)] == [report(n) for n in range(4)]


def test_a_paragraph_full_of_figures_is_news_in_a_fixed_form(report):
    texts = [f"{report(n)}\nHigh of {n}, low of {n}, wind {n}, rain {n}" for n in range(5)]
    assert _bodies(texts) == texts


def test_one_article_published_five_times_keeps_its_opening(report):
    texts = [report(1) + f"\nUpdate {n}: {report(50 + n, 1)}" for n in range(5)]
    assert _bodies(texts) == texts


def test_the_same_text_over_and_over_keeps_everything(report):
    texts = [report(1)] * 6
    assert _bodies(texts) == texts


def test_what_recurs_in_the_middle_stays(report):
    texts = [f"{report(n, 2)}\n{_PLEA}\n{report(100 + n, 2)}" for n in range(6)]
    assert _bodies(texts) == texts


def test_two_of_a_kind_are_not_enough(report):
    texts = [f"{_MENU}\n{report(n)}" for n in range(REPEATS - 1)]
    assert _bodies(texts) == texts


def test_another_sources_furniture_does_not_count(report):
    texts = [f"{_MENU}\n{report(n)}" for n in range(6)]
    spans = body_spans([f"Paper {n % 3}" for n in range(6)], texts)
    assert cut_bodies(texts, spans) == texts


def test_furniture_is_never_the_larger_part_of_a_text(report):
    long_plea = report(77, 1, 60)
    texts = [f"{long_plea}\nShort note {word}" for word in ("ferry", "bridge", "quay", "crane")]
    assert _bodies(texts) == texts


def test_a_long_paragraph_is_no_furniture(report):
    long = report(77, 1, 120)
    texts = [f"{long}\n{report(n, 8)}" for n in range(5)]
    assert _bodies(texts) == texts


@pytest.mark.parametrize("text", ["", "\n", "\n\n\n", " ", "one", "one\n", "\none"])
def test_texts_of_hardly_anything_come_through(text):
    assert _bodies([text] * 5) == [text] * 5


@given(
    st.lists(
        st.lists(
            st.sampled_from([_MENU, _PLEA, _LEGAL, "Ferry sinks.", "Bridge opens.", "", "9"]), max_size=7
        ),
        max_size=9,
    )
)
@settings(max_examples=60, deadline=None)
def test_what_remains_is_one_stretch_of_at_least_half_the_text(texts):
    joined = ["\n".join(lines) for lines in texts]
    spans = body_spans(["x"] * len(joined), joined)
    for text, (start, end) in zip(joined, spans, strict=True):
        assert 0 <= start <= end <= len(text)
        assert 2 * (end - start) >= len(text)
        assert start == 0 or text[start - 1] == "\n"


def test_nothing_gives_nothing():
    assert body_spans([], []) == []
    assert cut_bodies(["abc"], [Span(1, 2)]) == ["b"]
