"""Captures in, articles and rejects out: nothing is lost, nothing depends on order, nothing hurts."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.clean.article import Cleaned, CleanOptions, article_id, normalise
from tasks.clean.batch import clean_captures, clean_document, tables, with_known_lines
from tasks.reasons import Reason
from tasks.units import Capture, Refusal, Unit

FEW = settings(max_examples=30, deadline=None)
OPTIONS = CleanOptions()
UNIT = Unit("u1", "warc", ())
NOW = datetime(2024, 3, 10, 12, tzinfo=UTC)
URL = "https://www.harbour-herald.example/news/new-bridge-opens?utm_source=feed"
SENTENCES = [
    "The new bridge over the river opened on Tuesday, ten years after the first stone was laid in the mud.",
    "Some four hundred people came to the north bank to see it, although it had been raining since the morning.",
    "The council paid eleven million for the work, two more than it had planned, and will pay for the road next year.",
    "Cars may use the bridge from Friday; the ferry will go on for walkers until the end of the summer.",
]


def page(
    title: str = "New bridge opens after ten years", texts: Sequence[str] = SENTENCES, head: str = ""
) -> bytes:
    """A web page with an article."""
    body = "".join(f"<p>{text}</p>" for text in texts)
    return f'<html lang="en"><head><title>{title} | Harbour Herald</title>{head}</head><body><h1>{title}</h1><div>{body}</div></body></html>'.encode()


def capture(
    payload: bytes,
    url: str | None = URL,
    kind: Literal["html", "text"] = "html",
    at: datetime | None = NOW,
    offset: int = 0,
    given: dict[str, Any] | None = None,
    charset: str | None = None,
    truncated: bool = False,
) -> Capture:
    """A capture of these bytes."""
    return Capture(
        url=url,
        captured_at=at,
        status=200,
        mime="text/html",
        charset=charset,
        payload=payload,
        payload_kind=kind,
        file="part-0.warc.gz",
        offset=offset,
        length=len(payload),
        truncated=truncated,
        given=given or {},
    )


def cleaned(payload: bytes, **more: Any) -> Cleaned:
    """The article of a capture that must have one."""
    result = clean_document(capture(payload, **more), OPTIONS)
    assert isinstance(result, Cleaned), result
    return result


def refused(payload: bytes, **more: Any) -> Refusal:
    """The refusal of a capture that must have none."""
    result = clean_document(capture(payload, **more), OPTIONS)
    assert isinstance(result, Refusal), result
    return result


# one capture


def test_an_article_fills_its_row() -> None:
    head = '<meta property="article:published_time" content="2024-03-05T10:00:00+01:00"><meta name="author" content="Mara Quill">'
    row = cleaned(page(head=head))
    assert row.title == "New bridge opens after ten years"
    assert row.text == "\n".join(SENTENCES)
    assert row.canonical_url == "https://harbour-herald.example/news/new-bridge-opens"
    assert row.source == "harbour-herald.example"
    assert row.authors == ("Mara Quill",)
    assert row.published_at == datetime(2024, 3, 5, 9, tzinfo=UTC)
    assert (row.published_from, row.published_precision) == ("meta", "second")
    assert row.lead == SENTENCES[0]
    assert row.word_count == sum(len(text.split()) for text in SENTENCES)
    assert (row.extractor, row.fallback_reason, row.page_language) == ("blocks", None, "en")
    assert (row.file, row.offset, row.length) == ("part-0.warc.gz", 0, len(page(head=head)))


def test_unknown_fields_are_null_not_empty() -> None:
    row = cleaned(page())
    assert (row.section, row.published_at, row.modified_at) == (None, None, None)
    assert (row.authors, row.tags) == ((), ())


def test_a_page_without_a_date_counts_on_the_day_it_was_fetched() -> None:
    row = cleaned(page())
    assert (row.published_at, row.published_precision, row.published_from) == (None, "day", "capture")
    assert row.captured_at is not None
    assert row.published_on == row.captured_at.date()


def test_a_page_without_any_date_has_none() -> None:
    row = clean_document(replace(capture(page()), captured_at=None), OPTIONS)
    assert isinstance(row, Cleaned)
    assert (row.published_on, row.published_precision, row.published_from) == (None, None, None)


def test_the_callers_source_goes_before_the_host() -> None:
    result = clean_document(replace(capture(page()), source="Harbour Herald"), OPTIONS)
    assert isinstance(result, Cleaned)
    assert result.source == "Harbour Herald"


def test_what_was_given_goes_before_what_the_page_says() -> None:
    given = {
        "title": "A given title",
        "published": "2024-01-02",
        "authors": ["Tor Brandt"],
        "section": "Coast",
        "language": "de",
    }
    row = cleaned(page(), given=given)
    assert (row.title, row.authors, row.section, row.page_language) == (
        "A given title",
        ("Tor Brandt",),
        "Coast",
        "de",
    )
    assert (str(row.published_on), row.published_from) == ("2024-01-02", "given")


@pytest.mark.parametrize("value", ["2199-01-01", "soon", "", None, 7])
def test_an_implausible_given_date_is_not_believed(value: Any) -> None:
    assert cleaned(page(), given={"published": value}).published_from == "capture"


def test_a_given_date_may_be_a_date_already() -> None:
    assert (
        str(cleaned(page(), given={"published": datetime(2024, 1, 2, tzinfo=UTC)}).published_on)
        == "2024-01-02"
    )


def test_the_zone_of_the_source_is_used() -> None:
    head = '<meta property="article:published_time" content="2024-03-05T00:30:00">'
    result = clean_document(capture(page(head=head)), CleanOptions(zone="Europe/Berlin"))
    assert isinstance(result, Cleaned)
    assert result.published_at == datetime(2024, 3, 4, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"", Reason.EMPTY),
        (b"  \n ", Reason.EMPTY),
        (b"%PDF-1.7 rest", Reason.NOT_HTML),
        (b"\x1f\x8b\x08\x00garbage", Reason.UNDECODABLE),
        (bytes((n * 7919 + 13) % 256 for n in range(4000)), Reason.UNDECODABLE),
        (b"<html><body></body></html>", Reason.NO_TEXT),
        (page(texts=SENTENCES[:1]), Reason.TOO_SHORT),
        (b"<html><title>404</title><body><h1>Page not found</h1></body></html>", Reason.ERROR_PAGE),
    ],
)
def test_what_is_no_article_is_refused_with_its_reason_and_place(payload: bytes, reason: Reason) -> None:
    refusal = refused(payload, offset=42)
    assert refusal.reason is reason
    assert (refusal.url, refusal.file, refusal.offset, refusal.length) == (
        URL,
        "part-0.warc.gz",
        42,
        len(payload),
    )


def test_a_body_known_to_be_cut_is_refused_as_truncated() -> None:
    assert refused(page()[:150], truncated=True).reason is Reason.TRUNCATED


def test_a_body_cut_late_is_still_an_article() -> None:
    assert cleaned(page()[:-40], truncated=True).word_count > 60


def test_gzip_bytes_are_read() -> None:
    assert cleaned(gzip.compress(page())).text == cleaned(page()).text


@pytest.mark.parametrize("charset", ["cp1252", "utf-16", "utf-8"])
def test_the_encoding_makes_no_difference(charset: str) -> None:
    texts = [text.replace("bridge", "Brücke") for text in SENTENCES]
    assert cleaned(page(texts=texts).decode().encode(charset), charset="utf-8").text == "\n".join(texts)


def test_an_error_of_a_parser_costs_one_reject(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("as a parser might")

    monkeypatch.setattr("tasks.clean.batch.read_page", fail)
    refusal = refused(page())
    assert refusal.reason is Reason.PARSER_FAILED
    assert "as a parser might" in refusal.detail


# plain text


def test_plain_text_goes_through_its_own_cleaner() -> None:
    text = "\n".join(["New bridge opens after ten years", "5 March 2024", *SENTENCES])
    row = cleaned(text.encode(), kind="text", url=None)
    assert row.extractor == "scraped"
    assert SENTENCES[0] in row.text
    assert row.source == "unknown"
    assert row.canonical_url is None


def test_plain_text_with_a_given_title_is_believed() -> None:
    row = cleaned(b"Short but true.", kind="text", given={"title": "Bridge open", "published": "2024-03-05"})
    assert (row.title, row.text, row.extractor) == ("Bridge open", "Short but true.", "given")
    assert row.published_from == "given"


def test_lines_that_the_source_repeats_can_be_told() -> None:
    assert with_known_lines(OPTIONS, ["b", "a"]).known_lines == ("b", "a")


# ids


def test_an_id_comes_from_canonical_url_and_normalised_text() -> None:
    one = cleaned(page())
    tracked = cleaned(page(), url="http://m.harbour-herald.example/news/new-bridge-opens/?fbclid=1#top")
    spaced = cleaned(page(texts=[text.replace(" ", "\n  ") for text in SENTENCES]))
    other = cleaned(page(), url="https://harbour-herald.example/news/another")
    assert one.article_id == tracked.article_id == spaced.article_id
    assert one.article_id != other.article_id


@FEW
@given(st.none() | st.text(max_size=30), st.text(max_size=100))
def test_ids_fit_a_signed_integer_and_depend_on_words_only(url: str | None, text: str) -> None:
    key = article_id(url, text)
    assert 0 <= key < 2**63
    assert key == article_id(url, f"  {text}\n\n")
    assert normalise(normalise(text)) == normalise(text)


def test_a_url_and_a_text_cannot_be_mistaken_for_another_pair() -> None:
    assert article_id("a", "b c") != article_id("a b", "c")
    assert article_id(None, "a") != article_id("a", "")


# many captures


def some_captures() -> list[Capture]:
    """Articles, a copy under another address, the same article twice, and pages that are none."""
    again = NOW - timedelta(days=1)
    return [
        capture(page(), offset=0),
        capture(page("Ferry goes on until the autumn"), "https://harbour-herald.example/ferry", offset=10),
        capture(page(), offset=20, at=again),
        capture(page(), "https://coast-courier.example/bridge", offset=30),
        capture(b"", offset=40),
        capture(b"%PDF-1.4", offset=50),
        capture(page(texts=SENTENCES[:1]), offset=60),
    ]


def test_every_capture_becomes_one_row() -> None:
    captures = some_captures()
    made = tables(UNIT, clean_captures(captures, OPTIONS), "run-1")
    assert made.cleaned.num_rows + made.rejects.num_rows == len(captures)
    assert made.texts.num_rows == made.cleaned.num_rows == 3
    assert sorted(made.rejects["reason"].to_pylist()) == [
        "duplicate_capture",
        "empty",
        "not_html",
        "too_short",
    ]
    assert made.rejects["run_id"].unique().to_pylist() == ["run-1"]


def test_of_the_same_article_the_earliest_capture_is_kept() -> None:
    made = tables(UNIT, clean_captures(some_captures(), OPTIONS))
    first = next(row for row in made.cleaned.to_pylist() if "new-bridge" in row["canonical_url"])
    assert first["captured_at"] == NOW - timedelta(days=1)


@pytest.mark.slow
@FEW
@given(st.permutations(range(7)))
def test_order_makes_no_difference(order: list[int]) -> None:
    captures = some_captures()
    straight = tables(UNIT, clean_captures(captures, OPTIONS))
    shuffled = tables(UNIT, clean_captures([captures[number] for number in order], OPTIONS))
    assert shuffled.cleaned.equals(straight.cleaned)
    assert shuffled.texts.equals(straight.texts)
    assert shuffled.rejects.equals(straight.rejects)


def test_results_do_not_depend_on_what_was_cleaned_before() -> None:
    captures = some_captures()
    alone = [clean_document(one, OPTIONS) for one in captures]
    for _ in range(3):
        assert list(clean_captures(captures, OPTIONS)) == alone


def test_no_captures_make_empty_tables() -> None:
    made = tables(UNIT, [])
    assert made.cleaned.num_rows == made.texts.num_rows == made.rejects.num_rows == 0


@FEW
@given(
    st.binary(max_size=300),
    st.sampled_from(["html", "text"]),
    st.none() | st.text(max_size=20),
    st.none() | st.text(max_size=10),
)
def test_any_bytes_become_an_article_or_a_refusal(
    payload: bytes, kind: Literal["html", "text"], url: str | None, charset: str | None
) -> None:
    result = clean_document(capture(payload, url, kind, charset=charset), OPTIONS)
    assert isinstance(result, Cleaned | Refusal)
    assert not isinstance(result, Refusal) or result.reason is not Reason.PARSER_FAILED


@FEW
@given(
    st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<div>",
                "<table>",
                "<td>",
                "<a href=x>",
                "<!--",
                "-->",
                "<script>",
                "]]>",
                "&amp",
                SENTENCES[0],
            ]
        ),
        max_size=40,
    )
)
def test_broken_markup_never_fails_a_parser(parts: list[str]) -> None:
    result = clean_document(capture("".join(parts).encode()), OPTIONS)
    assert not isinstance(result, Refusal) or result.reason is not Reason.PARSER_FAILED
