"""RFC 9309, section by section, as a table: rules, an address, and whether it may be fetched by ``columninch``."""

from __future__ import annotations

from itertools import product

import pytest

from tasks.crawl.robots import parse_robots

HOST = "https://herald.example"
US, ALL = "User-agent: columninch", "User-agent: *"


def allowed(text: str, path: str) -> bool:
    return parse_robots(text.encode()).allows(HOST + path)


# 2.2.1: the user-agent line.  Product tokens are compared whole, without regard to case.
AGENTS = [
    ("columninch", True), ("COLUMNINCH", True), ("ColumnInch", True), ("columninch/0.1", True), ("columninch/0.1 (+x)", True),
    ("columninch bot", True), ("columninch # us", True), ("  columninch  ", True),
    ("column", False), ("columninc", False), ("columninch-news", False), ("columninchbot", False), ("columninch_x", False),
    ("news-columninch", False), ("Mozilla/5.0 columninch", False), ("googlebot", False), ("", False),
]  # fmt: skip


@pytest.mark.parametrize(("agent", "is_us"), AGENTS)
def test_2_2_1_a_group_for_us_is_told_by_its_whole_name(agent: str, is_us: bool) -> None:
    assert allowed(f"User-agent: {agent}\nDisallow: /", "/a") is not is_us
    # Whoever has a group of their own does not follow the one for everyone, and the other way round.
    assert allowed(f"User-agent: {agent}\nAllow: /\n\n{ALL}\nDisallow: /", "/a") is is_us
    assert allowed(f"{ALL}\nDisallow: /\n\nUser-agent: {agent}\nAllow: /", "/a") is is_us


@pytest.mark.parametrize(
    "between",
    [
        "",
        "\n",
        "\n\n",
        "# note\n",
        "Crawl-delay: 3\n",
        "Sitemap: https://x.example/s\n",
        "Unknown: x\n",
        "no colon at all\n",
    ],
)
@pytest.mark.parametrize("second", ["other", "columninch"])
def test_2_2_1_agents_in_a_row_share_a_group_whatever_stands_between_them(between: str, second: str) -> None:
    first = "columninch" if second == "other" else "other"
    assert not allowed(f"User-agent: {first}\n{between}User-agent: {second}\nDisallow: /a\n", "/a")


@pytest.mark.parametrize("between", ["", "\n", "User-agent: other\nDisallow: /\n", "# note\n\n\n"])
def test_2_2_1_groups_of_one_agent_are_one_group(between: str) -> None:
    for name in ("columninch", "*"):
        text = f"User-agent: {name}\nDisallow: /a\n{between}User-agent: {name}\nDisallow: /b\nAllow: /a/x\n"
        assert [allowed(text, path) for path in ("/a", "/b", "/a/x", "/c")] == [False, False, True, True]


@pytest.mark.parametrize(
    "text",
    [
        "Disallow: /\n",
        "Allow: /x\nDisallow: /\n",
        "Disallow: /\n\nUser-agent: other\nDisallow: /\n",
        "\ufeff# x\nDisallow: /",
    ],
)
def test_2_2_1_rules_before_any_agent_are_nobodys(text: str) -> None:
    assert allowed(text, "/a")


# 2.2.2: the longest match wins, allow before disallow among equals, nothing means yes; order never counts.
RULES = [
    ("/example/page/", "/example/page/disallowed.gif", "/example/page/disallowed.gif", False),
    ("/example/page/", "/example/page/disallowed.gif", "/example/page/allowed.gif", True),
    ("/a", "/a", "/a", True), ("/a/b", "/a", "/a/b", True), ("/a/b", "/a", "/a/c", False), ("/a", "/a/b", "/a/b", False),
    ("/a", "/a/b", "/a/bc", False), ("/", "/a", "/a", False), ("/a", "/", "/a", True), ("/a", "/", "/b", False),
    ("/a$", "/a", "/a", True), ("/a$", "/a", "/ab", False), ("/a", "/a$", "/a", False), ("/a", "/a$", "/a/", True),
    ("/*.html", "/news/", "/news/a.html", True), ("/*.html", "/news/x", "/news/a.html", True),
    ("/*.html", "/news/archive", "/news/archive/a.html", False), ("/n*w", "/new", "/news", True), ("/n**w", "/new", "/news", True),
    ("/a?", "/a", "/a?x", True), ("/a", "/a?", "/a?x", False), ("/a", "/a?", "/a", True), ("/a?b=1", "/a?", "/a?b=12", True),
    ("", "/", "/a", False), ("/", "", "/a", True), ("", "", "/a", True),
]  # fmt: skip


@pytest.mark.parametrize(("allow", "disallow", "path", "may"), RULES)
def test_2_2_2_the_longest_rule_wins_in_any_order(allow: str, disallow: str, path: str, may: bool) -> None:
    lines = [f"Allow: {allow}", f"Disallow: {disallow}"]
    for group, order in product((US, ALL), (lines, lines[::-1], [lines[1], "", lines[0]])):
        assert allowed("\n".join([group, *order]), path) is may, (group, order)


@pytest.mark.parametrize(
    "path",
    ["/robots.txt", "/robots.txt?x=1"],
)
def test_2_2_2_robots_txt_itself_is_always_allowed(path: str) -> None:
    assert allowed(f"{ALL}\nDisallow: /", "/robots.txt")
    assert not allowed(f"{ALL}\nDisallow: /", "/robots.txt.bak")


# 2.2.2: octets are compared after percent-encoding; what is reserved and escaped stays another thing.
SAME = [
    ("/foo/bar?baz=quz", "/foo/bar?baz=quz"), ("/foo/bar?baz=https://foo.bar", "/foo/bar?baz=https://foo.bar"),
    ("/foo/bar/ツ", "/foo/bar/%E3%83%84"), ("/foo/bar/%E3%83%84", "/foo/bar/%E3%83%84"), ("/foo/bar/%e3%83%84", "/foo/bar/%E3%83%84"),
    ("/foo/bar/%62%61%7A", "/foo/bar/baz"), ("/foo/bar/baz", "/foo/bar/%62%61%7A"), ("/a-b_c.d~e", "/a%2Db%5Fc%2Ed%7Ee"),
    ("/a%20b", "/a%20b"), ("/a b", "/a%20b"), ("/caf%C3%A9", "/caf%c3%a9"), ("/a%3Cb", "/a%3cb"), ("/%7Ejoe", "/~joe"),
    ("/a|b", "/a%7Cb"), ("/a\"b", "/a%22b"), ("/a{b}", "/a%7Bb%7D"),
]  # fmt: skip
OTHER = [
    ("/a%2Fb", "/a/b"), ("/a/b", "/a%2Fb"), ("/a%3Fb", "/a?b"), ("/a?b", "/a%3Fb"), ("/A", "/a"), ("/a", "/A"), ("/a/", "/a"),
    ("/a%26b", "/a&b"), ("/a%3Db", "/a=b"), ("/a+b", "/a%20b"), ("/a//b", "/a/b"), ("/%C3%A9", "/%E9"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "path"), SAME)
def test_2_2_2_two_writings_of_the_same_octets_match(rule: str, path: str) -> None:
    assert not allowed(f"{ALL}\nDisallow: {rule}", path)
    assert not allowed(f"{ALL}\nDisallow: {rule}$", path)
    assert not allowed(f"{ALL}\nDisallow: {rule}", path + "/more")


@pytest.mark.parametrize(("rule", "path"), OTHER)
def test_2_2_2_other_octets_do_not(rule: str, path: str) -> None:
    assert allowed(f"{ALL}\nDisallow: {rule}", path)


# 2.2.3: "#", "$" and "*".
SPECIAL = [
    ("/a#b", "/a", False), ("/a # b", "/a", False), ("#/a", "/a", True), ("/a%23b", "/a", True),
    ("/*", "/", False), ("*", "/", False), ("/*/x", "/a/x", False), ("/*/x", "/x", True), ("/a*", "/a", False), ("/a*", "/b", True),
    ("/a*b*c", "/a1b2c3", False), ("/a*b*c", "/acb", True), ("/*a$", "/ba", False), ("/*a$", "/bab", True), ("/a*$", "/abc", False),
    ("/$", "/", False), ("/$", "/a", True), ("/a$b", "/a", True), ("/a$b", "/a$b", False), ("/a%24", "/a$", False),
    ("/path/file-with-a-%2A.html", "/path/file-with-a-*.html", False), ("/path/file-with-a-%2A.html", "/path/file-with-a-x.html", True),
    ("/path/foo-%24", "/path/foo-$", False), ("/path/foo-%24", "/path/foo-", True), ("/*?*", "/a?b", False), ("/*?*", "/a", True),
    ("/*.php$", "/a.php", False), ("/*.php$", "/a.php?x", True), ("/*.php$", "/a.php5", True), ("/*.php", "/a.php5/x", False),
    ("/**", "/a", False), ("/a**b$", "/ab", False), ("/a***b$", "/axxb", False), ("$", "/", True),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "path", "may"), SPECIAL)
def test_2_2_3_special_characters(rule: str, path: str, may: bool) -> None:
    for group in (US, ALL):
        assert allowed(f"{group}\nDisallow: {rule}", path) is may
        assert allowed(f"{group}\nDisallow: /\nAllow: {rule}", path) is not may


# 2.2: the grammar: white space, ends of line, comments, case of the keys, bytes that are no text.
GRAMMAR = [
    "User-agent: *\nDisallow: /a", "User-agent:*\nDisallow:/a", "user-agent: *\ndisallow: /a", "USER-AGENT: *\nDISALLOW: /a",
    "User-agent : *\nDisallow : /a", "User-agent:\t*\nDisallow:\t/a\t", " User-agent: *\n Disallow: /a", "User-agent: *\r\nDisallow: /a\r\n",
    "User-agent: *\rDisallow: /a\r", "\ufeffUser-agent: *\nDisallow: /a", "# x\nUser-agent: * # y\n# z\nDisallow: /a # q",
    "\n\n\nUser-agent: *\n\n\nDisallow: /a\n\n\n", "User-agent: *\nDisallow: /a\n\x00\x01\x02", "User-agent: *\n\x00Disallow: /a",
    "junk\nUser-agent: *\njunk: x\nDisallow: /a", "User-agent: *\nDisallow: /a\nDisallow: /b\nDisallow: /c",
    "<html>\nUser-agent: *\nDisallow: /a\n</html>", "User-agent: *\nDisallow: /a" + "\n" * 1000, "User-agent: *\n" + "#" * 9000 + "\nDisallow: /a",
]  # fmt: skip


@pytest.mark.parametrize("text", GRAMMAR)
def test_2_2_however_it_is_written_a_rule_is_a_rule(text: str) -> None:
    assert not allowed(text, "/a")
    assert allowed(text, "/x")


def test_a_rule_in_bytes_that_are_no_utf_8_is_still_read() -> None:
    rules = parse_robots(b"\xff\xfe# caf\xe9\nUser-agent: *\nDisallow: /caf\xe9\nDisallow: /b\n")
    assert not rules.allows(f"{HOST}/b") and rules.allows(f"{HOST}/c")
