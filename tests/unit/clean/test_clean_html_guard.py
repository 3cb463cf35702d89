"""What never reaches the parser, and what the parser is spared."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.clean.guard import admit, flatten, parse_html
from tasks.reasons import Reason

FEW = settings(max_examples=40, deadline=None)
PAGE = b"<html><body><p>The harbour opens on Monday.</p></body></html>"
LIMIT = 1_000_000


@pytest.mark.parametrize("payload", [b"", b"   \n\t ", b"\xef\xbb\xbf", b"\0\0\0\0", b"\r\n" * 50])
def test_an_empty_body_is_refused_as_empty(payload: bytes) -> None:
    assert admit(payload, LIMIT).reason is Reason.EMPTY


@pytest.mark.parametrize(
    "start",
    [
        b"%PDF-1.7",
        b"\x89PNG\r\n\x1a\n",
        b"PK\x03\x04",
        b"GIF89a",
        b"\xff\xd8\xff\xe0",
        b"ID3\x04",
        b"\x7fELF",
        b"wOF2",
        b"{\\rtf1",
    ],
)
def test_files_of_other_kinds_are_no_pages(start: bytes) -> None:
    assert admit(start + b"rest" * 20, LIMIT).reason is Reason.NOT_HTML


def test_gzip_bytes_are_unpacked() -> None:
    assert admit(gzip.compress(PAGE), LIMIT).payload == PAGE


def test_damaged_gzip_bytes_are_undecodable() -> None:
    assert admit(b"\x1f\x8b\x08\x00" + bytes(range(256)) * 4, LIMIT).reason is Reason.UNDECODABLE


def test_gzip_bytes_cut_short_give_what_they_hold() -> None:
    packed = gzip.compress(PAGE + b"<p>" + bytes(range(32, 120)) * 50)
    assert admit(packed[:-30], LIMIT).payload.startswith(PAGE)


def test_a_gzip_bomb_stops_at_the_limit() -> None:
    assert len(admit(gzip.compress(b"<p>a</p>" * 1_000_000), LIMIT).payload) <= LIMIT


def test_control_bytes_are_undecodable() -> None:
    payload = bytes((number * 7919 + 13) % 256 for number in range(5000))
    assert admit(payload, LIMIT).reason is Reason.UNDECODABLE


def test_a_long_body_is_cut() -> None:
    assert len(admit(PAGE * 1000, 5000).payload) == 5000


def test_a_page_passes_as_it_is() -> None:
    admitted = admit(PAGE, LIMIT)
    assert admitted.reason is None
    assert admitted.payload == PAGE


@pytest.mark.parametrize("depth", [10, 250, 300, 3000, 50_000])
def test_text_survives_any_nesting(depth: int) -> None:
    root = parse_html(
        "<html><body>" + "<div>" * depth + "<p>Still here.</p>" + "</div>" * depth + "</body></html>"
    )
    assert root is not None
    assert "Still here." in "".join(root.itertext())


@pytest.mark.parametrize("tag", ["b", "span", "font", "blockquote", "ul", "section"])
def test_text_survives_tags_that_are_never_closed(tag: str) -> None:
    root = parse_html("<html><body>" + f"<{tag}>" * 20_000 + "<p>Still here.</p>")
    assert root is not None
    assert "Still here." in "".join(root.itertext())


def test_a_text_over_ten_megabytes_survives() -> None:
    root = parse_html("<html><body><p>" + "word " * 2_200_000 + "last</p></body></html>")
    assert root is not None
    assert "".join(root.itertext()).endswith("last")


def test_a_tag_with_very_many_attributes_costs_nothing() -> None:
    attributes = " ".join(f'a{number}="x"' for number in range(20_000))
    root = parse_html(f"<html><body><div {attributes}><p>Still here.</p></div></body></html>")
    assert root is not None
    assert root.find(".//div").attrib == {}
    assert "Still here." in "".join(root.itertext())


def test_nothing_but_white_space_gives_no_tree_or_an_empty_one() -> None:
    root = parse_html("   ")
    assert root is None or not "".join(root.itertext()).strip()


def test_comments_and_instructions_are_no_text() -> None:
    root = parse_html("<html><body><!-- hidden --><?php secret ?><p>Seen.</p></body></html>")
    assert root is not None
    assert "".join(root.itertext()).strip() == "Seen."


def test_entities_of_the_page_itself_are_not_expanded() -> None:
    bomb = '<!DOCTYPE html [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]><html><body><p>&b;</p></body></html>'
    root = parse_html(bomb)
    assert root is not None
    assert len("".join(root.itertext())) < 200


def test_a_flattened_page_has_paragraphs_and_no_scripts() -> None:
    flat = flatten("<div><div>One</div><script>var x = '<div>';</script><section>Two</section></div>")
    assert "script" not in flat
    assert flat.count("<p>") == 2


@FEW
@given(st.text(max_size=300))
def test_any_text_can_be_parsed(text: str) -> None:
    parse_html(text)


@FEW
@given(st.binary(max_size=300))
def test_any_bytes_are_admitted_or_refused(payload: bytes) -> None:
    admitted = admit(payload, LIMIT)
    assert (admitted.reason is None) == bool(admitted.payload)
