"""Makes the sample that the demo runs on: WARC files, scraped text files, ``sources.toml`` and ``truth.json``.

``python data/sample/make_sample.py [FOLDER]`` writes them into FOLDER, by default beside this file.  Everything is
columninch's own writing: three newspapers, their towns and nearly all their people are invented; states and
international bodies are real and take part in invented events.  The same input gives the same output.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sample_furniture import hubs, notices
from sample_pages import OUTLETS, address, render_article, section_of, shown
from sample_scraped import minutes_later, render_scraped
from sample_truth import TOPICS, find_actors, find_quotes, measure_rise
from sample_warc import Page, build_info, build_request, build_response, damage
from sample_writing import Article, compose, dice, revise, slug, with_related

PERIODS = (("2025-09a", "2025-09-01"), ("2025-09b", "2025-09-22"), ("2025-10", "2025-10-13"))
"""Name and first day of each crawl; every outlet has one archive file per crawl."""
UPDATED = "hungary-evacuates-three-villages-as-dyke-on-the"
DAMAGED = ("R", "one-rail-ticket-for-eight-states-says-european")
TRUNCATED = ("H", "2025-09b")
RECAPTURED = (("H", 3), ("C", 11), ("R", 17))
ALSO_SCRAPED = ("C", "slower-not-slow")


def describe(
    article: Article, kind: str, file: str, url: str | None, captured: datetime | None
) -> dict[str, Any]:
    """What is true of one capture of *article*: the gold that cleaning, duplicates and enrichment can be held against."""
    title, paragraphs = shown(article)
    year, week, _ = article.published.astimezone(UTC).isocalendar()
    modified = article.modified
    if kind == "scraped":
        modified = article.published + timedelta(minutes=minutes_later(article))
    return {
        "url": url, "kind": kind, "file": file, "outlet": OUTLETS[article.outlet].name, "language": article.language,
        "captured_at": captured.isoformat() if captured else None, "title": title, "section": section_of(article),
        "author": article.author, "published_at": article.published.astimezone(UTC).isoformat(),
        "modified_at": modified.astimezone(UTC).isoformat() if modified else None, "week": f"{year}-W{week:02d}",
        "report": article.report.key, "identity": address(article), "how": article.how, "topic": TOPICS[article.report.topic],
        "subject": article.report.topic, "actors": find_actors("\n".join((article.title, *article.paragraphs))),
        "quotes": find_quotes(article.paragraphs), "text": "\n".join(paragraphs),
    }  # fmt: skip


def capture(article: Article) -> Page:
    """The capture of *article*: some hours after publication, in the charset and coding of its outlet."""
    at = (article.modified or article.published).astimezone(UTC) + timedelta(
        minutes=dice("capture", article.number).randint(20, 900)
    )
    charset = "windows-1252" if article.language == "de" else "utf-8"
    coding = {"H": "", "C": "gzip", "R": "chunked"}[article.outlet]
    return Page(
        address(article),
        at.replace(microsecond=0),
        render_article(article).encode(charset),
        mime=f"text/html; charset={charset}",
        coding=coding,
    )


def plan_articles(articles: Sequence[Article], letter: str) -> list[tuple[Page, dict[str, Any]]]:
    """Captures of one outlet's articles with their truth: each once, one again after a change, one again under another URL."""
    mine = [a for a in articles if a.outlet == letter and a.report.mode != "scraped"]
    if letter == "H":
        old = next(a for a in mine if a.report.key.startswith(UPDATED))
        note = "By Thursday morning the ring had been raised by half a metre and the flow had slowed, engineers on the site reported."
        mine.append(revise(old, note, "2,600 people", "2,900 people"))
    planned = []
    for article in mine:
        page = capture(article)
        is_damaged = letter == DAMAGED[0] and page.url.endswith(DAMAGED[1])
        planned.append(
            (page, describe(article, "damaged" if is_damaged else "article", "", page.url, page.at))
        )
    for outlet, index in RECAPTURED:
        if outlet == letter:
            page = planned[index][0]
            again = replace(
                page, url=page.url + "?utm_source=letter&utm_medium=email", at=page.at + timedelta(days=2)
            )
            planned.append(
                (
                    again,
                    {
                        **planned[index][1],
                        "kind": "recapture",
                        "url": again.url,
                        "captured_at": again.at.isoformat(),
                    },
                )
            )
    return planned


def plan_outlet(articles: Sequence[Article], letter: str) -> list[tuple[Page, dict[str, Any]]]:
    """All captures of one outlet in order of time, each with its truth."""
    mine = [a for a in articles if a.outlet == letter and a.report.mode != "de"]
    others = list(hubs(letter, mine)) + list(
        notices(OUTLETS[letter], mine, datetime(2025, 10, 6, 5, 0, tzinfo=UTC))
    )
    front = next(page for kind, page in others if kind == "hub")
    others.append(("revisit", replace(front, at=front.at + timedelta(hours=1), record="revisit")))
    planned = plan_articles(articles, letter)
    planned += [
        (
            page,
            {
                "url": page.url,
                "kind": kind,
                "captured_at": page.at.isoformat(),
                "outlet": OUTLETS[letter].name,
            },
        )
        for kind, page in others
    ]
    return sorted(planned, key=lambda pair: (pair[0].at, pair[0].url))


def write_archives(folder: Path, articles: Sequence[Article]) -> list[dict[str, Any]]:
    """One WARC file per outlet and crawl in ``folder/warc``; returns the truth of every capture.

    One record is damaged, and the last record of one file is cut off a third of the way in.
    """
    truth: list[dict[str, Any]] = []
    (folder / "warc").mkdir(parents=True, exist_ok=True)
    for letter, outlet in OUTLETS.items():
        files: dict[str, list[tuple[Page, dict[str, Any]]]] = defaultdict(list)
        for page, facts in plan_outlet(articles, letter):
            files[
                max(
                    name
                    for name, first in PERIODS
                    if name == PERIODS[0][0] or page.at.date().isoformat() >= first
                )
            ].append((page, facts))
        for name, _ in PERIODS:
            file = f"warc/{outlet.host.removeprefix('www.').split('.')[0]}-{name}.warc.gz"
            members = [build_info(files[name][0][0].at, Path(file).name)]
            for page, facts in files[name]:
                if letter == "H":
                    members.append(build_request(page))
                member = build_response(page)
                members.append(damage(member) if facts["kind"] == "damaged" else member)
                facts["file"] = file
            if (letter, name) == TRUNCATED:
                members[-1] = members[-1][: len(members[-1]) // 3]
                files[name][-1][1]["kind"] = "truncated"
            (folder / file).write_bytes(b"".join(members))
            truth += [facts for _, facts in files[name]]
    return truth


def write_scraped(folder: Path, articles: Sequence[Article]) -> list[dict[str, Any]]:
    """Text files in ``folder/scraped``: four articles that no archive holds and one that an archive holds too."""
    truth = []
    (folder / "scraped").mkdir(parents=True, exist_ok=True)
    for article in articles:
        name = slug(article.title)
        is_copy = article.outlet == ALSO_SCRAPED[0] and name.startswith(ALSO_SCRAPED[1])
        if article.report.mode != "scraped" and not is_copy:
            continue
        file = f"scraped/{OUTLETS[article.outlet].name}/{article.number}_{'_'.join(name.split('-')[:4])}.txt"
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(render_scraped(article, article.related), encoding="utf-8")
        truth.append(describe(article, "scraped", file, None, None))
    return truth


def write_sources(folder: Path) -> None:
    """``sources.toml``: name, hosts, zone and, where it writes in one alone, language of each outlet."""
    blocks = []
    for outlet in OUTLETS.values():
        hosts = sorted({outlet.host, outlet.host.removeprefix("www.")})
        language = "" if outlet.letter == "R" else 'language = "en"\n'
        where = f'hosts = {json.dumps(hosts)}\ntimezone = "{outlet.zone.key}"\n{language}'
        blocks.append(f'[[source]]\nname = "{outlet.name}"\n{where}')
    head = "# The three fictional newspapers of the sample.  Written by make_sample.py.\n\n"
    (folder / "sources.toml").write_text(head + "\n".join(blocks), encoding="utf-8")


def write_sample(folder: Path) -> dict[str, Any]:
    """Write the whole sample into *folder* and return what is in ``truth.json``."""
    folder.mkdir(parents=True, exist_ok=True)
    zones = {letter: outlet.zone for letter, outlet in OUTLETS.items()}
    articles = with_related(compose(zones, {letter: outlet.authors for letter, outlet in OUTLETS.items()}))
    pages = write_archives(folder, articles) + write_scraped(folder, articles)
    truth = {"rise": measure_rise(pages, "Q28", TOPICS["flood"]), "pages": pages}
    (folder / "truth.json").write_text(
        json.dumps(truth, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    write_sources(folder)
    return truth


if __name__ == "__main__":
    write_sample(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
