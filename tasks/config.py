"""Settings: ``corpus.toml`` and ``sources.toml``, read once, checked wholly before anything is requested or written."""

from __future__ import annotations

import hashlib
import json
import os
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from tasks.errors import ConfigError


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is not an IANA time zone such as 'Europe/Berlin'") from error
    return name


Zone = Annotated[str, AfterValidator(_known_zone)]


class _Strict(BaseModel):
    """A section of a settings file: unknown keys are errors, values do not change after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class RunnerSettings(_Strict):
    """How many units and documents are worked on at once, and where."""

    kind: Literal["thread", "dask"] = "thread"
    workers: int = Field(0, ge=0, le=256, description="document worker processes; 0 = one per core")
    units: int = Field(2, ge=1, le=256, description="units in flight")
    address: str | None = Field(None, description="address of a Dask scheduler, for kind = 'dask'")


class LimitSettings(_Strict):
    """What one page may cost before it becomes a reject."""

    cpu_seconds: int = Field(10, ge=1, le=600)
    memory_mb: int = Field(2048, ge=256, le=65536, description="address space of one document worker")
    wall_seconds: int = Field(
        300, ge=10, le=3600, description="backstop for a worker that neither works nor ends"
    )


class CleanSettings(_Strict):
    """What counts as an article."""

    min_words: int = Field(50, ge=1, le=10_000)


class DedupeSettings(_Strict):
    """How far back copies are looked for."""

    window_days: int | None = Field(
        None, ge=1, description="days between an article and its copies at most; default: the whole history"
    )


class EnrichSettings(_Strict):
    """What enrichment gives an opinion on."""

    topic_threshold: float | None = Field(
        None, ge=0, le=1, description="score under which no topic is given; default: as calibrated"
    )
    tagger: str = Field(
        "own",
        pattern=r"^(own|spacy:.+)$",
        description="own, or spacy:MODEL with the package or folder of an installed spaCy model",
    )


class CrawlSettings(_Strict):
    """How publishers are treated."""

    contact: str | None = Field(
        None, description="e-mail or URL that goes into the User-Agent, so that publishers can reach you"
    )
    delay_seconds: float = Field(1.0, ge=0, le=3600, description="pause between two requests to one host")
    per_host: int = Field(2, ge=1, le=16, description="requests to one host at once")
    connections: int = Field(50, ge=1, le=500)
    timeout_seconds: float = Field(
        30.0, gt=0, le=600, description="whole request, from name look-up to last byte"
    )
    max_bytes: int = Field(
        10_000_000, ge=10_000, description="bytes of one response, on the wire and decoded"
    )
    look_again_hours: tuple[Annotated[float, Field(gt=0, le=9000)], ...] = Field(
        (4.0, 24.0, 168.0),
        max_length=10,
        description="hours from fetching an article to looking whether it was changed, and from each look to the next",
    )
    allow_hosts: tuple[str, ...] = Field(
        (), description="hosts on private or loopback addresses that may be fetched all the same"
    )


class BackfillSettings(_Strict):
    """Where archives come from, and how patiently they are read."""

    ccnews_base: str = Field(
        "https://data.commoncrawl.org/",
        pattern=r"^(https?|s3)://[^/\s]+",
        description="where crawl-data/CC-NEWS/ lies: https://, http:// or s3://bucket",
    )
    wayback_base: str = Field(
        "https://web.archive.org/web/",
        pattern=r"^https?://[^/\s]+",
        description="where captures of the Wayback Machine are replayed",
    )
    timeout_seconds: float = Field(60.0, gt=0, le=3600, description="longest silence of a server")
    tries: int = Field(
        6, ge=1, le=100, description="failures in a row, without a byte between, before a file fails"
    )
    delay_seconds: float = Field(0.0, ge=0, le=3600, description="pause between two records of a CDX list")


class Settings(_Strict):
    """Everything in ``corpus.toml``; every value has a default."""

    runner: RunnerSettings = RunnerSettings()
    limits: LimitSettings = LimitSettings()
    clean: CleanSettings = CleanSettings()
    dedupe: DedupeSettings = DedupeSettings()
    enrich: EnrichSettings = EnrichSettings()
    crawl: CrawlSettings = CrawlSettings()
    backfill: BackfillSettings = BackfillSettings()


class Source(_Strict):
    """One outlet in ``sources.toml``: where its feeds are, and what its pages may leave unsaid."""

    name: str = Field(min_length=1, pattern=r"^[^/\\\x00]+$")
    hosts: tuple[str, ...] = Field((), description="hosts whose pages belong to this outlet")
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    front_pages: tuple[str, ...] = Field(
        (), description="pages that link to articles, read where feeds and sitemaps list nothing"
    )
    timezone: Zone | None = None
    language: str | None = Field(None, pattern=r"^[a-z]{2,3}$")
    country: str | None = Field(None, pattern=r"^[A-Z]{2}$")


class _SourceList(_Strict):
    source: tuple[Source, ...] = ()


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError(
            f"{path}: no such file; give its path, or leave the option out to use the defaults"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: is not valid TOML: {error}") from error


def _explain(path: Path | str, error: ValidationError) -> ConfigError:
    lines = []
    for fault in error.errors():
        key = ".".join(str(part) for part in fault["loc"])
        remedy = "remove it or correct its spelling" if fault["type"] == "extra_forbidden" else fault["msg"]
        lines.append(f"{path}: {key}: {remedy}")
    return ConfigError("\n".join(lines))


def load_settings(path: Path | None = None) -> Settings:
    """Settings from *path*; without one from ``corpus.toml`` in the working folder; without that the defaults.

    Raises ConfigError that names file, key and remedy.
    """
    if path is None:
        path = Path("corpus.toml")
        if not path.is_file():
            return Settings()
    try:
        return Settings.model_validate(_read_toml(path))
    except ValidationError as error:
        raise _explain(path, error) from error


def load_sources(path: Path) -> dict[str, Source]:
    """Outlets of a ``sources.toml`` by name, in the order of the file.

    Raises ConfigError for a name that appears twice, besides what :func:`load_settings` raises.
    """
    try:
        listed = _SourceList.model_validate(_read_toml(path)).source
    except ValidationError as error:
        raise _explain(path, error) from error
    found: dict[str, Source] = {}
    for source in listed:
        if source.name in found:
            raise ConfigError(f"{path}: source {source.name!r} appears twice; rename one or merge them")
        found[source.name] = source
    return found


def settings_digest(*parts: object) -> str:
    """SHA-256 (hexadecimal) of settings that matter to a stage: models, strings, numbers, or lists of them."""
    plain = [part.model_dump(mode="json") if isinstance(part, BaseModel) else part for part in parts]
    return hashlib.sha256(json.dumps(plain, sort_keys=True, default=str).encode()).hexdigest()


def worker_count(settings: Settings) -> int:
    """Document worker processes to start: as set, else one per core this process may use."""
    return settings.runner.workers or len(os.sched_getaffinity(0))
