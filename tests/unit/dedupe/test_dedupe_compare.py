"""The exact check: numbers that can be counted by hand, and what makes two texts one report or two."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.dedupe.compare import (
    DAY,
    DedupeOptions,
    Facts,
    decide,
    is_other_form,
    overlap,
    shares_passages,
)
from tasks.dedupe.shingles import read

_OPTIONS = DedupeOptions()


def _profiles(*texts):
    packed = read(texts).packed
    return [packed.profile(number) for number in range(len(texts))]


def _decide(one, other, days=0.0, options=_OPTIONS, **more):
    reading = read([one, other])
    earlier, later = (
        Facts(int(at * DAY), more.get("source", n), more.get("url", 0), more.get("lead", 0), int(d), int(c))
        for n, (at, d, c) in enumerate(zip((0, days), reading.digests, reading.counts, strict=True), 1)
    )
    return decide(earlier, later, reading.packed.profile(0), reading.packed.profile(1), options)


@given(
    st.lists(st.sampled_from([f"w{n}" for n in range(12)]), max_size=40),
    st.lists(st.sampled_from([f"w{n}" for n in range(12)]), max_size=40),
)
@settings(max_examples=60, deadline=None)
def test_overlap_is_what_sets_of_three_words_have_in_common(one, other):
    sets = [{tuple(w[at : at + 3]) for at in range(len(w) - 2)} for w in (one, other)]
    found = overlap(*_profiles(" ".join(one), " ".join(other)))
    shared = len(sets[0] & sets[1])
    assert found.shared == shared
    if all(sets):
        assert found.similarity == pytest.approx(shared / len(sets[0] | sets[1]))
        assert found.containment == pytest.approx(shared / min(map(len, sets)))
    else:
        assert found.similarity == found.containment == 0


def test_the_same_words_are_an_exact_copy(newsroom):
    text = newsroom.report(1)
    match = _decide(text, text.upper().replace(" ", "  "))
    assert (match.kind, match.similarity, match.containment) == ("exact", 1.0, 1.0)


def test_a_new_opening_makes_a_near_copy(newsroom):
    lines = newsroom.report(1).split("\n")
    match = _decide("\n".join(lines), "\n".join([newsroom.report(9, 1), *lines[1:]]))
    assert match.kind == "near"
    assert 0.4 < match.similarity < match.containment < 0.8


def test_a_piece_taken_whole_is_a_part(newsroom):
    text = newsroom.report(1)
    match = _decide(text, text.split("\n")[0])
    assert (match.kind, match.containment) == ("part", 1.0)
    assert match.similarity == pytest.approx(23 / 98, abs=0.01)


def test_a_longer_text_around_the_report_is_also_a_part(newsroom):
    assert _decide(newsroom.report(1, 2), newsroom.report(1, 2) + "\n" + newsroom.report(2, 2)).kind == "part"


def test_a_later_text_at_the_same_page_is_an_update(newsroom):
    lines = newsroom.report(1).split("\n")
    other = "\n".join([newsroom.report(9, 1), *lines[:2], newsroom.report(10, 1)])
    assert _decide("\n".join(lines), other, url=77).kind == "update"


def test_the_same_lead_in_the_same_source_is_an_update(newsroom):
    text = newsroom.report(1)
    other = text + "\n" + newsroom.report(9, 1)
    assert _decide(text, other, source=5, lead=6).kind == "update"
    assert _decide(text, other, lead=6).kind == "near"
    assert _decide(text, other, source=5).kind == "near"


def test_the_same_page_with_another_text_is_another_article(newsroom):
    assert _decide(newsroom.report(1), newsroom.report(2), url=77) is None


def test_short_texts_are_nobodys_copy():
    for text in ("Loading...", "403 Forbidden", "Subscribe to read the full article", ""):
        assert _decide(text, text) is None


def test_a_short_text_in_a_long_one_is_no_copy(newsroom):
    text = newsroom.report(1)
    assert _decide(text, " ".join(text.split()[:9])) is None


def test_what_is_far_apart_must_share_more(newsroom):
    lines = newsroom.report(1, 6).split("\n")
    other = "\n".join(lines[:3] + newsroom.report(9, 3).split("\n"))
    assert 0.4 < _decide("\n".join(lines), other).containment < 0.55
    assert _decide("\n".join(lines), other, days=30) is None
    nearly = "\n".join(lines[:4] + newsroom.report(9, 2).split("\n"))
    assert _decide("\n".join(lines), nearly, days=30)
    assert _decide("\n".join(lines), nearly, days=80) is None
    assert _decide("\n".join(lines), "\n".join(lines[:5]), days=80)


def test_the_same_report_years_apart_is_still_a_copy(newsroom):
    assert _decide(newsroom.report(1), newsroom.report(1), days=4000).kind == "exact"


def test_a_follow_up_over_the_same_background_is_other_news(newsroom):
    background = newsroom.report(3, 3, 30)
    one, other = newsroom.report(1, 3, 30) + "\n" + background, newsroom.report(2, 2, 30) + "\n" + background
    assert _decide(one, other) is None
    assert _decide(other, one) is None


def test_days_later_new_paragraphs_over_old_background_are_other_news(newsroom):
    background = newsroom.report(3, 3, 30)
    news = newsroom.report(2, 2, 30) + "\n" + background
    assert _decide(background + "\n" + newsroom.report(1, 3, 30), news, days=1).kind == "near"
    assert _decide(background + "\n" + newsroom.report(1, 3, 30), news, days=6) is None
    assert _decide(background, news, days=6), "the whole of an older text is in it"


def test_a_copy_with_a_local_opening_is_no_follow_up(newsroom):
    text = newsroom.report(1)
    other = newsroom.report(2, 2) + "\n" + text
    assert _decide(text, other)


_FORECAST = (
    "The weather service expects a high of {} degrees and a low of {} degrees in the harbour with a {} percent "
    "chance of rain. Winds come from the sea at {} miles per hour with gusts of up to {} miles. Humidity stands at {} percent."
)


def test_a_form_with_other_figures_is_another_article():
    one, other = _FORECAST.format(20, 9, 30, 12, 25, 60), _FORECAST.format(23, 11, 35, 15, 31, 71)
    assert is_other_form(*_profiles(one, other), overlap(*_profiles(one, other)))
    assert _decide(one, other) is None


def test_a_form_with_one_figure_put_right_is_a_copy():
    one, other = _FORECAST.format(20, 9, 30, 12, 25, 60), _FORECAST.format(20, 9, 30, 12, 25, 61)
    assert _decide(one, other).kind == "near"


def test_an_update_with_other_figures_has_something_new_to_say(newsroom):
    one = _FORECAST.format(20, 9, 30, 12, 25, 60) + "\n" + newsroom.report(1, 2)
    other = (
        newsroom.report(2, 1) + "\n" + _FORECAST.format(23, 11, 35, 15, 31, 71) + "\n" + newsroom.report(1, 2)
    )
    assert _decide(one, other)


def test_phrases_all_over_prove_nothing(newsroom):
    words, others = newsroom.report(1, 1, 200).split(), newsroom.report(2, 1, 200).split()
    mixed = [w if at % 10 < 5 else o for at, (w, o) in enumerate(zip(words, others, strict=True))]
    one, other = _profiles(" ".join(words), " ".join(mixed))
    assert 0.25 < overlap(one, other).containment < 0.4
    assert not shares_passages(one, other)
    assert _decide(" ".join(words), " ".join(mixed)) is None


def test_passages_prove_a_copy_that_shares_little(newsroom):
    lines = newsroom.report(1, 6).split("\n")
    other = "\n".join(lines[:2] + newsroom.report(9, 3).split("\n"))
    one, two = _profiles("\n".join(lines), other)
    assert 0.3 < overlap(one, two).containment < 0.4
    assert shares_passages(one, two)
    assert _decide("\n".join(lines), other)


def test_texts_without_anything_in_common_are_two_reports(newsroom):
    assert overlap(*_profiles(newsroom.report(1), newsroom.report(2))).shared == 0
    assert _decide(newsroom.report(1), newsroom.report(2)) is None


def test_no_window_means_any_time():
    assert DedupeOptions(window_days=None).window > 10_000 * 365 * DAY
    assert DedupeOptions(window_days=90).window == 90 * DAY


def test_the_numbers_of_a_match_are_those_that_are_stored(newsroom):
    import numpy as np

    text = newsroom.report(1)
    match = _decide(text, text + "\n" + newsroom.report(5, 1))
    assert np.float32(match.similarity) == match.similarity
    assert np.float32(match.containment) == match.containment
