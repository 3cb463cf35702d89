"""Spellings of unknown persons over a corpus: variants with shared company become one, others stay apart."""

from hypothesis import given
from hypothesis import strategies as st

from tasks.enrich.linking_merge import Seen, merge_unknown

NAMES = st.sampled_from(
    [
        "Ada Quillfeather",
        "Ada M. Quillfeather",
        "Ada Kuillfeather",
        "Ada Noor Quillfeather",
        "Ida Quillfeather",
        "Bo Li",
        "Li",
    ]
)
COMPANY = st.frozensets(st.sampled_from("abcd"), max_size=4)
CORPUS = st.dictionaries(st.sampled_from("123456"), st.builds(Seen, NAMES, st.integers(1, 9), COMPANY))


@given(CORPUS)
def test_an_actor_that_stays_is_not_merged_away(seen: dict[str, Seen]) -> None:
    merged = merge_unknown(seen)
    assert set(merged) <= set(seen)
    assert not set(merged.values()) & set(merged)


@given(CORPUS)
def test_the_order_of_the_corpus_does_not_matter(seen: dict[str, Seen]) -> None:
    assert merge_unknown(dict(reversed(seen.items()))) == merge_unknown(seen)


def test_a_middle_initial_with_shared_company_is_the_same_person() -> None:
    both = frozenset(("Q1", "Q2"))
    seen = {"x": Seen("Ada Quillfeather", 5, both), "y": Seen("Ada M. Quillfeather", 2, both | {"Q3"})}
    assert merge_unknown(seen) == {"y": "x"}


def test_another_spelling_with_shared_company_is_the_same_person() -> None:
    both = frozenset(("Q1", "Q2"))
    seen = {"x": Seen("Viktor Kowaltschuk", 5, both), "y": Seen("Viktor Kovalchuk", 2, both)}
    assert merge_unknown(seen) == {"y": "x"}


def test_without_shared_company_a_namesake_stays_apart() -> None:
    seen = {
        "x": Seen("Ada Quillfeather", 5, frozenset(("Q1", "Q2"))),
        "y": Seen("Ada M. Quillfeather", 2, frozenset(("Q2", "Q9"))),
    }
    assert merge_unknown(seen) == {}


def test_middle_names_that_contradict_keep_people_apart() -> None:
    both = frozenset(("Q1", "Q2"))
    seen = {
        "x": Seen("Ada Mara Quillfeather", 5, both),
        "y": Seen("Ada Noor Quillfeather", 2, both),
        "z": Seen("Ada Quillfeather", 1, both),
    }
    assert merge_unknown(seen) == {}
