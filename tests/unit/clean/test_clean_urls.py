"""Canonical URLs: what merges, what must stay apart, and the laws that hold for any URL."""

from __future__ import annotations

from collections import Counter
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.urls import bare_host, canonical_url, source_of

FEW = settings(max_examples=30, deadline=None)
BASE = "https://courier.example/politics/budget-vote-2024"

MERGE = [
    # scheme, host and port
    ("http://courier.example/politics/budget-vote-2024", BASE),
    ("https://www.courier.example/politics/budget-vote-2024", BASE),
    ("https://www2.courier.example/politics/budget-vote-2024", BASE),
    ("https://m.courier.example/politics/budget-vote-2024", BASE),
    ("https://mobile.courier.example/politics/budget-vote-2024", BASE),
    ("https://amp.courier.example/politics/budget-vote-2024", BASE),
    ("https://www.m.courier.example/politics/budget-vote-2024", BASE),
    ("https://COURIER.example/politics/budget-vote-2024", BASE),
    ("https://courier.example./politics/budget-vote-2024", BASE),
    ("https://courier.example:443/politics/budget-vote-2024", BASE),
    ("http://courier.example:80/politics/budget-vote-2024", BASE),
    ("http://courier.example:443/politics/budget-vote-2024", BASE),
    ("//courier.example/politics/budget-vote-2024", BASE),
    ("https://reader@courier.example/politics/budget-vote-2024", BASE),
    # path
    ("https://courier.example/politics/budget-vote-2024/", BASE),
    ("https://courier.example//politics//budget-vote-2024", BASE),
    ("https://courier.example/politics/./budget-vote-2024", BASE),
    ("https://courier.example/sport/../politics/budget-vote-2024", BASE),
    ("https://courier.example/politics/budget-vote-2024/index.html", BASE),
    ("https://courier.example/politics/budget-vote-2024/index.php", BASE),
    ("https://courier.example/politics/budget%2Dvote%2D2024", BASE),
    ("https://courier.example/politics/budget-vote-2024;jsessionid=8F3A1B", BASE),
    ("https://courier.example/%7Estaff/a", "https://courier.example/~staff/a"),
    ("https://courier.example/caf%c3%a9", "https://courier.example/caf%C3%A9"),
    ("https://courier.example/café", "https://courier.example/caf%C3%A9"),
    ("https://courier.example/a b", "https://courier.example/ab"),
    ("https://bücher.example/a", "https://xn--bcher-kva.example/a"),
    # fragments and white space
    (BASE + "#comments", BASE),
    (BASE + "#:~:text=budget", BASE),
    (BASE + "#", BASE),
    ("  " + BASE + "\n", BASE),
    # tracking
    (BASE + "?utm_source=feed&utm_medium=rss&utm_campaign=all", BASE),
    (BASE + "?UTM_Source=feed", BASE),
    (BASE + "?fbclid=IwAR0abc", BASE),
    (BASE + "?gclid=abc&gclsrc=aw.ds", BASE),
    (BASE + "?msclkid=1&yclid=2", BASE),
    (BASE + "?mc_cid=1f&mc_eid=2e", BASE),
    (BASE + "?_ga=2.1.3&_gl=1*x", BASE),
    (BASE + "?igshid=abc", BASE),
    (BASE + "?spm=a2c.1&scm=20", BASE),
    (BASE + "?xtor=RSS-3208", BASE),
    (BASE + "?at_medium=RSS&at_campaign=KARANGA", BASE),
    (BASE + "?ns_mchannel=social&ns_campaign=x", BASE),
    (BASE + "?ocid=social&cvid=1", BASE),
    (BASE + "?smid=tw-share&smtyp=cur", BASE),
    (BASE + "?ref=rss", BASE),
    (BASE + "?ref=homepage", BASE),
    (BASE + "?source=twitter", BASE),
    (BASE + "?source=rss-feed", BASE),
    (BASE + "?from=singlemessage&isappinstalled=0", BASE),
    (BASE + "?ref_src=twsrc%5Etfw", BASE),
    (BASE + "?cmpid=share&intcmp=nav", BASE),
    (BASE + "?print=true", BASE),
    (BASE + "?output=amp", BASE),
    (BASE + "?amp=1", BASE),
    (BASE + "?amp", BASE),
    (BASE + "?outputType=amp", BASE),
    (BASE + "?m=1", BASE),
    (BASE + "?page=1", BASE),
    (BASE + "?PHPSESSID=abcdef", BASE),
    (BASE + "?&&", BASE),
    (BASE + "?", BASE),
    # order and encoding of parameters
    ("https://courier.example/a?b=2&a=1", "https://courier.example/a?a=1&b=2"),
    ("https://courier.example/a?a=1&amp;b=2", "https://courier.example/a?a=1&b=2"),
    ("https://courier.example/a?q=x+y", "https://courier.example/a?q=x%20y"),
    ("https://courier.example/a?utm_source=x&id=7", "https://courier.example/a?id=7"),
    # AMP
    (BASE + "/amp", BASE),
    (BASE + "/amp/", BASE),
    (BASE + "/amp.html", BASE),
    ("https://courier.example/amp/politics/budget-vote-2024", BASE),
    ("https://courier.example/politics/budget-vote-2024.amp.html", BASE + ".html"),
    ("https://courier.example/news/1234.amp", "https://courier.example/news/1234"),
    ("https://courier-example.cdn.ampproject.org/c/s/courier.example/politics/budget-vote-2024/amp/", BASE),
    (
        "https://courier-example.cdn.ampproject.org/v/s/courier.example/politics/budget-vote-2024?usqp=mq331",
        BASE,
    ),
    ("https://www.google.com/amp/s/www.courier.example/politics/budget-vote-2024/amp", BASE),
    ("https://www.google.de/amp/s/amp.courier.example/politics/budget-vote-2024", BASE),
    # archives
    (
        "https://web.archive.org/web/20240305101500/https://www.courier.example/politics/budget-vote-2024",
        BASE,
    ),
    ("http://web.archive.org/web/20240305101500id_/http://courier.example/politics/budget-vote-2024", BASE),
    ("https://web.archive.org/web/2024/http:/courier.example/politics/budget-vote-2024", BASE),
    ("https://archive.ph/20240305101500/https://courier.example/politics/budget-vote-2024", BASE),
    ("https://webcache.googleusercontent.com/search?q=cache:x:" + BASE, BASE),
]

APART = [
    ("https://courier.example/article?id=1", "https://courier.example/article?id=2"),
    ("https://courier.example/?p=101", "https://courier.example/?p=102"),
    ("https://courier.example/story.php?sid=9", "https://courier.example/story.php?sid=10"),
    ("https://courier.example/read?ref=48151", "https://courier.example/read?ref=48152"),
    ("https://courier.example/read?source=481", "https://courier.example/read?source=482"),
    ("https://courier.example/read?article=a", "https://courier.example/read?article=b"),
    ("https://courier.example/news?nid=1", "https://courier.example/news?nid=2"),
    ("https://courier.example/news?aid=1&utm_source=x", "https://courier.example/news?aid=2&utm_source=x"),
    ("https://courier.example/a?cid=1234", "https://courier.example/a?cid=1235"),
    ("https://courier.example/a?s=budget", "https://courier.example/a?s=harbour"),
    ("https://courier.example/a?page=2", "https://courier.example/a"),
    ("https://courier.example/a?page=2", "https://courier.example/a?page=3"),
    ("https://courier.example/a?lang=de", "https://courier.example/a?lang=fr"),
    ("https://courier.example/a?view=article&n=1", "https://courier.example/a?view=article&n=2"),
    ("https://courier.example/a?type=news&n=1", "https://courier.example/a?type=news&n=2"),
    ("https://courier.example/a?mod=12", "https://courier.example/a?mod=13"),
    ("https://courier.example/a?from=2024", "https://courier.example/a?from=2023"),
    ("https://courier.example/a?src=11", "https://courier.example/a?src=12"),
    ("https://courier.example/a?date=2024-03-05", "https://courier.example/a?date=2024-03-06"),
    ("https://courier.example/A", "https://courier.example/a"),
    ("https://courier.example/a/b", "https://courier.example/a-b"),
    ("https://courier.example/a", "https://courier.example/b"),
    ("https://courier.example/a.html", "https://courier.example/a"),
    ("https://courier.example/a%2Fb", "https://courier.example/a/b"),
    ("https://news.courier.example/a", "https://sport.courier.example/a"),
    ("https://courier.example/a", "https://courier.test/a"),
    ("https://de.courier.example/a", "https://courier.example/a"),
    ("https://courier.example:8080/a", "https://courier.example/a"),
    ("https://courier.example/#!/a", "https://courier.example/#!/b"),
    ("https://courier.example/champion/1", "https://courier.example/champion"),
    ("https://courier.example/stamp", "https://courier.example/st"),
    ("https://courier.example/news/amplifier", "https://courier.example/news/lifier"),
    ("https://courier.example/camp", "https://courier.example/c"),
    ("https://courier.example/2024/03/05/a", "https://courier.example/2024/03/06/a"),
    ("https://courier.example/a?x=%26", "https://courier.example/a?x=&y"),
    (
        "https://web.archive.org/web/2024/https://courier.example/a",
        "https://web.archive.org/web/2024/https://courier.example/b",
    ),
]


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
