"""Dates mentioned: resolved against the day of publication, no finer than written, never invented."""

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.enrich.mentioned_dates import find_mentioned_dates

PUBLISHED = date(2022, 2, 2)


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=300), st.sampled_from(["en", "de", "fr", "ru", "zh", "und"]))
def test_every_answer_is_an_iso_date_given_once(text: str, language: str) -> None:
    found = find_mentioned_dates(text, PUBLISHED, language)
    assert len(found) == len(set(found))
    assert all(re.fullmatch(r"\d{4}(-\d\d){0,2}", iso) for iso in found)


@settings(deadline=None)
@given(st.dates(date(1950, 1, 1), date(2049, 12, 31)))
def test_a_full_date_is_found_whatever_the_day(day: date) -> None:
    text = f"The bridge was opened on {day.day} {day:%B %Y} by the mayor."
    assert find_mentioned_dates(text, PUBLISHED, "en") == [day.isoformat()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The reply came on January 26, and the act dates from 1997.", ["2022-01-26", "1997"]),
        ("They met on March 8 and December 30.", ["2022-03-08", "2021-12-30"]),
        ("The 2016 referendum, World Cup 2026 and the election of 2024.", ["2016", "2026", "2024"]),
        ("From 2004 to 2007 she taught in Norwich (1999: London).", ["2004", "2007", "1999"]),
        ("In May 2023 it closed; on 3 March 2024 it opened again.", ["2023-05", "2024-03-03"]),
        ("About 2000 metres of cable, 1950 people and $2010 in cash.", []),
        ("The 2000 troops stayed near 1999 homes.", []),
        ("On Monday they may march again.", []),
        ("On 30 February nothing happened.", []),
        ("", []),
    ],
)
def test_english_dates(text: str, expected: list[str]) -> None:
    assert find_mentioned_dates(text, PUBLISHED, "en") == expected


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Die Antwort kam am 26. Januar, das Gesetz stammt aus dem Jahr 1997."),
        ("fr", "La réponse est arrivée le 26 janvier et la loi date de l’année 1997."),
        ("es", "La respuesta llegó el 26 de enero y la ley se firmó en 1997."),
        ("ru", "Ответ пришёл 26 января, а закон подписали в 1997 году."),
        ("zh", "答复于1月26日送达，法律签署于1997年。"),
    ],
)
def test_other_languages(language: str, text: str) -> None:
    assert find_mentioned_dates(text, PUBLISHED, language) == ["2022-01-26", "1997"]


def test_a_day_without_a_year_needs_the_day_of_publication() -> None:
    assert find_mentioned_dates("It came on January 26.", None, "en") == []
    assert find_mentioned_dates("It came on December 30.", date(2022, 1, 3), "en") == ["2021-12-30"]
