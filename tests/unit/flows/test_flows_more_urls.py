"""Laws of canonical URLs that hold for any address, the broken and the hostile ones included."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.urls import bare_host, canonical_url, source_of

LAW = settings(max_examples=60, deadline=None)
PIECES = (
    "a.example", "www.", "m.", "amp.", "web.archive.org/web/2024/", "?", "&", "=", "#", "#!", "amp", "/amp", ".amp", ".html", "/", "//",
    "index.html", "/index.php", "..", ".", "%2F", "%41", "%", "%zz", "utm_source=x", "page=1", "id=1", ";jsessionid=1", ":80", ":8080",
    "@", "é", "cdn.ampproject.org/c/s/", "www.google.com/amp/s/", "+", " ", "&amp;", "translate.google.com/x?u=", "/s/amp", "amp.html",
    "\t", "\x00", "'", '"', "<", "\\", "[", "]", "http://", "https://", "\u202e",
    "www.google.com/url?q=", "l.facebook.com/l.php?u=", "a-example.translate.goog/", "http%3A%2F%2F", "&url=", "&via=1", "/a-b-c",
)  # fmt: skip
ADDRESS = st.tuples(
    st.sampled_from(["http://", "https://", "//", "", "https://a.example/"]),
    st.lists(st.sampled_from(PIECES), max_size=7),
).map(lambda parts: parts[0] + "".join(parts[1]))
LABEL = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=2, max_size=8)
SEGMENTS = st.lists(LABEL.filter(lambda s: s not in ("amp", "web", "all", "index")), max_size=4)
PARAMETERS = st.dictionaries(
    st.sampled_from(["id", "sid", "article", "n", "lang", "date"]), LABEL, max_size=4
)


def address(host: str, segments: list[str], parameters: dict[str, str]) -> str:
    query = "&".join(f"{k}={v}" for k, v in parameters.items())
    return f"https://{host}.example/{'/'.join(segments)}" + (f"?{query}" if query else "")


@pytest.mark.slow
@settings(max_examples=300, deadline=None, derandomize=True)
@given(ADDRESS)
def test_the_canonical_form_of_anything_is_its_own(url: str) -> None:
    once = canonical_url(url)
    assert canonical_url(once) == once


@LAW
@given(ADDRESS)
def test_the_source_of_an_address_is_that_of_its_canonical_form(url: str) -> None:
    assert source_of(url) == source_of(canonical_url(url))
    assert source_of(url) == bare_host(source_of(url))


@LAW
@given(LABEL, SEGMENTS, PARAMETERS, st.randoms())
def test_the_order_of_parameters_means_nothing(host, segments, parameters, random) -> None:
    shuffled = dict(random.sample(list(parameters.items()), len(parameters)))
    assert canonical_url(address(host, segments, parameters)) == canonical_url(
        address(host, segments, shuffled)
    )


@LAW
@given(LABEL, SEGMENTS, PARAMETERS)
def test_an_address_of_ordinary_parts_stays_as_it_is(host, segments, parameters) -> None:
    url = address(host, segments, dict(sorted(parameters.items())))
    kept = canonical_url(url)
    assert urlsplit(kept).hostname == f"{host}.example"
    assert [part for part in urlsplit(kept).path.split("/") if part] == segments
    assert kept.startswith("https://")


@LAW
@given(LABEL, SEGMENTS, PARAMETERS, st.sampled_from(["http://", "HTTP://", "https://", "//"]))
def test_the_scheme_means_nothing(host, segments, parameters, scheme) -> None:
    url = address(host, segments, parameters)
    assert canonical_url(scheme + url.removeprefix("https://")) == canonical_url(url)


@LAW
@given(LABEL, SEGMENTS, PARAMETERS, st.text("abcXYZ019-_=", max_size=8))
def test_a_fragment_means_nothing(host, segments, parameters, fragment) -> None:
    url = address(host, segments, parameters)
    assert canonical_url(f"{url}#{fragment}") == canonical_url(url)


@LAW
@given(LABEL, SEGMENTS, PARAMETERS, st.sampled_from(["www", "m", "amp", "mobile", "www2", "www.m", "touch"]))
def test_a_prefix_for_a_device_means_nothing(host, segments, parameters, prefix) -> None:
    url = address(host, segments, parameters)
    assert canonical_url(url.replace("https://", f"https://{prefix}.")) == canonical_url(url)


@LAW
@given(LABEL, SEGMENTS, PARAMETERS, st.integers(1996, 2026))
def test_an_archive_is_looked_through(host, segments, parameters, year) -> None:
    url = address(host, segments, parameters)
    for archive in (
        f"https://web.archive.org/web/{year}0101000000/",
        f"https://web.archive.org/web/{year}0101000000id_/",
        f"https://archive.ph/{year}0101000000/",
    ):
        assert canonical_url(archive + url) == canonical_url(url)
        assert source_of(archive + url) == f"{host}.example"


@LAW
@given(LABEL, SEGMENTS.filter(bool))
def test_an_index_file_means_nothing_however_often_it_is_named(host, segments) -> None:
    url = address(host, segments, {})
    for tail in (
        "/index.html",
        "/index.html/",
        "/index.php",
        "/default.aspx",
        "/index.html/index.html",
        "//index.htm",
    ):
        assert canonical_url(url + tail) == canonical_url(url)


@LAW
@given(LABEL, SEGMENTS.filter(bool))
def test_amp_is_taken_off_however_often_it_was_put_on(host, segments) -> None:
    url = address(host, segments, {})
    for tail in ("/amp", "/amp/", "/amp/amp", "/amp.html", "/amp.html/amp", "/amp/?amp=1"):
        assert canonical_url(url + tail) == canonical_url(url)


@LAW
@given(st.text("abcXYZ%0123456789gG.~ /", max_size=20))
def test_any_percent_sign_is_borne(path: str) -> None:
    found = canonical_url(f"https://a.example/{path}")
    assert found.startswith("https://a.example/")
    assert canonical_url(found) == found


@pytest.mark.parametrize(
    "tail", ["%zz", "100%m.", "%", "%%", "%4", "?x=%q1", "?%zz=1", "%E2%82", "%00", "?a=%u1234", "50%-off"]
)
def test_a_percent_sign_that_escapes_nothing_does_no_harm(tail: str) -> None:
    found = canonical_url(f"https://a.example/sale/{tail}")
    assert canonical_url(found) == found
    assert source_of(f"https://a.example/sale/{tail}") == "a.example"


@LAW
@given(st.text("wm.aé-xn0ü", max_size=16))
def test_a_bare_host_cannot_be_made_barer(host: str) -> None:
    once = bare_host(host)
    assert bare_host(once) == once
    assert once == once.lower()


@LAW
@given(LABEL, LABEL)
def test_a_host_in_capitals_is_the_same_host(one: str, other: str) -> None:
    assert bare_host(f"{one}.{other}".upper()) == bare_host(f"{one}.{other}")


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "data:text/html,<p>", "file:///etc/passwd", "about:blank", "tel:+1", "HTTPS", "://", "https:", "https:///a",
        "https://?x", "https://#x", "https://:80/", "https://[", "https://]/", "https://a.example:port/", "https://a.example:-1/", "?a=b", "#", "%",
    ],
)  # fmt: skip
def test_what_is_no_web_page_has_no_source(url: str) -> None:
    assert source_of(url) == ""
    assert canonical_url(url) == url


@pytest.mark.parametrize("number", [1, 2, 3, 6, 20])
def test_archives_of_archives_end(number: int) -> None:
    url = "https://web.archive.org/web/2024/" * number + "https://a.example/x"
    once = canonical_url(url)
    assert re.match(r"https://(a\.example/x|web\.archive\.org/)", once)
    if number <= 4:
        assert once == "https://a.example/x"


@pytest.mark.parametrize("url", ["https://a.example/" + "a/" * 20_000, "https://a.example/?" + "a=1&" * 20_000, "https://" + "a." * 20_000 + "example/", "https://a.example/" + "amp/" * 5_000 + "x"])  # fmt: skip
def test_very_long_addresses_get_an_answer(url: str) -> None:
    assert canonical_url(url).startswith("https://")
