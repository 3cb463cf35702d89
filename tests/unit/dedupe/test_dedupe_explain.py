"""Explaining a group: members, numbers and what one text has that another has not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.dedupe.explain import MOST_WORDS, diff_words, explain

_TEXT = st.lists(st.sampled_from("harbour ferry bridge quay crane rope".split()), max_size=30).map(" ".join)


@given(_TEXT, _TEXT)
@settings(max_examples=60, deadline=None)
def test_a_diff_holds_both_texts(one, other):
    changes = diff_words(one, other)
    before = " ".join(c.text for c in changes if c.kind != "added").split()
    after = " ".join(c.text for c in changes if c.kind != "removed").split()
    assert before == one.split()
    assert after == other.split()


def test_a_diff_names_what_was_changed():
    changes = diff_words(
        "The ferry left at noon.\nNobody was hurt.", "The ferry sank at noon.\nNobody was hurt."
    )
    assert [(c.kind, c.text.strip()) for c in changes] == [
        ("same", "The ferry"), ("removed", "left"), ("added", "sank"), ("same", "at noon.\nNobody was hurt."),
    ]  # fmt: skip


def test_white_space_alone_is_no_change():
    assert [c.kind for c in diff_words("a  b\nc", "a b c")] == ["same"]


def test_an_endless_text_is_cut():
    changes = diff_words(" ".join(map(str, range(MOST_WORDS * 2))), " ".join(map(str, range(MOST_WORDS * 2))))
    assert len(changes[0].text.split()) == MOST_WORDS


@pytest.fixture
def filled(desk, newsroom):
    lines = newsroom.report(1).split("\n")
    desk.take(
        [
            newsroom.Article(1, "\n".join(lines), hours=1),
            newsroom.Article(2, "\n".join([*lines, newsroom.report(9, 1)]), hours=2),
            newsroom.Article(3, lines[0], hours=3),
            newsroom.Article(4, newsroom.report(2), hours=4),
        ]
    )
    return desk


def test_a_group_is_explained_by_any_of_its_members(filled):
    for number in (1, 2, 3):
        found = explain(filled.folder, number, filled.fetch, filled.options)
        assert (found.asked, found.group_id) == (number, 1)
        assert [m.article_id for m in found.members] == [1, 2, 3]
        assert [m.kind for m in found.members] == [None, "near", "part"]


def test_the_numbers_are_those_of_the_texts(filled):
    found = explain(filled.folder, 1, filled.fetch, filled.options)
    head, longer, part = found.members
    assert head.shared == head.shingles == 98
    assert longer.shared == 98
    assert longer.similarity == pytest.approx(98 / longer.shingles, abs=1e-6)
    assert (part.shared, part.shingles, part.words) == (23, 23, 25)
    assert part.containment == 1.0
    assert head.changes == ()
    assert [c.kind for c in longer.changes] == ["same", "added"]
    assert [c.kind for c in part.changes] == ["same", "removed"]
    assert (part.start, part.end) == (0, len(filled.texts[3]))
    assert head.published < longer.published
    assert head.captured is not None


def test_an_article_alone_is_explained_too(filled):
    found = explain(filled.folder, 4, filled.fetch, filled.options)
    assert [m.article_id for m in found.members] == [4]


def test_a_group_id_that_was_taken_over_leads_to_its_group(filled, newsroom):
    filled.take([newsroom.Article(5, filled.texts[1] + "\n" + filled.texts[4], hours=0)])
    filled.take(removed=[4])
    found = explain(filled.folder, 4, filled.fetch, filled.options)
    assert found.group_id == 1
    assert found.members[0].article_id == 5


def test_an_unknown_number_is_explained_by_nothing(filled, desk):
    assert explain(filled.folder, 99, filled.fetch, filled.options) is None


def test_the_same_answer_for_an_empty_folder(tmp_path, desk):
    assert explain(tmp_path / "nowhere", 1, desk.fetch, desk.options) is None


def test_an_article_without_a_date_says_so(desk, newsroom):
    desk.take([newsroom.Article(1, newsroom.report(1), hours=None, captured=None)])
    (member,) = explain(desk.folder, 1, desk.fetch, desk.options).members
    assert member.published is None
    assert member.captured is None
