"""robots.txt by RFC 9309: a table by hand, and a second reading of the standard to compare with."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from yarl import URL

from tasks.crawl.robots import BYTES, parse_robots, read_robots, robots_url

HOST = "https://herald.example"

TABLE = [
    # (robots.txt, path, allowed)
    ("", "/a", True),
    ("User-agent: *\nDisallow:", "/a", True),
    ("User-agent: *\nDisallow: /", "/a", False),
    ("User-agent: *\nDisallow: /", "/robots.txt", True),
    ("User-agent: *\nDisallow: /a", "/ab", False),
    ("User-agent: *\nDisallow: /a/", "/a", True),
    ("user-AGENT: *\nDISALLOW: /a", "/a", False),
    ("User-agent : *\nDisallow : /a", "/a", False),
    ("User-agent:*\nDisallow:/a", "/a", False),
    ("  User-agent: *\n\tDisallow: /a", "/a", False),
    ("User-agent: * # everyone\nDisallow: /a # this", "/a", False),
    ("\ufeffUser-agent: *\nDisallow: /a", "/a", False),
    ("User-agent: *\r\nDisallow: /a\r\n", "/a", False),
    ("User-agent: *\rDisallow: /a\r", "/a", False),
    # precedence: the longest rule wins, allow on a tie
    ("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", True),
    ("User-agent: *\nAllow: /a\nDisallow: /a/b", "/a/b/c", False),
    ("User-agent: *\nDisallow: /a\nAllow: /a", "/a", True),
    ("User-agent: *\nAllow: /p\nDisallow: /", "/page", True),
    ("User-agent: *\nAllow: /$\nDisallow: /", "/", True),
    ("User-agent: *\nAllow: /$\nDisallow: /", "/page.htm", False),
    ("User-agent: *\nAllow: /folder\nDisallow: /folder", "/folder/page", True),
    ("User-agent: *\nAllow: /page\nDisallow: /*.htm", "/page.htm", False),
    ("User-agent: *\nAllow: /page\nDisallow: /*.ph", "/page.php5", True),
    # patterns
    ("User-agent: *\nDisallow: /*.gif$", "/a.gif", False),
    ("User-agent: *\nDisallow: /*.gif$", "/a.gif?x=1", True),
    ("User-agent: *\nDisallow: *.gif", "/x/a.gif", False),
    ("User-agent: *\nDisallow: /a*c", "/abbbc/d", False),
    ("User-agent: *\nDisallow: /a$b", "/a$b", False),
    ("User-agent: *\nDisallow: /*", "/", False),
    ("User-agent: *\nDisallow: /a?*", "/a?x", False),
    ("User-agent: *\nDisallow: /a**b", "/axb", False),
    ("User-agent: *\nDisallow: /A", "/a", True),
    ("User-agent: *\nAllow: /?\nDisallow: /*a", "/?a", False),
    ("User-agent: *\nDisallow: /*a*$", "/xay", False),
    ("User-agent: *\nDisallow: /ab*b$", "/ab", True),
    ("User-agent: *\nDisallow: *", "/x", False),
    # groups
    ("User-agent: columninch\nDisallow: /a\n\nUser-agent: *\nDisallow: /", "/b", True),
    ("User-agent: columninch\nDisallow: /a\n\nUser-agent: *\nDisallow: /", "/a", False),
    ("User-agent: ColumnInch\nDisallow: /a", "/a", False),
    ("User-agent: other\nDisallow: /", "/a", True),
    ("User-agent: other\nUser-agent: columninch\nDisallow: /a", "/a", False),
    ("User-agent: columninch\nDisallow: /a\nUser-agent: columninch\nDisallow: /b", "/a", False),
    ("User-agent: columninch\nDisallow: /a\nUser-agent: columninch\nDisallow: /b", "/b", False),
    ("User-agent: columninch\n\nDisallow: /a", "/a", False),
    ("User-agent: columninch\nSitemap: https://x.example/s\nDisallow: /a", "/a", False),
    ("User-agent: a\nSitemap: https://x.example/s\nUser-agent: columninch\nDisallow: /a", "/a", False),
    ("User-agent: columninch\nUnknown: x\nUser-agent: other\nDisallow: /a", "/a", False),
    ("User-agent: column\nDisallow: /", "/a", True),
    ("User-agent: columninchbot\nDisallow: /", "/a", True),
    ("User-agent: columninch/1.0\nDisallow: /a", "/a", False),
    ("User-agent: *\nDisallow: /a\nUser-agent: *\nDisallow: /b", "/a", False),
    ("Disallow: /", "/a", True),
    ("User-agent: columninch\nCrawl-delay: 1\nUser-agent: *\nDisallow: /", "/a", False),
    # encoding
    ("User-agent: *\nDisallow: /foo/bar?baz=quz", "/foo/bar?baz=quz", False),
    ("User-agent: *\nDisallow: /foo/ツ", "/foo/%E3%83%84", False),
    ("User-agent: *\nDisallow: /foo/%E3%83%84", "/foo/ツ", False),
    ("User-agent: *\nDisallow: /foo/%e3%83%84", "/foo/%E3%83%84", False),
    ("User-agent: *\nDisallow: /%62ar", "/bar", False),
    ("User-agent: *\nDisallow: /bar", "/%62ar", False),
    ("User-agent: *\nDisallow: /a%2Fb", "/a/b", True),
    ("User-agent: *\nDisallow: /a/b", "/a%2Fb", True),
    ("User-agent: *\nDisallow: /a%2ab", "/a*b", False),
    ("User-agent: *\nDisallow: /a%24", "/a$", False),
    ("User-agent: *\nDisallow: /caf\xe9", "/caf%C3%A9", False),
    ("User-agent: *\nDisallow: /a b", "/a%20b", False),
    ("User-agent: *\nDisallow: /~joe", "/%7Ejoe", False),
    ("User-agent: *\nDisallow: /index.html", "/index.html;x?y", False),
    # no robots.txt at all
    ("<html><body>Not found</body></html>", "/a", True),
    # not the standard, but what was meant
    ("User-agent *\nDisallow /a", "/a", False),
]


@pytest.mark.parametrize(("text", "path", "allowed"), TABLE)
def test_the_table(text: str, path: str, allowed: bool) -> None:
    assert parse_robots(text.encode()).allows(str(URL(HOST + path))) is allowed


@pytest.mark.parametrize(
    ("status", "allowed", "is_known"),
    [(200, False, True), (204, False, True), (404, True, True), (401, True, True), (403, True, True), (410, True, True),
     (429, False, False), (500, False, False), (503, False, False), (None, False, False), (304, True, True)],
)  # fmt: skip
def test_what_a_status_means(status: int | None, allowed: bool, is_known: bool) -> None:
    rules = read_robots(status, b"User-agent: *\nDisallow: /")
    assert (rules.allows(f"{HOST}/a"), rules.is_known) == (allowed, is_known)


def test_only_the_first_half_megabyte_counts() -> None:
    filler = b"# " + b"x" * 1000 + b"\n"
    early = b"User-agent: *\nDisallow: /a\n" + filler * 10_000
    assert not parse_robots(early).allows(f"{HOST}/a")
    late = b"User-agent: *\n" + filler * (BYTES // len(filler) + 1) + b"Disallow: /a\n"
    assert parse_robots(late).allows(f"{HOST}/a")


def test_crawl_delay_and_sitemaps() -> None:
    rules = parse_robots(b"User-agent: *\nCrawl-delay: 2.5\nSitemap: https://herald.example/s.xml\nDisallow:")
    assert rules.delay == 2.5 and rules.sitemaps == ("https://herald.example/s.xml",)
    for odd in (b"x", b"-1", b"nan", b"inf", b"1e99", b""):
        delay = parse_robots(b"User-agent: *\nCrawl-delay: " + odd).delay
        assert delay is None or 0 < delay <= 3600


def test_where_robots_txt_is() -> None:
    assert (
        str(robots_url(URL("https://herald.example:8443/a?b#c"))) == "https://herald.example:8443/robots.txt"
    )


@given(st.binary(max_size=300))
def test_any_bytes_are_a_robots_txt(body: bytes) -> None:
    rules = parse_robots(body)
    assert rules.allows(f"{HOST}/a") in (True, False)


def test_patterns_made_to_be_slow_are_not() -> None:
    body = b"User-agent: *\n" + b"Disallow: /" + b"*a" * 2000 + b"b\n"
    assert parse_robots(body).allows(HOST + "/" + "a" * 4000)
    many = parse_robots(b"User-agent: *\n" + b"".join(b"Disallow: /%d\n" % n for n in range(30_000)))
    assert all(many.allows(f"{HOST}/x{number}") for number in range(1000)) and not many.allows(f"{HOST}/7")


def second_reading(text: str, path: str, token: str = "columninch") -> bool:
    """RFC 9309, 2.2, read again: groups joined, longest match, allow on a tie."""
    groups: list[tuple[list[str], list[tuple[bool, str]]]] = []
    for line in text.splitlines():
        name, colon, value = line.partition("#")[0].partition(":")
        name, value = name.strip().lower(), value.strip()
        if not colon:
            continue
        if name == "user-agent":
            if not groups or groups[-1][1]:
                groups.append(([], []))
            groups[-1][0].append(value.lower())
        elif name in ("allow", "disallow") and groups:
            groups[-1][1].append((name == "allow", value))
    chosen = [rules for agents, rules in groups if token in agents] or [
        rules for agents, rules in groups if "*" in agents
    ]
    best = (-1, True)
    for allow, pattern in (rule for rules in chosen for rule in rules if rule[1]):
        ends = pattern.endswith("$")
        expression = ".*".join(map(re.escape, pattern.removesuffix("$").split("*"))) + ("$" if ends else "")
        if re.match(expression, path, re.DOTALL):
            best = max(best, (len(pattern), allow))
    return best[1]


PATH = st.lists(st.sampled_from(["a", "b", "/", "ab", "?", "=", "."]), max_size=6).map(
    lambda parts: "/" + "".join(parts)
)
PATTERN = st.lists(st.sampled_from(["a", "b", "/", "*", "ab", "?", "."]), max_size=5).map(
    lambda parts: "/" + "".join(parts)
)
RULE = st.builds(
    lambda kind, pattern, end: f"{kind}: {pattern}{end}",
    st.sampled_from(["Allow", "Disallow", "Disallow"]),
    PATTERN | st.just(""),
    st.sampled_from(["", "", "$"]),
).filter(lambda line: not line.endswith(": $"))
GROUP = st.builds(
    lambda agents, rules: [*(f"User-agent: {agent}" for agent in agents), *rules],
    st.lists(st.sampled_from(["*", "columninch", "other", "ColumnInch"]), min_size=1, max_size=2),
    st.lists(RULE, min_size=1, max_size=4),
)


@settings(max_examples=60)
@given(st.lists(GROUP, min_size=1, max_size=3), st.lists(PATH, min_size=1, max_size=5))
def test_rules_are_read_as_the_standard_reads_them(groups: list[list[str]], paths: list[str]) -> None:
    compare(groups, paths)


@pytest.mark.slow
@settings(max_examples=1_000, deadline=None)
@given(st.lists(GROUP, min_size=1, max_size=3), st.lists(PATH, min_size=5, max_size=9))
def test_rules_are_read_as_the_standard_reads_them_many_times(
    groups: list[list[str]], paths: list[str]
) -> None:
    compare(groups, paths)


def compare(groups: list[list[str]], paths: list[str]) -> None:
    text = "\n".join(line for group in groups for line in group)
    rules = parse_robots(text.encode())
    for path in paths:
        assert rules.allows(HOST + path) is second_reading(text, path), (text, path)
