"""One contract per table: schema, key, sort order and partition (see :mod:`tasks.contract`).

Descriptions of columns become ``docs/tables.md`` and the comments in ``lake.duckdb``.  Stages build tables with
:meth:`Contract.table`, which types empty columns and refuses nulls in required ones.
"""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from tasks.contract import Column, Contract
from tasks.contracts_derived import ACTOR_VOLUMES, POSTINGS, STORYLINES, VOLUMES

__all__ = ["ACTOR_VOLUMES", "MARTS", "POSTINGS", "STORYLINES", "TABLES", "VOLUMES", "Column", "Contract"]

_TEXT, _INT32, _INT64, _FLOAT, _BOOL = pa.string(), pa.int32(), pa.int64(), pa.float32(), pa.bool_()
_INT16, _AT, _ON = pa.int16(), pa.timestamp("us", tz="UTC"), pa.date32()
_TEXTS = pa.list_(pa.string())
_TOPICS = pa.list_(pa.struct([pa.field("code", pa.string()), pa.field("score", pa.float32())]))
_ROLES = pa.list_(
    pa.struct(
        [("title", pa.string()), ("country", pa.string()), ("start_on", pa.date32()), ("end_on", pa.date32())]
    )
)

_LOCATOR = (
    Column("file", _TEXT, "archive file or scraped file the bytes came from, as given to the run"),
    Column("offset", _INT64, "first byte of the record in that file, or line or row number for tables"),
    Column("length", _INT64, "bytes the record takes in that file"),
)

CAPTURES = Contract(
    "captures",
    "one retrieval of a page: URL, time and where the bytes are",
    (
        Column("capture_id", _INT64, "key: hash of unit, locator and payload", True),
        Column("url", _TEXT, "the URL as captured; null for scraped text without one"),
        Column("captured_at", _AT, "when the page was fetched (UTC); null when nobody wrote it down"),
        Column("status", _INT16, "HTTP status; null when the bytes did not come over HTTP"),
        Column("mime", _TEXT, "media type as the server declared it, lower case, without parameters"),
        Column("payload_kind", _TEXT, "html or text: which cleaner reads it", True),
        Column("payload_sha256", _TEXT, "SHA-256 of the decoded body, hexadecimal", True),
        Column("unit_id", _TEXT, "unit that brought it in", True),
        *_LOCATOR,
        Column("source", _TEXT, "outlet, as configured or as the host of the URL"),
        Column("truncated", _BOOL, "the body is known to be cut", True),
        Column("damage", _TEXT, "what was wrong with the record, if anything"),
    ),
    key=("capture_id",),
    sort=("offset", "capture_id"),
    mart=False,
)

REJECTS = Contract(
    "rejects",
    "what was read and not kept, with the reason",
    (
        Column("stage", _TEXT, "stage that refused it: capture, clean or enrich", True),
        Column("unit_id", _TEXT, "unit it came in", True),
        Column("url", _TEXT, "URL when known"),
        *_LOCATOR,
        Column("reason", _TEXT, "one of the reasons listed in docs/tables.md", True),
        Column("detail", _TEXT, "what exactly, for a person"),
        Column("run_id", _TEXT, "start of the key of the receipt that vouches for it"),
    ),
    sort=("stage", "offset", "url"),
    mart=False,
)

_CLEANED = (
    Column("article_id", _INT64, "key: hash of canonical URL and text, or of the text without a URL", True),
    Column("url", _TEXT, "URL of the capture"),
    Column("canonical_url", _TEXT, "URL without what does not select the article (tracking, AMP, www)"),
    Column("source", _TEXT, "outlet: name from sources.toml or --source, else the host of the URL", True),
    Column("title", _TEXT, "headline"),
    Column("lead", _TEXT, "standfirst or first paragraph"),
    Column("authors", _TEXTS, "bylines, one name each"),
    Column("section", _TEXT, "section the outlet put it in"),
    Column("tags", _TEXTS, "keywords the outlet gave it"),
    Column("captions", _TEXTS, "what stands under its own pictures, without credits"),
    Column("published_at", _AT, "when it was published (UTC); null when only the day is known"),
    Column("published_on", _ON, "day it was published (UTC); null when nobody wrote it down"),
    Column("published_precision", _TEXT, "second, minute, hour, day, month or year"),
    Column("published_from", _TEXT, "origin of the date: json-ld, meta, text, url, feed, given, capture"),
    Column("modified_at", _AT, "when the outlet says it last changed it (UTC)"),
    Column("captured_at", _AT, "when it was fetched (UTC)"),
    Column("word_count", _INT32, "words of the text (characters for scripts without spaces)", True),
    Column("extractor", _TEXT, "what found the text: blocks, trafilatura, scraped or given", True),
    Column("extractor_mode", _TEXT, "how it was called"),
    Column("fallback_reason", _TEXT, "why the first extractor's answer was not used, if so"),
    Column("page_language", _TEXT, "language the page declares, ISO 639-1"),
    Column("capture_id", _INT64, "capture it was made of"),
    Column("unit_id", _TEXT, "unit it came in", True),
    Column("run_id", _TEXT, "start of the key of the receipt that vouches for it"),
)

CLEANED = Contract(
    "cleaned",
    "what cleaning makes of one unit: articles without text",
    _CLEANED,
    key=("article_id",),
    sort=("article_id",),
    mart=False,
)

TEXTS = Contract(
    "texts",
    "the text of every article",
    (
        Column("article_id", _INT64, "key", True),
        Column("published_on", _ON, "day it was published (UTC)"),
        Column("text", _TEXT, "paragraphs, one per line; no headline, no furniture", True),
    ),
    key=("article_id",),
    sort=("article_id",),
    partition="month",
    month_from="published_on",
)

SITES = Contract(
    "sites",
    "what the pages of one source in one unit taught cleaning about it",
    (
        Column("source", _TEXT, "key: outlet", True),
        Column(
            "frame",
            _TEXT,
            "element that holds headline and article, read alone on later pages; null when none is",
        ),
        Column("lines", _TEXTS, "normalised lines that its articles repeat at head or tail: cut there", True),
        Column("page_count", _INT32, "pages of the source in the unit", True),
        Column("studied_count", _INT32, "pages of the sample, all read whole", True),
        Column(
            "checked_count",
            _INT32,
            "pages of the sample that show the frame and had no part in choosing it",
            True,
        ),
        Column(
            "agreed_count",
            _INT32,
            "of those checked, pages on which the frame gave what the whole page gives",
            True,
        ),
        Column("reason", _TEXT, "why no frame is used"),
        Column("version", _TEXT, "version of what learned it", True),
        Column("unit_id", _TEXT, "unit", True),
        Column("run_id", _TEXT, "start of the key of the receipt that vouches for it"),
    ),
    key=("source",),
    sort=("source",),
    mart=False,
)

ENRICHED = Contract(
    "enriched",
    "what enrichment adds to each article of one unit",
    (
        Column("article_id", _INT64, "key", True),
        Column("language", _TEXT, "ISO 639-1 code, or und when unsure", True),
        Column("language_score", _FLOAT, "probability of that language, 0–1"),
        Column("topics", _TOPICS, "IPTC Media Topics above the threshold, best first", True),
        Column("tone", _FLOAT, "mean tone of its sentences, −1 to 1; null without a word list"),
        Column("dates_mentioned", _TEXTS, "dates the text names, ISO 8601, as precise as written"),
        Column("supported", _TEXTS, "parts that know the language: actors, quotes, tagger, tone, topics"),
        Column("enrich_version", _TEXT, "version of what made these columns", True),
    ),
    key=("article_id",),
    sort=("article_id",),
    mart=False,
)

GROUPED = Contract(
    "grouped",
    "what duplicate search says of each article",
    (
        Column("article_id", _INT64, "key", True),
        Column("group_id", _INT64, "duplicate group; a group of one is its own", True),
        Column("is_canonical", _BOOL, "earliest published member of its group", True),
        Column("copy_of", _INT64, "article it is a copy of; null for the canonical member"),
        Column("copy_kind", _TEXT, "exact, near, part or update; null for the canonical member"),
        Column("similarity", _FLOAT, "Jaccard similarity of word shingles with copy_of, 0–1"),
        Column("containment", _FLOAT, "share of the shorter text's shingles found in the longer, 0–1"),
    ),
    key=("article_id",),
    sort=("article_id",),
    mart=False,
)

_LINKS = {"unit_id", "run_id", "page_language", "capture_id"}
ARTICLES = Contract(
    "articles",
    "one row per article",
    (
        *(c for c in _CLEANED if c.name not in _LINKS),
        *ENRICHED.columns[1:7],
        *GROUPED.columns[1:],
        *(c for c in _CLEANED if c.name in ("unit_id", "run_id")),
        ENRICHED.columns[7],
        Column(
            "number",
            _INT64,
            "small key that postings use: months since year 0 times 2^32, plus the row in its month's file",
        ),
    ),
    key=("article_id",),
    sort=("published_on", "article_id"),
    partition="month",
    month_from="published_on",
)

_MENTION = (
    Column("actor_id", _TEXT, "actor mentioned: a Wikidata id, or a columninch id where there is none", True),
    Column("published_on", _ON, "day the article was published (UTC)"),
    Column("article_id", _INT64, "article that mentions it", True),
    Column(
        "group_id", _INT64, "duplicate group of the article; in the file null where it is article_id itself"
    ),
    Column("source", _TEXT, "outlet of the article"),
    Column("kind", _TEXT, "person, organisation, state or group", True),
    Column("count", _INT32, "times the article names it", True),
    Column("salience", _FLOAT, "how central it is to the article, 0–1", True),
    Column("tone", _FLOAT, "mean tone of the sentences that name it, −1 to 1"),
    Column("in_title", _BOOL, "named in the headline", True),
    Column("is_quoted", _BOOL, "speaks in a quote of the article, direct or indirect", True),
    Column("language", _TEXT, "language of the article; null in unit files"),
    Column("is_canonical", _BOOL, "the article is the canonical member of its group; null in unit files"),
)

MENTIONS = Contract(
    "mentions",
    "one row per actor and article",
    _MENTION,
    sort=("actor_id", "published_on", "article_id"),
    partition="month",
    month_from="published_on",
)

MENTION_SPANS = Contract(
    "mention_spans",
    "where in the text an actor is named",
    (
        Column("article_id", _INT64, "article", True),
        Column("actor_id", _TEXT, "actor; null when a name could not be resolved"),
        Column("surface", _TEXT, "the words as written", True),
        Column("kind", _TEXT, "person, organisation, state, place or group", True),
        Column("start", _INT32, "first character; in title + line feed + text", True),
        Column("end", _INT32, "character after the last", True),
        Column("sentence", _INT32, "number of the sentence, from 0", True),
        Column("how", _TEXT, "gazetteer, tagger or coreference", True),
        Column("tagger_version", _TEXT, "version of what found it", True),
        Column("published_on", _ON, "day the article was published (UTC)"),
    ),
    sort=("article_id", "start"),
    partition="month",
    month_from="published_on",
)

QUOTES = Contract(
    "quotes",
    "what was said, and by whom",
    (
        Column("article_id", _INT64, "article", True),
        Column("published_on", _ON, "day the article was published (UTC)"),
        Column("speaker_id", _TEXT, "actor who speaks; null when unresolved"),
        Column("speaker_surface", _TEXT, "how the article names the speaker there"),
        Column("kind", _TEXT, "direct: between quotation marks; indirect: reported without them"),
        Column("text", _TEXT, "the words as written, without marks", True),
        Column("start", _INT32, "first character; in title + line feed + text", True),
        Column("end", _INT32, "character after the last", True),
        Column("cue", _TEXT, "the word that introduces it: said, stressed, …"),
    ),
    sort=("article_id", "start"),
    partition="month",
    month_from="published_on",
)

ACTORS = Contract(
    "actors",
    "who the actors are",
    (
        Column("actor_id", _TEXT, "key: Wikidata id, or a columninch id (ci:…) where there is none", True),
        Column("name", _TEXT, "name in English", True),
        Column("kind", _TEXT, "person, organisation, state or group", True),
        Column("country", _TEXT, "ISO 3166-1 alpha-2 code"),
        Column("wikidata", _TEXT, "Wikidata id where a source gives one"),
        Column("roles", _ROLES, "offices held, with dates where known", True),
        Column("aliases", _TEXTS, "other names, all languages", True),
    ),
    key=("actor_id",),
    sort=("actor_id",),
)

PLACES = Contract(
    "places",
    "places an article names",
    (
        Column("article_id", _INT64, "article", True),
        Column("place_id", _TEXT, "GeoNames id, or a country code", True),
        Column("name", _TEXT, "name in English", True),
        Column("country", _TEXT, "ISO 3166-1 alpha-2 code"),
        Column("latitude", _FLOAT, "degrees north"),
        Column("longitude", _FLOAT, "degrees east"),
        Column("published_on", _ON, "day the article was published (UTC)"),
    ),
    sort=("article_id", "place_id"),
    partition="month",
    month_from="published_on",
)

GROUPS = Contract(
    "groups",
    "duplicate groups: one report and its copies",
    (
        Column("group_id", _INT64, "key", True),
        Column("canonical_id", _INT64, "earliest published member", True),
        Column("size", _INT32, "articles in the group", True),
        Column("sources", _INT32, "distinct outlets that ran it", True),
        Column("first_at", _AT, "earliest publication (UTC)"),
        Column("last_at", _AT, "latest publication (UTC)"),
        Column("merged_into", _INT64, "group that took this one's members, if any"),
    ),
    key=("group_id",),
    sort=("group_id",),
)

COVERAGE = Contract(
    "coverage",
    "what was expected and what was got, per source and day",
    (
        Column("day", _ON, "day (UTC)", True),
        Column("source", _TEXT, "outlet", True),
        Column("listed", _INT32, "URLs that feeds or archives listed", True),
        Column("fetched", _INT32, "captures", True),
        Column("extracted", _INT32, "captures an article was made of", True),
        Column("kept", _INT32, "articles in the marts", True),
        Column("enriched", _INT32, "articles with language, actors and topics", True),
        Column("expected", _FLOAT, "usual count for that weekday; null while too little is known"),
        Column("status", _TEXT, "ok, low, gap, high or unknown", True),
        Column("is_gap", _BOOL, "far under its usual count: a fall here is no change of interest", True),
    ),
    key=("day", "source"),
    sort=("day", "source"),
    partition="month",
    month_from="day",
)

TABLES: Mapping[str, Contract] = {
    c.name: c
    for c in (
        CAPTURES, REJECTS, CLEANED, SITES, ENRICHED, GROUPED, ARTICLES, TEXTS, MENTIONS, MENTION_SPANS, QUOTES, ACTORS, PLACES, GROUPS, COVERAGE,
        VOLUMES, ACTOR_VOLUMES, POSTINGS, STORYLINES,
    )
}  # fmt: skip
"""Every table by name."""

MARTS: Mapping[str, Contract] = {name: c for name, c in TABLES.items() if c.mart}
"""The tables that people query."""
