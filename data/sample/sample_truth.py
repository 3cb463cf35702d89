"""What the sample is known to hold: actors by the words that name them, quotes with speakers, and the planted rise."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

TOPICS: Mapping[str, str] = {
    "economy": "medtop:04000000",
    "politics": "medtop:11000000",
    "court": "medtop:02000000",
    "health": "medtop:07000000",
    "science": "medtop:13000000",
    "sport": "medtop:15000000",
    "culture": "medtop:01000000",
    "transport": "medtop:04000000",
    "environment": "medtop:06000000",
    "disaster": "medtop:03000000",
    "flood": "medtop:03000000",
}
"""IPTC Media Topic of the first level for each subject the sample writes about."""

ACTORS: Mapping[str, str] = {
    r"Portug(?:al|uese)": "Q45",
    r"Morocc(?:o|an)": "Q1028",
    r"Japan(?:ese)?": "Q17",
    r"Finland|Finnish": "Q33",
    r"Chile(?:an)?": "Q298",
    r"Bolivia": "Q750",
    r"Slovaki(?:a|an)|Slowakei": "Q214",
    r"Austria(?:n)?|Österreich": "Q40",
    r"Hungar(?:y|ian)|Ungarn": "Q28",
    r"Norw(?:ay|egian)|Norwegen": "Q20",
    r"Iceland(?:ic)?": "Q189",
    r"Kenya(?:n)?": "Q114",
    r"Ethiopia": "Q115",
    r"Vietnam(?:ese)?": "Q881",
    r"India(?:n)?": "Q668",
    r"Canad(?:a|ian)": "Q16",
    r"Ireland|Irish": "Q27",
    r"Brazil(?:ian)?": "Q155",
    r"Poland|Polish|Polen": "Q36",
    r"Sloveni(?:a|an)|Slowenien": "Q215",
    r"Serbia": "Q403",
    r"Romania": "Q218",
    r"European Central Bank": "Q8901",
    r"World Trade Organization": "Q7825",
    r"International Monetary Fund": "Q7804",
    r"World Bank": "Q7164",
    r"United Nations": "Q1065",
    r"European Commission|Europäische Kommission": "Q8880",
    r"European Parliament": "Q8889",
    r"Court of Justice of the European Union": "Q4951",
    r"International Court of Justice": "Q7801",
    r"Europol": "Q207203",
    r"International Criminal Court": "Q47488",
    r"World Health Organization|Weltgesundheitsorganisation": "Q7817",
    r"European Medicines Agency": "Q130146",
    r"European Space Agency": "Q42262",
    r"International Atomic Energy Agency": "Q41984",
    r"UNESCO": "Q7809",
    r"International Maritime Organization": "Q201054",
    r"Food and Agriculture Organization": "Q82151",
    r"Council of Europe": "Q8908",
    r"(?<!Court of Justice of the )European Union": "Q458",
}
"""Words that name an actor in the sample, and the actor's Wikidata id (from the reference tables of the project)."""


def find_actors(text: str) -> list[str]:
    """Wikidata ids of the states and international bodies that *text* names, sorted."""
    return sorted({qid for words, qid in ACTORS.items() if re.search(rf"\b(?:{words})\b", text)})


def find_quotes(paragraphs: Iterable[str]) -> list[dict[str, str]]:
    """The words between quotation marks, in order, each with the name of its speaker (empty after a mere pronoun)."""
    found = []
    for paragraph in paragraphs:
        outside = re.sub(r'"[^"]*"', " … ", paragraph)
        names = re.findall(r"((?:[A-ZÁÉÖÜ][\wäöüßé'-]+ ){1,4}[A-ZÁÉÖÜ][\wäöüßé'-]+)", outside)
        speaker = (
            re.sub(
                r"^(?:Dr|Professor|Captain|Mayor|Judge|Detective Inspector|Then|The|[A-Z][a-zä]+(?:er|in|frau)(?= [A-Z][a-zö]+ [A-ZÖ])) ",
                "",
                names[0],
            )
            if names
            else ""
        )
        quotes = [q for q in re.findall(r'"([^"]*)"', paragraph) if len(q.split()) >= 4]
        found += [{"text": q.rstrip(","), "speaker": speaker} for q in quotes]
    return found


def measure_rise(pages: Iterable[Mapping[str, Any]], actor: str, topic: str) -> dict[str, Any]:
    """Articles per ISO week: all, those that name *actor* and those on *topic*, by article and by report."""
    weeks: dict[str, dict[str, set[str]]] = {}
    for page in pages:
        if page["kind"] not in ("article", "scraped"):
            continue
        week = weeks.setdefault(
            page["week"], {n: set() for n in ("articles", "reports", "a", "ar", "t", "tr")}
        )
        week["articles"].add(page["identity"])
        week["reports"].add(page["report"])
        if actor in page["actors"]:
            week["a"].add(page["identity"])
            week["ar"].add(page["report"])
        if page["topic"] == topic:
            week["t"].add(page["identity"])
            week["tr"].add(page["report"])
    names = {
        "articles": "articles",
        "reports": "reports",
        "a": "actor_articles",
        "ar": "actor_reports",
        "t": "topic_articles",
        "tr": "topic_reports",
    }
    rows = [{"week": w, **{names[k]: len(v) for k, v in sets.items()}} for w, sets in sorted(weeks.items())]
    return {"actor": actor, "topic": topic, "rises_from": "2025-10-20", "weeks": rows}
