"""Every table keeps its contract: names, types, keys; nulls where they are allowed and nowhere else."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.contracts import ARTICLES, MARTS, TABLES, TEXTS
from tasks.errors import ContractError
from tasks.reasons import REASONS, Reason

AGREED = {
    "captures": "capture_id url captured_at status mime payload_sha256 unit_id file offset length source truncated damage",
    "rejects": "stage unit_id url file offset length reason detail run_id",
    "articles": "article_id url canonical_url source title lead authors section tags language language_score published_at"
    " published_on published_precision published_from modified_at captured_at word_count extractor extractor_mode"
    " fallback_reason group_id is_canonical copy_of copy_kind similarity containment topics tone unit_id run_id enrich_version",
    "texts": "article_id published_on text",
    "mentions": "actor_id published_on article_id group_id source kind count salience tone in_title is_quoted",
    "mention_spans": "article_id actor_id surface kind start end sentence how tagger_version",
    "quotes": "article_id published_on speaker_id speaker_surface text start end cue",
    "actors": "actor_id name kind country wikidata roles aliases",
    "places": "article_id place_id name country latitude longitude",
    "groups": "group_id canonical_id size sources first_at last_at merged_into",
    "volumes": "published_on source language article_count canonical_count",
    "actor_volumes": "actor_id published_on article_count canonical_count",
    "postings": "term number count",
    "storylines": "storyline_id published_on article_id similarity",
    "coverage": "day source listed fetched extracted kept enriched expected status is_gap",
}


@pytest.mark.parametrize("table", AGREED)
def test_the_agreed_columns_are_there(table):
    assert set(AGREED[table].split()) <= set(TABLES[table].schema.names)


@pytest.mark.parametrize("contract", TABLES.values(), ids=lambda c: c.name)
def test_key_sort_and_partition_name_columns(contract):
    names = set(contract.schema.names)
    assert {*contract.key, *contract.sort} <= names
    assert (contract.partition == "month") == (contract.month_from is not None)
    assert contract.month_from is None or contract.month_from in names


@pytest.mark.parametrize("contract", TABLES.values(), ids=lambda c: c.name)
def test_every_column_says_what_it_is(contract):
    assert contract.about
    assert all(len(column.about) > 2 for column in contract.columns)
    assert len(set(contract.schema.names)) == len(contract.columns)


@pytest.mark.parametrize("contract", TABLES.values(), ids=lambda c: c.name)
def test_an_empty_table_has_every_type(contract):
    assert contract.check(contract.empty()).schema == contract.schema
    assert contract.table([]).schema == contract.schema
    assert not any(pa.types.is_null(column.type) for column in contract.columns)


def test_a_null_in_a_required_column_is_refused():
    with pytest.raises(ContractError, match="text must not be null"):
        TEXTS.table([{"article_id": 1, "text": None}])


def test_a_missing_required_column_is_refused():
    with pytest.raises(ContractError, match="text must not be null"):
        TEXTS.table([{"article_id": 1}])


def test_an_unknown_column_is_refused():
    with pytest.raises(ContractError, match=r"unknown columns \['body'\]"):
        TEXTS.table([{"article_id": 1, "text": "x", "body": "y"}])


@given(
    st.one_of(
        st.text(min_size=1),
        st.floats(allow_nan=False).filter(lambda x: not x.is_integer()),
        st.integers(2**63),
    )
)
def test_a_value_that_does_not_fit_is_refused(value):
    with pytest.raises(ContractError):
        TEXTS.table([{"article_id": value, "text": "x"}])


def test_columns_in_another_order_are_put_right():
    table = TEXTS.table([{"article_id": 1, "text": "x"}])
    assert TEXTS.check(table.select(["text", "published_on", "article_id"])) == table


def test_a_table_that_lacks_a_column_is_refused():
    with pytest.raises(ContractError, match="missing columns"):
        TEXTS.check(TEXTS.empty().drop_columns(["text"]))


def test_every_reason_has_a_line_of_explanation():
    assert set(REASONS) == set(Reason)


def test_what_people_query_is_what_the_architecture_page_lists():
    assert set(MARTS) == set(AGREED) - {"captures", "rejects"}
    assert ARTICLES.sort[0] == "published_on"
    assert MARTS["mentions"].sort[:2] == ("actor_id", "published_on")
