"""Pages that were made to hurt, or might have been: each is answered within bounds, and its text is kept where there is any.

They go through document workers whose limits are ten seconds of CPU and one GiB of memory per page: a page that needs more
costs its worker and fails here.
"""

from __future__ import annotations

from functools import partial

import pytest

from benchmarks.hostile import KEPT, REFUSED, SENTENCE, all_pages, capture_of
from tasks.clean.article import Cleaned, CleanOptions
from tasks.clean.batch import clean_document
from tasks.units import Refusal
from tasks.workers import Failure, Limits, map_documents, open_pool

pytestmark = pytest.mark.slow

Answers = dict[str, Cleaned | Refusal | Failure]


@pytest.fixture(scope="module")
def answers() -> Answers:
    """What became of every page, by name."""
    captures = (capture_of(make()) for make in all_pages().values())
    with open_pool(2, Limits(cpu_seconds=10, memory_mb=1024), ["tasks.clean.batch"]) as pool:
        done = map_documents(pool, partial(clean_document, options=CleanOptions()), captures, chunk=1)
        return {name: result for name, (_, result) in zip(all_pages(), done, strict=True)}


@pytest.mark.parametrize("kind", KEPT)
def test_text_is_kept_where_a_reader_would_see_it(kind: str, answers: Answers) -> None:
    result = answers[kind]
    assert isinstance(result, Cleaned), result
    assert SENTENCE.strip() in result.text


@pytest.mark.parametrize("kind", REFUSED)
def test_where_there_is_no_text_there_is_a_reason(kind: str, answers: Answers) -> None:
    result = answers[kind]
    assert isinstance(result, Refusal), result
    assert result.reason is REFUSED[kind][1]
