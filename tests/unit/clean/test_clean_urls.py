"""Canonical URLs: what merges, what must stay apart, and the laws that hold for any URL."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.urls import bare_host, canonical_url, source_of

FEW = settings(max_examples=30, deadline=None)
PAIRS = [
    (what, json.loads(one), json.loads(other))
    for what, one, other in (
        line.split("\t")
        for line in (Path(__file__).parents[2] / "golden/urls/pairs.tsv").read_text("utf-8").splitlines()[1:]
    )
]
MERGE = [(one, other) for what, one, other in PAIRS if what == "merge"]
APART = [(one, other) for what, one, other in PAIRS if what == "apart"]


@pytest.mark.parametrize(("url", "expected"), MERGE)
def test_what_does_not_select_the_article_is_taken_off(url: str, expected: str) -> None:
    assert canonical_url(url) == canonical_url(expected) == expected


@pytest.mark.parametrize(("left", "right"), APART)
def test_what_may_select_the_article_stays(left: str, right: str) -> None:
    assert canonical_url(left) != canonical_url(right)


def test_the_tables_are_as_large_as_promised() -> None:
    assert len(MERGE) >= 60
    assert len(APART) >= 30
    assert len({url for url, _ in MERGE}) == len(MERGE)


@pytest.mark.parametrize(
    "value", ["", "not a url", "mailto:desk@courier.example", "ftp://courier.example/a", "/a/b"]
)
def test_what_is_no_web_address_comes_back_without_white_space_only(value: str) -> None:
    assert canonical_url(value) == "".join(value.split())
    assert source_of(value) == ""


@pytest.mark.parametrize(
    "value", ["https://[::1", "https://a:99999/x", "http://", "https://\u2100.example/a"]
)
def test_broken_addresses_do_no_harm(value: str) -> None:
    assert isinstance(canonical_url(value), str)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.courier.example/a", "courier.example"),
        ("https://m.courier.example/a", "courier.example"),
        ("https://amp.courier.example:443/a", "courier.example"),
        ("https://courier-example.cdn.ampproject.org/c/s/courier.example/a", "courier.example"),
        ("https://web.archive.org/web/2024/https://www.courier.example/a", "courier.example"),
        ("https://news.courier.example/a", "news.courier.example"),
        ("https://m.example/a", "m.example"),
        ("https://www.example/a", "www.example"),
    ],
)
def test_the_source_is_the_outlets_host(url: str, expected: str) -> None:
    assert source_of(url) == expected


def test_a_host_keeps_at_least_two_labels() -> None:
    assert bare_host("m.example") == "m.example"
    assert bare_host("www.m.courier.example") == "courier.example"


_LABEL = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=8)
_HOST = st.lists(_LABEL, min_size=1, max_size=3).map(lambda labels: ".".join([*labels, "example"]))
_PATH = st.lists(st.text(min_size=0, max_size=10), max_size=4).map(lambda parts: "/" + "/".join(parts))
_QUERY = st.lists(
    st.tuples(st.sampled_from(["id", "p", "ref", "utm_source", "page", "q", "x"]), _LABEL), max_size=4
)


@st.composite
def urls(draw: st.DrawFn) -> str:
    """Addresses with any path and some parameters."""
    query = "&".join(f"{name}={value}" for name, value in draw(_QUERY))
    path = draw(_PATH).replace("?", "").replace("#", "")
    return f"{draw(st.sampled_from(['http', 'https']))}://{draw(_HOST)}{path}{'?' + query if query else ''}"


@FEW
@given(urls())
def test_the_canonical_form_is_its_own_canonical_form(url: str) -> None:
    once = canonical_url(url)
    assert canonical_url(once) == once


@FEW
@given(urls(), st.sampled_from(["utm_source=a", "fbclid=b", "gclid=c", "utm_id=1"]))
def test_tracking_never_changes_the_canonical_form(url: str, parameter: str) -> None:
    assert canonical_url(f"{url}{'&' if '?' in url else '?'}{parameter}") == canonical_url(url)


@FEW
@given(_HOST, st.integers(0, 10**9), st.integers(0, 10**9))
def test_identities_never_merge(host: str, one: int, other: int) -> None:
    left, right = (canonical_url(f"https://{host}/article?id={number}") for number in (one, other))
    assert (left == right) == (one == other)


@FEW
@given(urls())
def test_what_remains_was_in_the_address(url: str) -> None:
    kept = Counter(parse_qsl(urlsplit(canonical_url(url)).query))
    assert kept <= Counter(parse_qsl(urlsplit(url).query))


@FEW
@given(st.text(max_size=80))
def test_any_text_gets_an_answer(text: str) -> None:
    assert isinstance(canonical_url(text), str)
    assert isinstance(source_of(text), str)
