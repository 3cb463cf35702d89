"""Scraped text: laws that hold for any text, golden pages of many kinds, hostile input."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.clean.scraped import Scraped, clean_scraped
from tasks.clean.scraped_lines import read_lines
from tasks.clean.scraped_shape import split_lines
from tasks.clean.scraped_words import hints_at_pitch
from tasks.reasons import Reason

GOLDEN = Path(__file__).parents[2] / "golden" / "scraped"
PAGES = sorted(GOLDEN.glob("*.json"))
SHARED = Path(__file__).parents[4] / "shared" / "eval"

SENTENCES = st.sampled_from(
    [
        "The harbour master said on Tuesday that the crane would be moved before the winter storms begin.",
        "„Das haben wir uns anders vorgestellt“, sagte die Bürgermeisterin am Rande der Sitzung im Rathaus.",
        "Los vecinos reunieron el dinero en once días y fundaron una cooperativa con ciento ochenta socios.",
        "Работы останавливали трижды, рассказал инженер, который забивал здесь первую сваю девятнадцать лет назад.",
        "图书馆每天开放到晚上九点，周一闭馆，下个月起每周六下午还将举办朗读活动，欢迎居民参加。",
        "“Nobody wanted to spend the weekend on a picket line in the rain,” she said.",
        "The agreement runs until October, when both sides will meet again to review what it has cost them.",
    ]
)
FURNITURE = st.sampled_from(
    ["Home", "Sport", "Teilen", "Facebook", "Kommentare", "2 hours ago", "3h | Panorama", "Photo: A. Nobody", "Related News", "12:40", "1", "|",
     "Goat elected honorary mayor", "Читайте также: о погоде", "Sign up to our newsletter.", "14 November 2023", "© Nobody Ltd", "MOST VIEWED", ""]
)  # fmt: skip
JUMBLES = st.lists(st.one_of(SENTENCES, FURNITURE, st.text(max_size=60)), max_size=40).map("\n".join)


def clean_golden(path: Path) -> tuple[dict[str, Any], str, Scraped]:
    """The gold, the text and the cleaned page of one golden file."""
    gold = json.loads(path.read_text(encoding="utf-8"))
    text = path.with_suffix(".txt").read_text(encoding="utf-8")
    return gold, text, clean_scraped(text, gold.get("zone"), gold.get("language"))


@settings(max_examples=50, deadline=None)
@given(JUMBLES)
def test_kept_lines_are_a_subsequence_of_the_page(text: str) -> None:
    cleaned, page = clean_scraped(text), split_lines(text)
    assert list(cleaned.lines) == sorted(set(cleaned.lines))
    assert cleaned.text.split() == " ".join(page[number - 1] for number in cleaned.lines).split()


@settings(max_examples=50, deadline=None)
@given(JUMBLES)
def test_cleaning_the_output_again_keeps_it(text: str) -> None:
    once = clean_scraped(text).text
    assert clean_scraped(once).text == once


@settings(max_examples=50, deadline=None)
@given(JUMBLES)
def test_no_sentence_between_the_first_and_last_kept_line_is_lost_but_copies_and_calls(text: str) -> None:
    cleaned = clean_scraped(text)
    if cleaned.lines:
        inside = [line for line in read_lines(text) if cleaned.lines[0] < line.number < cleaned.lines[-1]]
        lost = [line for line in inside if line.kind == "sentence" and line.number not in cleaned.lines]
        assert all(
            line.copies > 1
            or hints_at_pitch(line.key)
            or (cleaned.title and line.text.startswith(cleaned.title[:20]))
            for line in lost
        )


@pytest.mark.slow
@settings(max_examples=50, deadline=None)
@given(JUMBLES)
def test_neither_blank_lines_nor_line_ends_nor_indents_matter(text: str) -> None:
    spread = "\n\n".join(text.split("\n"))
    assert clean_scraped(spread).text == clean_scraped(text).text
    assert (
        clean_scraped(text.replace("\r", "").replace("\n", "\r\n")).text
        == clean_scraped(text.replace("\r", "")).text
    )
    assert clean_scraped("\n".join("  " + line for line in text.split("\n"))).text == clean_scraped(text).text


@pytest.mark.slow
@settings(deadline=None)
@given(
    st.text(max_size=300),
    st.sampled_from([None, "Asia/Dhaka", "nowhere"]),
    st.sampled_from([None, "en-US", "zz", ""]),
)
def test_no_text_raises(text: str, zone: str | None, language: str | None) -> None:
    clean_scraped(text, zone, language, known=("home",))


@settings(max_examples=50, deadline=None)
@given(
    st.lists(SENTENCES, min_size=3, max_size=7, unique=True),
    st.lists(FURNITURE, max_size=6),
    st.lists(FURNITURE, max_size=12),
)
def test_a_dense_run_of_sentences_survives_any_furniture_around_it(
    body: list[str], head: list[str], tail: list[str]
) -> None:
    cleaned = clean_scraped("\n".join([*head, *body, *tail]))
    assert [line for line in cleaned.text.split("\n") if line in body] == body


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(PAGES),
    st.lists(FURNITURE.filter(lambda line: line not in ("Photo: A. Nobody", "")), max_size=8),
)
def test_more_furniture_below_a_page_changes_nothing_in_its_text(path: Path, tail: list[str]) -> None:
    _, text, cleaned = clean_golden(path)
    assert clean_scraped(text + "\n".join(tail)).text == cleaned.text


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_golden_page(path: Path) -> None:
    gold, text, cleaned = clean_golden(path)
    if "drop" in gold:
        assert cleaned.drop_reason == gold["drop"]
        return
    assert cleaned.drop_reason is None
    if gold.get("hard"):
        # Captions and player text that nothing in a line gives away: the quality floors count them.
        assert set(gold["body"]) <= set(cleaned.lines) and cleaned.title == gold["title"]
        return
    assert list(cleaned.lines) == gold["body"], [
        text.split("\n")[n - 1] for n in set(cleaned.lines) ^ set(gold["body"])
    ]
    for name in ("title", "section", "published", "modified", "lead", "tags", "authors"):
        assert getattr(cleaned, name) == gold[name], name


def test_golden_pages_are_of_many_kinds_and_languages() -> None:
    golds = [json.loads(path.read_text(encoding="utf-8")) for path in PAGES]
    assert len([g for g in golds if "drop" not in g]) >= 12
    assert {"en", "de", "es", "ru", "zh"} <= {g["language"][:2] for g in golds}


def test_the_given_page_exactly() -> None:
    gold_file = SHARED / "extraction" / "seed_scraped.json"
    if not gold_file.exists():
        pytest.skip("../shared is absent")
    gold = json.loads(gold_file.read_text(encoding="utf-8"))
    text = (gold_file.parent / gold["file"]).read_text(encoding="utf-8")
    cleaned = clean_scraped(text, gold["source_timezone_of_the_site"], "en")
    assert list(cleaned.lines) == gold["body_lines_1_based"]
    assert (cleaned.title, cleaned.section) == (gold["title"], gold["section"])
    assert (cleaned.published, cleaned.modified) == (gold["published"], gold["modified"])
    assert (
        cleaned.published_at is not None and cleaned.published_at.isoformat() == "2022-02-02T06:00:00+00:00"
    )
    assert cleaned.tags == [piece.strip() for piece in text.split("\n")[gold["tag_line"] - 1].split("/")]
    assert cleaned.lead == text.split("\n")[gold["lead_line"] - 1].strip()


def test_known_sentences_are_cut_at_the_ends_and_kept_inside() -> None:
    legal = "This website is run by nobody in particular and accepts no letters."
    first = "The harbour master said on Tuesday that the crane would be moved before winter."
    second = "The agreement runs until October, when both sides will meet again to review it."
    known = frozenset({legal.lower()})
    assert clean_scraped("\n".join([first, second, legal])).lines == (1, 2, 3)
    assert clean_scraped("\n".join([first, second, legal]), known=known).lines == (1, 2)
    assert clean_scraped("\n".join([first, legal, second]), known=known).lines == (1, 2, 3)


def test_an_empty_page_and_a_page_without_sentences_say_why() -> None:
    assert clean_scraped("").drop_reason == clean_scraped(" \n\t\n").drop_reason == Reason.EMPTY
    assert clean_scraped("Home\nSport").drop_reason == Reason.NO_TEXT
    assert clean_scraped("A ferry was late on Tuesday because of the fog.").drop_reason == Reason.TOO_SHORT


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    ["a" * 2_000_000, "word " * 400_000, "\n".join(["Home"] * 50_000), "\n".join(f"Line {n} is a sentence of its own." for n in range(20_000)),
     "\x00\ufffe\ud83d\u0301\u202e" * 5_000, "é" * 500_000, "1 | " * 100_000, " - ".join(["x"] * 50_000), "\n" * 500_000, "„“”»«" * 50_000,
     "By " + "A" * 100_000, "/ ".join(["tag"] * 50_000), "|" * 200 + " " * 200_000 + "end", "図" * 300_000],
    ids=["one word", "one line", "menu", "many sentences", "odd signs", "accents", "bars", "dashes", "blank", "quotes", "name", "tags", "gap", "dense"],
)  # fmt: skip
def test_hostile_text_costs_seconds_at_most(text: str) -> None:
    started = time.process_time()
    clean_scraped(text)
    assert time.process_time() - started < 8
