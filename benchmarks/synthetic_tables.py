"""The tables of one synthetic month, drawn with numpy and typed by the contracts (see ``synthetic_marts``)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tasks.contract import Contract
from tasks.contracts import TABLES
from tasks.marts.derive import DERIVED
from tasks.marts.months import month_number, read_ordered

if TYPE_CHECKING:
    from benchmarks.synthetic_marts import Plan

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
LANGUAGES = ("en", "de", "en", "fr", "en")
"""Language of each source, in turn."""
KINDS = ("person", "state", "organisation", "group")
"""Kind of each actor, in turn."""
WORDS = tuple(a + b for a in ("ba", "ce", "di", "fo", "gu", "la") for b in ("l", "n", "r", "st", "m", "ck"))
"""The invented words of which texts are made."""
VOCABULARY = np.array(
    [
        *WORDS,
        *(a + b for a in WORDS for b in WORDS),
        *(a + b + c for a in WORDS for b in WORDS for c in WORDS),
    ]
)
"""All words of texts, one to three of the above each."""


@dataclass(frozen=True, slots=True)
class Names:
    """Ids and names: invented outlets, numbered actors and the first-level topic codes."""

    sources: tuple[str, ...]
    actors: tuple[str, ...]
    topics: tuple[str, ...]

    @staticmethod
    def numbered(sources: int, actors: int) -> Names:
        """Names for so many sources and actors."""
        return Names(
            tuple(f"outlet{n:02d}.example" for n in range(sources)),
            tuple(f"ci:{n:05d}" for n in range(actors)),
            tuple(f"medtop:{n:02d}000000" for n in range(1, 18)),
        )


@dataclass(frozen=True, slots=True)
class MonthDraw:
    """Articles of a month in order of day (day number, source, original they copy) and mentions (article, actor)."""

    day: Ints
    source: Ints
    original: Ints
    article: Ints
    actor: Ints
    first_day: int

    @staticmethod
    def draw(
        rng: np.random.Generator,
        plan: Plan,
        arrivals: Ints,
        interest: Floats,
        first: int,
        mix: tuple[int, int],
    ) -> MonthDraw:
        """Draw articles, copies and who is named.

        *arrivals* [day, source] and *interest* [day, actor] start at day number *first*; *mix* is (actor, source):
        that actor is named by originals of that source alone.
        """
        days, sources = arrivals.shape
        total = int(arrivals.sum())
        day = np.repeat(np.arange(days), arrivals.sum(axis=1))
        source = np.repeat(np.tile(np.arange(sources), days), arrivals.ravel())
        copied = rng.random(total) < plan.copies
        starts = np.searchsorted(day, np.arange(days + 1))
        copied[starts[:-1][starts[:-1] < total]] = False
        originals = np.flatnonzero(~copied)
        bounds = np.searchsorted(day[originals], np.arange(days + 1))
        original = np.arange(total)
        copies = np.flatnonzero(copied)
        low, high = bounds[day[copies]], bounds[day[copies] + 1]
        original[copies] = originals[low + (rng.random(len(copies)) * (high - low)).astype(np.int64)]
        named = rng.poisson(np.diff(bounds)[:, None] * interest)
        cell_day = np.repeat(np.arange(days), named.sum(axis=1))
        actor = np.repeat(np.tile(np.arange(named.shape[1]), days), named.ravel())
        low, high = bounds[cell_day], bounds[cell_day + 1]
        article = originals[low + (rng.random(len(actor)) * (high - low)).astype(np.int64)]
        kept = (actor != mix[0]) | (source[article] == mix[1])
        pairs = np.unique(article[kept] * named.shape[1] + actor[kept])
        article, actor = pairs // named.shape[1], pairs % named.shape[1]
        return MonthDraw(day + first, source, original, *_inherit(original, copies, article, actor), first)


def _inherit(original: Ints, copies: Ints, article: Ints, actor: Ints) -> tuple[Ints, Ints]:
    """Mentions with those of the copies, which name whom their original names."""
    starts = np.searchsorted(article, np.arange(len(original) + 1))
    length = np.diff(starts)[original[copies]]
    offset = np.repeat(starts[original[copies]] - np.concatenate([[0], np.cumsum(length)[:-1]]), length)
    taken = np.arange(length.sum()) + offset
    return np.concatenate([article, np.repeat(copies, length)]), np.concatenate([actor, actor[taken]])


def _pick(names: tuple[str, ...], index: Ints) -> pa.Array:
    """Strings by number."""
    return pa.DictionaryArray.from_arrays(pa.array(index, pa.int32()), pa.array(names)).cast(pa.string())


def _table(contract: Contract, columns: dict[str, Any], rows: int) -> pa.Table:
    """A checked table; columns of the contract that are not given are null, those it does not have are dropped."""
    arrays = [
        _typed(columns[c.name], c.type) if c.name in columns else pa.nulls(rows, c.type)
        for c in contract.columns
    ]
    return contract.check(pa.Table.from_arrays(arrays, names=[c.name for c in contract.columns]))


def _typed(values: Any, kind: pa.DataType) -> Any:
    """Values as that Arrow type."""
    return values.cast(kind) if isinstance(values, pa.ChunkedArray | pa.Array) else pa.array(values, kind)


def _article_ids(rng: np.random.Generator, count: int) -> Ints:
    """Distinct random 63-bit keys, as real ones are hashes."""
    ids = rng.integers(1, 2**62, count)
    while len(np.unique(ids)) < count:
        ids = rng.integers(1, 2**62, count)
    return ids


def _topics(rng: np.random.Generator, plan: Plan, names: Names, draw: MonthDraw) -> pa.Array:
    """One or two topics for 9 of 10 articles; the last code is six times as likely in the last ``recent_days``."""
    codes = len(names.topics)
    weight = np.linspace(2.0, 0.5, codes)
    recent = draw.day >= plan.days - plan.recent_days
    late = weight.copy()
    late[-1] *= 6
    top = np.where(
        recent,
        rng.choice(codes, len(draw.day), p=late / late.sum()),
        rng.choice(codes, len(draw.day), p=weight / weight.sum()),
    )
    top = top[draw.original]
    number = rng.choice([0, 1, 2], len(draw.day), p=[0.1, 0.6, 0.3])[draw.original]
    flat = np.stack([top, (top + 1 + draw.original % 5) % codes], axis=1)
    kept = np.arange(2)[None, :] < number[:, None]
    score = np.stack([np.full(len(top), 0.8), np.full(len(top), 0.4)], axis=1)[kept].astype(np.float32)
    values = pa.StructArray.from_arrays(
        [_pick(names.topics, flat[kept]), pa.array(score)], names=["code", "score"]
    )
    return pa.ListArray.from_arrays(pa.array(np.concatenate([[0], np.cumsum(number)]), pa.int32()), values)


def _texts(rng: np.random.Generator, words: int, count: int) -> list[str]:
    """Texts of invented words, the frequent ones first; drawn a few thousand at a time."""
    texts: list[str] = []
    for first in range(0, count, 5_000):
        order = (rng.zipf(1.3, (min(5_000, count - first), words)) - 1) % len(VOCABULARY)
        texts += [" ".join(row) for row in VOCABULARY[order].tolist()]
    return texts


def month_tables(
    rng: np.random.Generator, plan: Plan, names: Names, draw: MonthDraw, run_id: str
) -> dict[str, pa.Table]:
    """The tables of a month by name, ``groups`` among them."""
    total = len(draw.day)
    ids = _article_ids(rng, total)
    since = (plan.first_day - type(plan.first_day)(1970, 1, 1)).days
    is_canonical = draw.original == np.arange(total)
    hour = np.where(is_canonical, rng.integers(0, 12 * 3600, total), rng.integers(12 * 3600, 86_400, total))
    at = ((draw.day + since) * 86_400 + hour) * 1_000_000
    tone = np.round(rng.normal(0, 0.3, total), 2).astype(np.float32)
    language = tuple(LANGUAGES[n % len(LANGUAGES)] for n in range(plan.sources))
    on = (draw.day + since).astype(np.int32)
    copied = pa.array(~is_canonical)
    articles = {
        "article_id": ids,
        "source": _pick(names.sources, draw.source),
        "url": pc.binary_join_element_wise(
            "https:/", _pick(names.sources, draw.source), pa.array(ids).cast(pa.string()), "/"
        ),
        "title": pc.binary_join_element_wise("Report number", pa.array(ids % 100_000).cast(pa.string()), " "),
        "published_at": at,
        "published_on": on,
        "published_precision": pa.array(np.full(total, "second")),
        "published_from": pa.array(np.full(total, "json-ld")),
        "word_count": np.full(total, max(plan.text_words, 1), np.int32),
        "extractor": pa.array(np.full(total, "trafilatura")),
        "language": _pick(language, draw.source),
        "language_score": np.full(total, 0.99, np.float32),
        "topics": _topics(rng, plan, names, draw),
        "tone": tone,
        "group_id": ids[draw.original],
        "is_canonical": is_canonical,
        "copy_of": pc.if_else(copied, pa.array(ids[draw.original]), None),
        "copy_kind": pc.if_else(copied, "near", pa.scalar(None, pa.string())),
        "unit_id": pa.array(np.full(total, run_id)),
        "run_id": pa.array(np.full(total, run_id)),
        "enrich_version": pa.array(np.full(total, "synthetic")),
        "number": _numbers(plan, draw, ids, on),
    }
    count = len(draw.actor)
    number = rng.poisson(1.0, count) + 1
    mentions = {
        "actor_id": _pick(names.actors, draw.actor),
        "published_on": on[draw.article],
        "article_id": ids[draw.article],
        "group_id": pc.if_else(
            pa.array(is_canonical[draw.article]), None, pa.array(ids[draw.original][draw.article])
        ),
        "source": _pick(names.sources, draw.source[draw.article]),
        "kind": _pick(KINDS, draw.actor % len(KINDS)),
        "count": number.astype(np.int32),
        "salience": np.round(np.minimum(1, number / 6), 2).astype(np.float32),
        "tone": tone[draw.article],
        "in_title": number > 3,
        "is_quoted": (draw.actor % 4 == 0) & (rng.random(count) < 0.3),
        "language": _pick(language, draw.source[draw.article]),
        "is_canonical": is_canonical[draw.article],
    }
    tables = {
        "articles": _table(TABLES["articles"], articles, total),
        "mentions": _table(TABLES["mentions"], mentions, count),
        "groups": _groups(draw, ids, at, is_canonical),
        "places": _places(rng, ids, on),
    }
    tables["volumes"] = _volumes(articles, is_canonical)
    with duckdb.connect() as connection:
        connection.register("month_mentions", tables["mentions"])
        tables["actor_volumes"] = _derived(connection, "actor_volumes")
    if plan.text_words:
        texts = {"article_id": ids, "published_on": on, "text": _texts(rng, plan.text_words, total)}
        tables["texts"] = _table(TABLES["texts"], texts, total)
        tables["postings"] = _postings(tables["articles"], tables["texts"])
    quoted = np.flatnonzero(mentions["is_quoted"])
    quotes = {
        "article_id": ids[draw.article[quoted]],
        "published_on": on[draw.article[quoted]],
        "speaker_id": mentions["actor_id"].take(pa.array(quoted)),
        "text": pa.array(np.full(len(quoted), "We shall see what comes of it")),
        "start": np.zeros(len(quoted), np.int32),
        "end": np.full(len(quoted), 29, np.int32),
    }
    tables["quotes"] = _table(TABLES["quotes"], quotes, len(quoted))
    return tables


def _numbers(plan: Plan, draw: MonthDraw, ids: Ints, on: npt.NDArray[np.int32]) -> Ints:
    """Numbers of the articles of one month, in order of day and id."""
    day = plan.first_day + timedelta(days=draw.first_day)
    rows = np.empty(len(ids), np.int64)
    rows[np.lexsort((ids, on))] = np.arange(len(ids))
    return rows + (month_number(f"{day:%Y-%m}"))


def _groups(draw: MonthDraw, ids: Ints, at: Ints, is_canonical: npt.NDArray[np.bool_]) -> pa.Table:
    """One row per group, counted from its members."""
    total = len(ids)
    size = np.bincount(draw.original, minlength=total)
    pairs = np.unique(draw.original * 1_000 + draw.source) // 1_000
    last = np.zeros(total, np.int64)
    np.maximum.at(last, draw.original, at)
    groups = {
        "group_id": ids[is_canonical],
        "canonical_id": ids[is_canonical],
        "size": size[is_canonical].astype(np.int32),
        "sources": np.bincount(pairs, minlength=total)[is_canonical].astype(np.int32),
        "first_at": at[is_canonical],
        "last_at": last[is_canonical],
    }
    return _table(TABLES["groups"], groups, int(is_canonical.sum()))


def _volumes(articles: dict[str, Any], is_canonical: npt.NDArray[np.bool_]) -> pa.Table:
    """Articles and canonical articles per day, source and language."""
    keys = ["published_on", "source", "language"]
    table = pa.table({**{k: articles[k] for k in keys}, "one": is_canonical.astype(np.int64)})
    counted = table.group_by(keys).aggregate([("one", "count"), ("one", "sum")])
    columns = {
        **{k: counted[k] for k in keys},
        "article_count": counted["one_count"],
        "canonical_count": counted["one_sum"],
    }
    return _table(TABLES["volumes"], columns, counted.num_rows)


def _postings(articles: pa.Table, texts: pa.Table) -> pa.Table:
    """The postings, made as the marts make them."""
    with duckdb.connect() as connection:
        connection.register("month_articles", articles)
        connection.register("month_texts", texts)
        return _derived(connection, "postings")


def _derived(connection: duckdb.DuckDBPyConnection, name: str) -> pa.Table:
    """A table that the marts make of the others, as they make it."""
    return TABLES[name].check(read_ordered(connection, name, DERIVED[name].rows).read_all())


def _places(rng: np.random.Generator, ids: Ints, on: npt.NDArray[np.int32]) -> pa.Table:
    """A place for every third article; ten invented places."""
    taken = np.flatnonzero(ids % 3 == 0)
    place = rng.integers(0, 10, len(taken))
    columns = {
        "article_id": ids[taken],
        "place_id": _pick(tuple(f"place:{n}" for n in range(10)), place),
        "name": _pick(tuple(f"Townlet {n}" for n in range(10)), place),
        "country": _pick(("XA", "XB"), place % 2),
        "latitude": (place * 10.0).astype(np.float32),
        "longitude": (place * -5.0).astype(np.float32),
        "published_on": on[taken],
    }
    return _table(TABLES["places"], columns, len(taken))


def still_tables(names: Names) -> dict[str, pa.Table]:
    """The tables without months: the actors, each with a name and an alias."""
    rows = [
        {
            "actor_id": actor,
            "name": "Hungary" if number == 12 else f"Actor {number:05d}",
            "kind": KINDS[number % len(KINDS)],
            "roles": [],
            "aliases": [f"A{number}", f"Acteur {number:05d}"],
        }
        for number, actor in enumerate(names.actors)
    ]
    rows += [
        {"actor_id": "ci:twin1", "name": "Twin", "kind": "person", "roles": [], "aliases": []},
        {"actor_id": "ci:twin2", "name": "Twin", "kind": "group", "roles": [], "aliases": []},
    ]
    return {"actors": TABLES["actors"].table(rows)}
