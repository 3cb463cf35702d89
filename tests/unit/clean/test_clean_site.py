"""What a site teaches: the frame and the repeated lines that are learned, when they are believed, and that order decides nothing."""

from __future__ import annotations

import hashlib
import json
import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.one_site import NOTES, SitePage, capture_of, learn, make_site
from tasks.clean.article import Cleaned, CleanOptions
from tasks.clean.batch import clean_document, sites_table
from tasks.clean.frame import find_frame, name_of
from tasks.clean.guard import parse_html
from tasks.clean.html import LEARNED, Reader, read_page
from tasks.clean.site import FEWEST_PAGES, Lesson, Site, Study, draw_sample, learn_site, settle, take_lesson
from tasks.units import Input, Refusal, Unit

PAGES = make_site(90)
OPTIONS = CleanOptions()


@pytest.fixture(scope="module")
def site() -> Site:
    """What the pages teach."""
    return learn(PAGES)[0]


def article_of(page: SitePage, frame: str = "") -> Cleaned:
    """The article of a page, read whole or in a frame."""
    result = clean_document(capture_of(page), replace(OPTIONS, frame=frame))
    assert isinstance(result, Cleaned), result
    return result


def test_the_frame_holds_headline_and_article_and_was_checked_on_other_pages(site: Site) -> None:
    assert site.frame == "article.story"
    assert site.why == ""
    assert 0 < site.agreed == site.checked <= site.studied < site.pages


def test_the_lines_of_the_outlet_are_learned_and_no_others(site: Site) -> None:
    assert set(site.lines) == {note.casefold() for note in NOTES}


def test_a_page_read_in_its_frame_gives_what_the_whole_page_gives(site: Site) -> None:
    for page in PAGES[:30]:
        framed, whole = article_of(page, site.frame), article_of(page)
        assert framed.extractor_mode == LEARNED
        assert replace(framed, extractor_mode=None) == replace(whole, extractor_mode=None)


def test_what_was_learned_makes_the_text_exact(site: Site) -> None:
    for page in PAGES[:30]:
        assert settle(article_of(page, site.frame), site, 40).text == page.text


def test_a_page_without_the_frame_is_read_whole(site: Site) -> None:
    page = SitePage(
        PAGES[0].url, PAGES[0].html.replace(b"class='story story-0'", b"class='report'"), PAGES[0].text
    )
    assert article_of(page, site.frame) == article_of(page)


def test_a_frame_that_shows_too_little_is_not_believed(site: Site) -> None:
    html = PAGES[0].html.replace(b"<div class='story__body'>", b"</article></main><div class='story__body'>")
    page = SitePage(PAGES[0].url, html, PAGES[0].text)
    assert article_of(page, site.frame).extractor_mode != LEARNED


def test_a_list_of_articles_in_the_same_frame_is_still_no_article(site: Site) -> None:
    cards = "".join(
        f"<h2><a href='/n/{n}'>A headline that names a river and a town {n}</a></h2><p>{NOTES[0]}</p>"
        for n in range(30)
    )
    html = f"<html><head><title>Coast</title></head><body><article class='story'><h1>Coast</h1>{cards}</article></body></html>"
    capture = replace(capture_of(PAGES[0]), payload=html.encode(), url="https://herald.example/coast/")
    whole = clean_document(capture, OPTIONS)
    assert isinstance(whole, Refusal)
    assert clean_document(capture, replace(OPTIONS, frame=site.frame)) == whole


# The sample


@given(st.lists(st.integers(0, 400), min_size=FEWEST_PAGES, max_size=200, unique=True), st.randoms())
@settings(max_examples=20, deadline=None)
def test_order_and_repetition_make_no_difference_to_the_sample(
    numbers: list[int], shuffler: random.Random
) -> None:
    digests = [hashlib.sha256(str(number).encode()).hexdigest() for number in numbers]
    again = [*digests, *digests[:10]]
    shuffler.shuffle(again)
    assert draw_sample({"a": digests}) == draw_sample({"a": again})


def test_nothing_is_drawn_from_few_pages() -> None:
    assert draw_sample({"a": [str(n) for n in range(FEWEST_PAGES - 1)], "b": ["x"] * 500}) == {}


# When a frame is believed


def study(*frames: tuple[str, bool, float], number: int = 0) -> Study:
    """A study of a page with these lessons."""
    article = article_of(PAGES[0])
    return Study(replace(article, title=f"Headline {number}"), Lesson(frames))


def test_the_smallest_of_those_that_agree_is_chosen() -> None:
    found = learn_site(
        "a", 90, [study(("div.inner", False, 0.1), ("div.outer", True, 0.3), ("main", True, 0.6))] * 36
    )
    assert found.frame == "div.outer"


def test_a_frame_whose_checks_fail_is_forgotten_and_says_so() -> None:
    chosen, others = [study(("div.outer", True, 0.3))] * 20, [study(("div.outer", False, 0.3))] * 2
    found = learn_site("a", 90, [*chosen, *others, *[study(("div.outer", True, 0.3))] * 14])
    assert found.frame == ""
    assert "14 of 16" in found.why


@pytest.mark.parametrize(
    ("studies", "why"),
    [
        ([study()] * 36, "no element"),
        ([study(("div.outer", True, 0.95))] * 36, "no element"),
        ([study(("div.outer", True, 0.3))] * 12, "only 12 of 12"),
        ([*[study(("a.b", True, 0.3))] * 20, *[study(("a.c", True, 0.3))] * 16], "only 0 other pages"),
    ],
)
def test_what_teaches_nothing_says_why(studies: list[Study], why: str) -> None:
    found = learn_site("a", 90, studies)
    assert found.frame == ""
    assert why in found.why


def test_versions_of_one_article_do_not_make_its_text_furniture() -> None:
    article = article_of(PAGES[0])
    assert learn_site("a", 90, [Study(article)] * 36).lines == ()


# Cutting


def test_a_recurring_line_inside_the_text_stays(site: Site) -> None:
    article = article_of(PAGES[0])
    lines = PAGES[0].text.split("\n")
    middle = "\n".join((*lines[:4], NOTES[0], *lines[4:]))
    assert settle(replace(article, text=middle), site, 40).text == middle


def test_a_cut_changes_identity_count_and_lead_with_the_text(site: Site) -> None:
    article = article_of(PAGES[0])
    cut = settle(replace(article, lead=NOTES[1]), site, 40)
    assert cut.article_id != article.article_id
    assert cut.word_count < article.word_count
    assert cut.lead == PAGES[0].text.split("\n")[0]


def test_what_would_leave_too_little_is_not_cut(site: Site) -> None:
    article = replace(article_of(PAGES[0]), text="\n".join(("A short note.", *NOTES)))
    assert settle(article, site, 1) == article
    assert settle(article_of(PAGES[0]), site, 10_000) == article_of(PAGES[0])


# Names of elements


def test_numbers_in_ids_and_classes_are_no_part_of_a_name() -> None:
    root = parse_html(
        "<body><div id='post-12' class='post-12 entry hentry'><p>x</p></div><main>y</main><div>z</div></body>"
    )
    assert root is not None
    names = [name_of(element) for element in root.iter("div", "main", "p")]
    assert names == ["div.entry.hentry", "", "main", ""]


def test_a_monstrous_label_names_nothing() -> None:
    root = parse_html(f"<body><div class='{'a ' * 300}'>x</div></body>")
    assert root is not None
    assert [name_of(element) for element in root.iter("div")] == [""]


def test_a_name_that_two_elements_bear_finds_none() -> None:
    root = parse_html("<body><div class='a b'>x</div><div class='b a'>y</div><div class='c'>z</div></body>")
    assert root is not None
    assert find_frame(root, "div.a.b") is None
    assert find_frame(root, "div.d") is None
    found = find_frame(root, "div.c")
    assert found is not None
    assert found.text == "z"


@pytest.mark.parametrize("html", ["", "<p>x</p>", "<html><body></body></html>"])
def test_pages_without_an_article_teach_nothing(html: str) -> None:
    assert take_lesson(html, Reader()) is None


def test_a_frame_that_a_page_lacks_changes_nothing() -> None:
    page = "<html><body><h1>Bridge</h1><p>The bridge opened on Tuesday, ten years late, said a witness.</p></body></html>"
    assert read_page(page, frame="div.none") == read_page(page)


# The table, and a whole unit


def test_the_table_says_what_was_learned(site: Site) -> None:
    made = sites_table(
        Unit("u", "html", ()), [replace(site, source="b"), replace(site, source="a", frame="", why="x")]
    )
    assert made["source"].to_pylist() == ["a", "b"]
    assert made["frame"].to_pylist() == [None, "article.story"]
    assert made["reason"].to_pylist() == ["x", None]


@pytest.mark.slow
def test_one_worker_or_two_in_any_order_make_the_same_tables(tmp_path: Path) -> None:
    from tasks.backfill.task import _capture
    from tasks.clean.task import _clean
    from tasks.config import RunnerSettings, Settings
    from tasks.contracts import TABLES
    from tasks.job import Job
    from tasks.store import Lake, open_lake

    made = []
    for workers, seed in ((1, 1), (2, 2)):
        rows = [{"url": page.url, "html": page.html.decode()} for page in PAGES]
        random.Random(seed).shuffle(rows)
        file = tmp_path / f"{workers}.jsonl"
        file.write_text("\n".join(map(json.dumps, rows)))
        unit = Unit("u", "jsonl", (Input(str(file), file.stat().st_size, "0" * 64),))
        lake: Lake = open_lake(tmp_path / f"lake{workers}", create=True)
        job = Job(lake, Settings(runner=RunnerSettings(workers=workers)))
        lake.commit(
            "capture", "u", "", "1", "", lambda run_id, job=job, unit=unit: _capture(job, unit, run_id)
        )
        work = _clean(job, unit, "run")
        assert work.rows_in == work.rows_out == len(PAGES)
        made.append(
            {
                name: table.drop_columns([c for c in ("capture_id",) if c in table.column_names])
                for name, table in work.tables.items()
            }
        )
        assert set(work.tables) <= set(TABLES)
    assert made[0] == made[1]
    modes = made[0]["cleaned"]["extractor_mode"].to_pylist()
    assert modes.count(LEARNED) == len(PAGES) - made[0]["sites"]["studied_count"][0].as_py()
