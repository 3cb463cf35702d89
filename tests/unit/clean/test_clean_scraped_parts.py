"""Headline, section, standfirst, bylines, tags and refusals: each from a few lines that isolate it."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.clean.scraped import Scraped, clean_scraped
from tasks.clean.scraped_authors import find_authors
from tasks.clean.scraped_body import find_body
from tasks.clean.scraped_lines import read_lines
from tasks.clean.scraped_shape import join_wrapped, split_lines, word_stems
from tasks.clean.scraped_title import clean_title
from tasks.reasons import Reason

BODY = [
    "The harbour crane of Port Merrow will be moved before the winter storms, the harbour master said on Tuesday.",
    "It takes four tugs, two tides and a licence that nobody had asked for since 1974.",
    "“We have practised with a model in the bath,” said Tamsin Oldcastle, who leads the work.",
    "The crane has stood on the north quay since 1951 and was painted green eleven times.",
]
HEADLINE = "Harbour crane of Port Merrow moves before winter"


def clean_page(head: list[str], tail: list[str] | None = None, body: list[str] | None = None) -> Scraped:
    """A page with *head* above and *tail* below the text."""
    return clean_scraped("\n".join([*head, *(body or BODY), *(tail or [])]), None, "en-GB")


@pytest.mark.parametrize(
    "head",
    [
        [HEADLINE],
        ["News", "Sport", "Culture", HEADLINE, "By Odile Brackwater", "14 November 2023"],
        [HEADLINE, HEADLINE, "14 November 2023"],
        ["Gulls steal a whole cake from the mayor", HEADLINE, "14 November 2023"],
        [f"{HEADLINE} | The Merrow Gazette", "14 November 2023"],
        [f"{HEADLINE} - The Merrow Gazette", "Menu", HEADLINE, "14 November 2023"],
        [f"The Merrow Gazette | {HEADLINE}", "Menu", HEADLINE, "14 November 2023"],
        [
            HEADLINE,
            "A machine of 300 tonnes goes for a walk, and the harbour master counts the tides",
            "14 November 2023",
        ],
        ["Photo: A. Nobody", HEADLINE, "Facebook", "Copy link"],
    ],
)
def test_the_headline_is_found_among_what_stands_above_the_text(head: list[str]) -> None:
    cleaned = clean_page(head)
    assert cleaned.title == HEADLINE
    assert cleaned.text == "\n".join(BODY)


def test_a_page_without_a_headline_has_none() -> None:
    assert clean_page([]).title is None
    assert clean_page(["News", "Sport"]).title is None


def test_the_outlets_name_goes_only_where_it_is_known_to_be_one() -> None:
    lines = read_lines("Crane moved - what the harbour master did not say\nMenu")
    assert clean_title(lines, 0) == "Crane moved - what the harbour master did not say"


@pytest.mark.parametrize(
    ("head", "section"),
    [
        (["Local news", HEADLINE, "14 November 2023"], "Local news"),
        ([HEADLINE, "Business", "14 November 2023"], "Business"),
        (["Home > Business > Shipping", HEADLINE], "Shipping"),
        (["Home › Business", HEADLINE], "Business"),
        (["News", "Sport", "Culture", "Travel", HEADLINE], None),
        (["News", "Sport", "Culture", "Sport", HEADLINE], "Sport"),
        ([HEADLINE, "By Odile Brackwater", "14 November 2023"], None),
        ([HEADLINE], None),
    ],
)
def test_the_section_is_a_crumb_or_a_word_beside_the_headline_and_no_menu(
    head: list[str], section: str | None
) -> None:
    assert clean_page(head).section == section


def test_a_standfirst_set_apart_is_the_lead_and_not_the_text() -> None:
    standfirst = "Four tugs and two tides are needed, and a licence from another age."
    cleaned = clean_page([HEADLINE, standfirst, "By Odile Brackwater", "14 November 2023, 17:42"])
    assert cleaned.lead == standfirst
    assert cleaned.text == "\n".join(BODY)
    assert clean_page([HEADLINE, "14 November 2023"]).lead is None


def test_a_standfirst_that_nothing_sets_apart_stays_in_the_text() -> None:
    standfirst = "Four tugs and two tides are needed, and a licence from another age."
    assert clean_page([HEADLINE, standfirst]).text.startswith(standfirst)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("By Odile Brackwater", ["Odile Brackwater"]),
        ("By Odile Brackwater and Wilf Tansley", ["Odile Brackwater", "Wilf Tansley"]),
        (
            "By Odile Brackwater, Wilf Tansley & Tamsin Oldcastle",
            ["Odile Brackwater", "Wilf Tansley", "Tamsin Oldcastle"],
        ),
        ("By Odile Brackwater | 14 November 2023", ["Odile Brackwater"]),
        ("Von Liesbeth Kornfeld und Konrad Silberdistel", ["Liesbeth Kornfeld", "Konrad Silberdistel"]),
        ("Автор: Прасковья Ветлугина", ["Прасковья Ветлугина"]),
        ("记者 林小荷", ["林小荷"]),
        ("Odile Brackwater - The Gazette", ["Odile Brackwater"]),
        ("Odile Brackwater - harbour watcher", []),
        ("By our staff reporter", []),
        ("By News Desk", []),
        ("By", []),
        ("Odile Brackwater", []),
        ("By the time the crane had moved it was Tuesday, and nobody cheered.", []),
    ],
)
def test_bylines_give_names(line: str, names: list[str]) -> None:
    assert find_authors(read_lines(line, None, "en"), {"the gazette"}) == names


def test_a_name_may_stand_on_the_line_after_the_word() -> None:
    assert find_authors(read_lines("Von\nLiesbeth Kornfeld\nFahrwasser"), ()) == ["Liesbeth Kornfeld"]


def test_each_author_is_named_once() -> None:
    assert find_authors(read_lines("By Odile Brackwater\nBy Odile Brackwater"), ()) == ["Odile Brackwater"]


@pytest.mark.parametrize(
    ("tail", "tags"),
    [
        (["Tags: crane, Port Merrow, harbour"], ["crane", "Port Merrow", "harbour"]),
        (["Topics", "crane", "Port Merrow", "Comments", "one two"], ["crane", "Port Merrow"]),
        (["Etiquetas: grúa; puerto"], ["grúa", "puerto"]),
        (["crane / Port Merrow"], ["crane", "Port Merrow"]),
        (["World / Business / Weather"], []),
        (["#crane #harbour_master"], ["crane", "harbour master"]),
        (["crane", "Port Merrow", "Related stories"], ["crane", "Port Merrow"]),
        (["crane"], []),
        (["Comments", "Tags: crane, tide"], []),
        ([], []),
    ],
)
def test_tags_are_labelled_or_words_of_the_text(tail: list[str], tags: list[str]) -> None:
    assert clean_page([HEADLINE], tail).tags == tags


@pytest.mark.parametrize(
    ("head", "tail", "dates"),
    [
        (
            ["Published: 14 November 2023, 17:42", "Updated: 15 November 2023, 08:00"],
            [],
            ("2023-11-14T17:42", "2023-11-15T08:00"),
        ),
        (
            ["Updated: 15 November 2023, 08:00", "Published: 14 November 2023, 17:42"],
            [],
            ("2023-11-14T17:42", "2023-11-15T08:00"),
        ),
        (["By Odile Brackwater | 14 November 2023"], [], ("2023-11-14", None)),
        ([], ["14 November 2023"], ("2023-11-14", None)),
        ([], ["Comments", "a", "b", "c", "d", "e", "f", "g", "14 November 2023"], (None, None)),
        (["14 November 1823"], [], (None, None)),
        (["14 November 2023", "14 November 2023, 17:42"], [], ("2023-11-14T17:42", None)),
    ],
)
def test_dates_of_the_page(head: list[str], tail: list[str], dates: tuple[str | None, str | None]) -> None:
    cleaned = clean_page([HEADLINE, *head], tail)
    assert (cleaned.published, cleaned.modified) == dates


def test_the_day_above_a_page_yields_to_the_date_under_its_headline() -> None:
    cleaned = clean_page(
        ["Wednesday, 3 December 2025", "News", HEADLINE, "by Odile Brackwater | 5 November 2024"]
    )
    assert cleaned.published == "2024-11-05"


@pytest.mark.parametrize(
    "box",
    [
        ["Advertisement"],
        ["Sign up for our newsletter."],
        ["Read more: The model in the bath"],
        ["Related stories", "Gull steals cake", "Mayor buys another"],
        ["The tug Perseverance at work. Photo: A. Nobody"],
        ["Advertisement", "The tug Perseverance at work. Photo: A. Nobody", "Advertisement"],
    ],
)
def test_a_box_between_paragraphs_is_cut_and_the_text_goes_on(box: list[str]) -> None:
    cleaned = clean_page([HEADLINE, "14 November 2023"], body=[*BODY[:2], *box, *BODY[2:]])
    assert cleaned.text == "\n".join(BODY)


@pytest.mark.parametrize(
    "box", [["How it is done"], ["Advertisement", "How it is done"], ["How it is done:"]]
)
def test_a_heading_between_paragraphs_is_kept(box: list[str]) -> None:
    cleaned = clean_page([HEADLINE, "14 November 2023"], body=[*BODY[:2], *box, *BODY[2:]])
    assert box[-1] in cleaned.text.split("\n")


def test_lines_of_a_template_are_cut_however_often_they_come() -> None:
    note = "This content could not be loaded because of your settings."
    mixed = [line for paragraph in BODY for line in (paragraph, note)]
    assert clean_page([HEADLINE, "14 November 2023"], body=mixed).text == "\n".join(BODY)


def test_comments_longer_than_the_text_are_not_the_text() -> None:
    comment = "I remember the day it came, and my grandfather said then that it would never move an inch, whoever asked."
    comments = [
        line
        for n in range(12)
        for line in (f"reader{n}", f"{n + 1} hours ago", f"{comment} So much for number {n}.")
    ]
    assert clean_page([HEADLINE, "14 November 2023"], ["Comments", *comments]).text == "\n".join(BODY)


def test_a_panel_about_cookies_longer_than_the_text_is_not_the_text() -> None:
    panel = [
        f"These cookies are of kind {n} and let us and our partners store personal data on your device to measure what you read, "
        "to show personalised ads and to improve services, and you can withdraw consent in the settings at any time."
        for n in range(8)
    ]
    assert clean_page([HEADLINE, "14 November 2023"], ["Privacy settings", *panel]).text == "\n".join(BODY)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("404\nPage not found\nThe page you requested has moved or never was.", Reason.ERROR_PAGE),
        ("Seite nicht gefunden\nLeider gibt es hier nichts zu sehen.", Reason.ERROR_PAGE),
        (
            "We value your privacy\nWe use cookies and share personal data with our partners.\nAccept all\nManage consent",
            Reason.CONSENT_WALL,
        ),
        (
            "\n".join(
                f"Headline number {w} of many\n{n} hours ago" for n, w in enumerate("abcdefghijklmnop", 1)
            ),
            Reason.INDEX_PAGE,
        ),
        ("Home\nSport\nWeather", Reason.NO_TEXT),
        ("Ferry late\nThe ferry was an hour late on Tuesday.", Reason.TOO_SHORT),
        ("\n \n", Reason.EMPTY),
    ],
)
def test_pages_that_are_no_articles_say_why(text: str, reason: Reason) -> None:
    assert clean_scraped(text).drop_reason == reason


def test_an_article_about_cookies_or_missing_pages_is_one() -> None:
    about = ["Page not found: how the archive of Port Merrow lost its maps", "14 November 2023"]
    body = [
        f"{line} Nobody had asked for their consent, and no cookies were served with the tea."
        for line in BODY * 2
    ]
    body = [f"{line} It was day {n}." for n, line in enumerate(body)]
    assert clean_page(about, body=body).drop_reason is None


WIDTHS = st.integers(45, 80)


@settings(max_examples=40, deadline=None)
@given(WIDTHS)
def test_wrapping_at_any_width_changes_no_word_of_the_text(width: int) -> None:
    long = [f"{one} {other}" for one, other in zip(BODY, [*BODY[1:], BODY[0]], strict=True)]
    wrapped = ["\n".join(textwrap.wrap(paragraph, width)) for paragraph in long]
    page = "\n\n".join([HEADLINE, "14 November 2023", *wrapped, "Comments"])
    assert clean_scraped(page, None, "en-GB").text == "\n".join(long)


@settings(deadline=None)
@given(st.lists(st.text(alphabet="ab \n.", max_size=60), max_size=20))
def test_joining_wrapped_lines_loses_no_line(raw: list[str]) -> None:
    lines = [line.strip() for line in split_lines("\n".join(raw))]
    pieces = join_wrapped(lines)
    covered = [number for start, end, _ in pieces for number in range(start, end + 1)]
    assert covered == [number for number, line in enumerate(lines, 1) if line]
    assert " ".join(text for _, _, text in pieces).split() == " ".join(lines).split()


def test_stems_match_inflected_forms_and_pairs_of_dense_scripts() -> None:
    assert word_stems("Straßenbahnen") & word_stems("Straßenbahn")
    assert word_stems("图书馆") == {"图书", "书馆"}
    assert word_stems("of it") == frozenset()


def test_no_sentence_means_no_body() -> None:
    assert find_body(read_lines("Home\nSport")) is None
    assert find_body([]) is None
