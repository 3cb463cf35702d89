"""Furniture of one source: learned from many texts, cut in runs at the ends only."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.clean.furniture import find_core, learn_furniture, normalise_line, strip_furniture

HEAD = ["The Merrow Gazette", "News", "Sport", "12 comments", ""]
TAIL = [
    "",
    "Comments",
    "Please be polite, or nobody will read what you write here.",
    "All about us",
    "© Merrow 2023",
]
REFRAIN = "The company did not answer a request for comment."


WORDS = ("anchor", "basket", "candle", "dragon", "ember", "falcon", "garnet", "hollow", "island", "jasper")


def page(number: int) -> list[str]:
    """One invented text of the source: its own headline and sentences between the repeated ends."""
    name = f"{WORDS[number % 10]} {WORDS[number // 10]}"
    own = [
        f"{name.title()} moved to the quay",
        f"A first sentence tells of the {name} that was moved.",
        REFRAIN,
    ]
    own += [f"Another paragraph about the {name} ends the report."]
    head = [line.replace("12", str(number)) for line in HEAD]
    return [*head, *own, *TAIL[:3], f"Teaser {name} of another day", f"The {name} elsewhere", *TAIL[3:]]


PAGES = [page(number) for number in range(30)]
KNOWN = learn_furniture("\n".join(lines) for lines in PAGES)
LINES = st.lists(
    st.sampled_from([*HEAD, *TAIL, REFRAIN, "One own sentence that ends as sentences do.", "7", "—"]),
    max_size=30,
)


def test_what_recurs_at_the_ends_is_learned_and_own_lines_are_not() -> None:
    assert {normalise_line(line) for line in (*HEAD, *TAIL) if line} <= KNOWN
    assert not any("quay" in line or "paragraph" in line for line in KNOWN)


def test_a_sentence_that_recurs_between_paragraphs_is_not_learned() -> None:
    assert normalise_line(REFRAIN) not in KNOWN


def test_numbers_do_not_tell_lines_apart() -> None:
    assert normalise_line("12 Comments") == normalise_line("3 comments") == "0 comments"


def test_too_few_texts_teach_nothing() -> None:
    assert learn_furniture(["\n".join(lines) for lines in PAGES[:19]]) == frozenset()
    assert learn_furniture([]) == learn_furniture([], min_texts=0) == frozenset()
    assert learn_furniture(["\n".join(lines) for lines in PAGES[:5]], min_texts=5)


def test_stripping_leaves_headline_and_text() -> None:
    for number, lines in enumerate(PAGES):
        assert [line for line in strip_furniture(lines, KNOWN) if line] == page(number)[5:9]


def test_learning_does_not_depend_on_order() -> None:
    assert learn_furniture("\n".join(lines) for lines in reversed(PAGES)) == KNOWN


@settings(deadline=None)
@given(LINES)
def test_what_is_left_is_one_piece_of_the_page(lines: list[str]) -> None:
    first, last = find_core(lines, KNOWN)
    assert strip_furniture(lines, KNOWN) == lines[first:last]


@settings(deadline=None)
@given(LINES)
def test_stripping_twice_is_stripping_once(lines: list[str]) -> None:
    once = strip_furniture(lines, KNOWN)
    assert strip_furniture(once, KNOWN) == once


@settings(deadline=None)
@given(LINES)
def test_no_own_sentence_is_ever_cut(lines: list[str]) -> None:
    kept = strip_furniture(lines, KNOWN)
    own = "One own sentence that ends as sentences do."
    assert kept.count(own) == lines.count(own)


@settings(deadline=None)
@given(LINES)
def test_a_known_line_between_own_sentences_survives(lines: list[str]) -> None:
    own = "One own sentence that ends as sentences do."
    inside = [own, *lines, own]
    assert strip_furniture(["News", *inside, "Comments"], KNOWN) == inside


@settings(deadline=None)
@given(st.lists(st.text(max_size=20), max_size=20))
def test_without_known_lines_nothing_is_cut(lines: list[str]) -> None:
    assert strip_furniture(lines, frozenset()) == lines


def test_a_page_of_known_lines_only_is_cut_to_nothing() -> None:
    assert strip_furniture(["News", "Sport", "", "7"], KNOWN) in ([], ["", "7"])
