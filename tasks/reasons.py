"""Why a record, page or text was not kept: the reasons, and a line about each for people."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Reason(StrEnum):
    """Why a record, page or text was not kept.  The docs list them; a new one needs a line in ``REASONS``."""

    DAMAGED = "damaged"
    TRUNCATED = "truncated"
    HTTP_ERROR = "http_error"
    REDIRECT = "redirect"
    REVISIT = "revisit"
    NOT_HTML = "not_html"
    EMPTY = "empty"
    UNDECODABLE = "undecodable"
    OVER_LIMIT = "over_limit"
    PARSER_FAILED = "parser_failed"
    NO_TEXT = "no_text"
    TOO_SHORT = "too_short"
    INDEX_PAGE = "index_page"
    SEARCH_PAGE = "search_page"
    CONSENT_WALL = "consent_wall"
    PAYWALL_STUB = "paywall_stub"
    ERROR_PAGE = "error_page"
    LEGAL_PAGE = "legal_page"
    GALLERY = "gallery"
    LIVE_TICKER = "live_ticker"
    LANGUAGE = "language"
    BAD_ROW = "bad_row"
    DUPLICATE_CAPTURE = "duplicate_capture"
    CLIENT_ERROR = "client_error"
    SERVER_ERROR = "server_error"
    REFUSED = "refused"
    REDIRECTS = "redirects"
    BLOCKED = "blocked"
    ROBOTS = "robots"
    UNREACHABLE = "unreachable"
    TIMED_OUT = "timed_out"
    TOO_LARGE = "too_large"
    BROKEN = "broken"
    KNOWN = "known"
    NOT_MODIFIED = "not_modified"


REASONS: Mapping[Reason, str] = {
    Reason.DAMAGED: "bytes of the archive that no record could be read from",
    Reason.TRUNCATED: "the record ends before its declared length and too little is left to read",
    Reason.HTTP_ERROR: "the server answered with a status of 400 or above",
    Reason.REDIRECT: "the server answered with a redirect; its target is a capture of its own",
    Reason.REVISIT: "the archive says that the page had not changed since an earlier capture",
    Reason.NOT_HTML: "neither the HTTP type nor the first bytes are those of a web page",
    Reason.EMPTY: "the body is empty or white space",
    Reason.UNDECODABLE: "the bytes are not text in any encoding that was declared or detected",
    Reason.OVER_LIMIT: "the page used more CPU time or memory than one page may",
    Reason.PARSER_FAILED: "a parser raised an error that it should not have",
    Reason.NO_TEXT: "a page was parsed but no article text was found in it",
    Reason.TOO_SHORT: "fewer words than an article has",
    Reason.INDEX_PAGE: "a front page, section or tag page: links to articles rather than an article",
    Reason.SEARCH_PAGE: "a page of search results",
    Reason.CONSENT_WALL: "a page that asks for consent to cookies instead of showing the article",
    Reason.PAYWALL_STUB: "a page that asks to subscribe and shows no more than a teaser",
    Reason.ERROR_PAGE: "a page that says 'not found' or 'access denied' with status 200",
    Reason.LEGAL_PAGE: "terms, privacy policy, imprint or another page about the site itself",
    Reason.GALLERY: "a picture gallery or video page without running text",
    Reason.LIVE_TICKER: "a live ticker: many dated entries rather than one article",
    Reason.LANGUAGE: "written in a language that the run was told to leave out",
    Reason.BAD_ROW: "a row of a table or line of a file that lacks what a capture needs",
    Reason.DUPLICATE_CAPTURE: "the same URL with the same bytes was captured before in this unit",
    Reason.CLIENT_ERROR: "crawl: the server answered with a status of 400 to 499; not asked again",
    Reason.SERVER_ERROR: "crawl: the server answered with a status of 500 or above; asked again later",
    Reason.REFUSED: "crawl: the server said that it is asked too often (429 or 503); asked again when it wants",
    Reason.REDIRECTS: "crawl: more than five redirects",
    Reason.BLOCKED: "crawl: the address, or where it leads, is private or not of the web; never requested",
    Reason.ROBOTS: "crawl: robots.txt does not allow it; never requested",
    Reason.UNREACHABLE: "crawl: no connection, or an end before any answer; asked again later",
    Reason.TIMED_OUT: "crawl: not done by the deadline; asked again later",
    Reason.TOO_LARGE: "crawl: more bytes than one response may have, as sent or unpacked",
    Reason.BROKEN: "crawl: an answer that broke off or is not HTTP; asked again later",
    Reason.KNOWN: "crawl: leads to a page that was fetched already",
    Reason.NOT_MODIFIED: "crawl: looked at again and unchanged",
}
