"""Dates written for people: every language's own form, and refusal rather than a guess."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.clean.dates import choose_dates, parse_date, read_stamps
from tasks.dates import find_dates
from tasks.dates_words import base_language, fold, month_of, names_of

LANGUAGES = (
    "en en-US en-GB de de-AT fr es pt pt-BR it nl sv nb nn da fi is et lt pl cs sk hu ro sl hr sr mk bg ru uk be el tr ka hy "
    "ca gl sq id ms fil ja ko zh hi bn ta te th vi af sw ar kk cy lb"
)
DAYS = st.dates(min_value=date(1990, 1, 2), max_value=date(2060, 12, 30))


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(DAYS)
def test_the_long_form_of_every_language_is_read(day: date) -> None:
    babel = pytest.importorskip("babel.dates", reason="babel comes with trafilatura")
    wrong = []
    for language in LANGUAGES.split():
        for style in ("long", "full"):
            written = babel.format_date(day, style, locale=language.replace("-", "_"))
            parsed = parse_date(written, None, language)
            if parsed is None or parsed.on != day:
                wrong.append((language, written, parsed))
    assert not wrong


@settings(max_examples=50, deadline=None)
@given(DAYS, st.times().map(lambda t: t.replace(second=0, microsecond=0)))
def test_times_beside_a_written_day_are_read(day: date, at: object) -> None:
    moment = datetime.combine(day, at)  # type: ignore[arg-type]
    forms = [
        (f"{day.day}. {['März', 'Mai'][day.month % 2]} {day.year}, {moment:%H:%M} Uhr", "de"),
        (f"{day.day} mars {day.year} à {moment:%H}h{moment:%M}", "fr"),
        (f"{day.day} марта {day.year}, {moment:%H:%M}", "ru"),
        (f"{moment:%H:%M}, {day.day} de marzo de {day.year}", "es"),
        (f"{day.year}年3月{day.day}日 {moment:%H:%M}", "zh"),
        (f"{day.day} Mar {day.year}, {moment:%I:%M %p}", "en"),
        (f"{day.day}.3.{day.year} klo {moment:%H.%M}", "fi"),
    ]
    for text, language in forms:
        parsed = parse_date(text, None, language)
        assert parsed is not None and parsed.at is not None, text
        assert (parsed.at.hour, parsed.at.minute, parsed.at.day, parsed.at.year) == (
            moment.hour,
            moment.minute,
            day.day,
            day.year,
        ), text


@pytest.mark.parametrize(
    ("value", "language", "local"),
    [
        ("02 February, 2022, 12:00 pm", "en", "2022-02-02T12:00"),
        ("12. März 2024, 14:05 Uhr", "de", "2024-03-12T14:05"),
        ("14:05 Uhr, 12. März 2024", "de", "2024-03-12T14:05"),
        ("Stand: Dienstag, 12.03.2024, 9 Uhr", "de", "2024-03-12T09:00"),
        ("3 févr. 2024 à 09h12", "fr", "2024-02-03T09:12"),
        ("Publié le 1er août 2024 à 9h", "fr", "2024-08-01T09:00"),
        ("2 de febrero de 2022", "es", "2022-02-02"),
        ("5 de març de 2024", "ca", "2024-03-05"),
        ("13 d’abril del 2024", "ca", "2024-04-13"),
        ("2024年3月5日 10:20", "zh", "2024-03-05T10:20"),
        ("2024年3月5日(火) 15時20分", "ja", "2024-03-05T15:20"),
        ("午後3時20分 2024年3月5日", "ja", "2024-03-05T15:20"),
        ("2024년 3월 5일 오후 3:20", "ko", "2024-03-05T15:20"),
        ("입력 2024.03.05 15:20", "ko", "2024-03-05T15:20"),
        ("5 мая 2023, 12:00", "ru", "2023-05-05T12:00"),
        ("12:00, 5 мая 2023 года", "ru", "2023-05-05T12:00"),
        ("5 березня 2024, 10:20", "uk", "2024-03-05T10:20"),
        ("5 Mart 2024 Salı 10:20", "tr", "2024-03-05T10:20"),
        ("05 MAYIS 2024", "tr", "2024-05-05"),
        ("5 marca 2024, 10:20", "pl", "2024-03-05T10:20"),
        ("5 listopada 2024", "pl", "2024-11-05"),
        ("5 listopada 2024", "hr", "2024-10-05"),
        ("5 mars 2024 kl. 10.20", "sv", "2024-03-05T10:20"),
        ("5. mars 2024 kl. 10:20", "no", "2024-03-05T10:20"),
        ("5.3.2024 klo 10.20", "fi", "2024-03-05T10:20"),
        ("5 maart 2024 om 10:20 uur", "nl", "2024-03-05T10:20"),
        ("5 de março de 2024 às 10h20", "pt-BR", "2024-03-05T10:20"),
        ("5 marzo 2024 alle 10:20", "it", "2024-03-05T10:20"),
        ("Selasa, 5 Maret 2024 10:20 WIB", "id", "2024-03-05T10:20"),
        ("Thứ ba, 5/3/2024, 10:20 (GMT+7)", "vi", "2024-03-05T10:20"),
        ("ngày 5 tháng 3 năm 2024", "vi", "2024-03-05"),
        ("٥ مارس ٢٠٢٤", "ar", "2024-03-05"),
        ("5 آذار/مارس 2024", "ar", "2024-03-05"),
        ("2024 m. kovo 5 d. 10:20", "lt", "2024-03-05T10:20"),
        ("2024. március 5., 10:20", "hu", "2024-03-05T10:20"),
        ("2024. gada 5. marts", "lv", "2024-03-05"),
        ("5. märtsil 2024 kell 10.20", "et", "2024-03-05T10:20"),
        ("5. 3. 2024", "cs", "2024-03-05"),
        ("5 martie 2024, ora 10:20", "ro", "2024-03-05T10:20"),
        ("5 Μαρτίου 2024, 10:20 μ.μ.", "el", "2024-03-05T22:20"),
        ("5 มีนาคม 2567 10:20 น.", "th", "2024-03-05T10:20"),
        ("Updated 12:05 a.m. ET, Tue March 5, 2024", "en", "2024-03-05T00:05"),
        ("Sept. 5, 2024", "en", "2024-09-05"),
        ("12-Feb-2024 15:04 IST", "en", "2024-02-12T15:04"),
        ("3 März 2024", "en", "2024-03-03"),
        ("By Nobody Inparticular | March 2019", "en", "2019-03"),
    ],
)
def test_forms_that_news_pages_use(value: str, language: str, local: str) -> None:
    parsed = parse_date(value, None, language)
    assert parsed is not None and parsed.local == local


@pytest.mark.parametrize(
    ("language", "zone", "day"),
    [("en-US", None, date(2024, 3, 4)), ("en", "America/Chicago", date(2024, 3, 4)), ("en-GB", "America/Chicago", date(2024, 4, 3)),
     ("en", None, date(2024, 4, 3)), ("de", None, date(2024, 4, 3)), (None, "Europe/London", date(2024, 4, 3)), (None, None, None)],
)  # fmt: skip
def test_the_order_of_a_numeric_date_is_the_languages_or_the_date_is_refused(
    language: str | None, zone: str | None, day: date | None
) -> None:
    parsed = parse_date("03/04/2024", zone, language)
    assert (parsed.on if parsed else None) == day


def test_a_day_above_twelve_or_dots_or_the_future_settle_the_order() -> None:
    assert (p := parse_date("03/14/2024")) and p.on == date(2024, 3, 14)
    assert (p := parse_date("14/03/2024", language="en-US")) and p.on == date(2024, 3, 14)
    assert (p := parse_date("03.04.2024", language="en-US")) and p.on == date(2024, 4, 3)
    assert (p := parse_date("03/04/2024", reference=datetime(2024, 3, 10))) and p.on == date(2024, 3, 4)
    assert parse_date("03/04/2024", reference=datetime(2024, 5, 10)) is None


@pytest.mark.parametrize(
    "text",
    ["Feb 30 2024", "32 March 2024", "10.2.20.24", "call 030/12/2024-55", "1:2:3", "May", "you may 18", "12:30", "v2.3.2024.1", "3 out of 10",
     "Copyright 2024 Made Up Media", "5 listopada 2024"],
)  # fmt: skip
def test_what_is_no_sure_date_is_refused(text: str) -> None:
    assert parse_date(text) is None


def test_abbreviations_with_two_meanings_follow_the_source() -> None:
    india, israel = (
        parse_date("5 Mar 2024 12:00 IST", None, "en"),
        parse_date("5 Mar 2024 12:00 IST", "Asia/Jerusalem", "en"),
    )
    assert india and israel and india.at and israel.at
    assert (india.at.hour, india.at.minute, israel.at.hour) == (6, 30, 10)


def test_dates_in_running_text_need_a_reference_for_their_year() -> None:
    text = "Responses came on January 26. Since 1997 some 1997 troops, costing $1998, stayed; on 20 December they left (2001)."
    found = {text[s:e]: p.local for s, e, p in find_dates(text, "en", None, datetime(2022, 2, 2))}
    assert found == {"January 26": "2022-01-26", "1997": "1997", "20 December": "2021-12-20", "2001": "2001"}
    assert [text[s:e] for s, e, _ in find_dates(text, "en")] == ["1997", "2001"]


@settings(deadline=None)
@given(st.text(max_size=200), st.sampled_from([None, "en", "hu", "zh"]))
def test_spans_in_running_text_are_in_order_and_inside(text: str, language: str | None) -> None:
    last = 0
    for start, end, _ in find_dates(text, language, "UTC", datetime(2022, 2, 2)):
        assert last <= start < end <= len(text)
        last = end


def test_a_date_does_not_reach_across_lines() -> None:
    assert find_dates("He was 12\nMarch 5, 2024 came", "en")[0][:2] == (10, 23)


def test_labels_tell_publication_from_change() -> None:
    lines = {
        "Published: 2 Feb 2022, 12:00 | Last modified: 2 Feb 2022, 12:40": [False, True],
        "Aktualisiert am 06.03.2024 10:00 Erstellt am 05.03.2024": [True, False],
        "Publié le 5 mars 2024 à 10h00, mis à jour le 6 mars 2024 à 11h00": [False, True],
        "5 мая 2023, 12:00 (обновлено 6 мая 2023, 13:00)": [False, True],
        "更新时间：2024年3月5日 10:20": [True],
    }
    assert {line: [s.is_modified for s in read_stamps(line)] for line in lines} == lines


def test_a_change_before_the_publication_is_no_change() -> None:
    early, late = parse_date("2024-03-05T10:00Z"), parse_date("2024-03-06T10:00Z")
    assert choose_dates([late], [early]) == (late, None)
    assert choose_dates([early], [early, late]) == (early, late)
    assert choose_dates([None], [late]) == (None, late)


def test_the_more_exact_of_two_publications_of_one_day_is_kept() -> None:
    day, minute = parse_date("2024-03-05"), parse_date("2024-03-05T10:00Z")
    assert choose_dates([day, minute], []) == (minute, None)
    other = parse_date("2024-03-07T10:00Z")
    assert choose_dates([day, other], []) == (day, None)


def test_names_are_folded_and_conflicts_between_languages_are_no_names() -> None:
    assert fold("MÄRZ.") == fold("märz") == "marz"
    assert base_language("zh-Hant-TW") == "zh" and base_language("no") == "nb" and base_language("") is None
    assert (
        month_of("listopad", None) is None
        and month_of("listopad", "cs") == 11
        and month_of("listopad", "hr") == 10
    )
    assert len({*names_of(None).months.values()}) == 13


def test_an_instant_is_utc() -> None:
    parsed = parse_date("5 March 2024, 10:20 CET", None, "en")
    assert parsed is not None and parsed.at is not None and parsed.at.tzinfo is UTC
