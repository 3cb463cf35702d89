"""Sentences: the laws of any split, then the cases that full stops make hard."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.enrich.sentences import split_sentences


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


@given(st.text(alphabet=st.sampled_from('ab Z.!?…"”“«»\n\t。」।؟1,\u00a0M'), max_size=80))
def test_sentences_cover_all_but_white_space_in_order(text: str) -> None:
    spans = split_sentences(text)
    last = 0
    for start, end in spans:
        assert last <= start < end
        assert not text[last:start].strip()
        assert text[start:end] == text[start:end].strip()
        last = end
    assert not text[last:].strip()


@given(st.text(max_size=200))
def test_a_line_break_always_ends_a_sentence(text: str) -> None:
    assert all("\n" not in sentence for sentence in cut(text))


@given(st.text(alphabet="ab .!?\n", max_size=60), st.text(alphabet="ab .!?\n", max_size=60))
def test_a_split_does_not_depend_on_what_follows_a_line_break(head: str, tail: str) -> None:
    assert cut(f"{head}\n{tail}")[: len(cut(head))] == cut(head)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Mr. Smith met Dr. Jones at 5 p.m. on Jan. 3. He left.", 2),
        ("The U.S. president spoke. He sat down.", 2),
        ("J. K. Ostrava wrote it. Donald J. Trump read it.", 2),
        ('"Go away!" she said. "Now."', 2),
        ('He said: "No." Then he left.', 2),
        ("It cost $3.5 million. That is much.", 2),
        ("Er kam z. B. am 3. Mai. Sie ging am 4. Juni.", 2),
        ("„Das war's.“ Er ging.", 2),
        ("M. Martin et Mme. Bernard sont venus. Ils sont partis.", 2),
        ("El Sr. Pérez llegó. ¿Quién? Nadie.", 3),
        ("«Mosty nuzhny». On ushel.", 2),
        ("Он родился в 1952 г. в Омске. Потом уехал.", 2),
        ("Był to prof. Nowak. Wyszedł.", 2),
        ("他来了。他走了！真的吗？", 3),
        ("「行きます。」と彼は言った。終わり。", 3),
        ("वह आया। वह गया।", 2),
        ("هل جاء؟ نعم جاء. ثم ذهب.", 3),
        ("Wait… what? Yes!", 3),
        ("", 0),
        ("   \n \n", 0),
        ("No stop at all", 1),
    ],
)
def test_marks_that_end_a_sentence_are_told_from_those_that_do_not(text: str, count: int) -> None:
    assert len(cut(text)) == count, cut(text)


def test_a_closing_mark_stays_with_its_sentence() -> None:
    assert cut("“I came on foot.” He smiled.") == ["“I came on foot.”", "He smiled."]


def test_long_text_without_an_end_is_quick_and_whole() -> None:
    text = "a." * 50_000
    assert cut(text) == [text]
