"""Read the training corpora of the tagger: openly licensed CoNLL files, with their tags mapped to PER, ORG and LOC."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

Token = tuple[str, str]
"""(word, tag): O, B-… or I-… with PER, ORG or LOC."""

Sentence = list[Token]
Span = tuple[int, int, str]

LABELS = {
    "PER": ("per", "person", "politician", "writer", "musicalartist", "scientist", "researcher"),
    "ORG": ("org", "organisation", "organization", "corporation", "group", "politicalparty", "band", "university", "magazine",
            "academicjournal"),
    "LOC": ("loc", "location", "country", "gpe", "facility"),
}  # fmt: skip
"""Our label → the corpora's; CrossNER's writers, artists and scientists are people, its bands and universities organisations."""

KINDS = ("wikigold", "crossner", "uner", "")
"""Beginnings of file names → number of the kind of text; everything else is social."""

GROUP = 20
HELD_OUT = 6
"""Every sixth article of these corpora is held out for scores, the others train."""
_HELD_OUT_FILES = ("wikigold", "uner", "btc_h")
_NO_SPACE_BEFORE = {*".,;:!?)]}%'", "'s", "n't", "'re", "'ve", "'ll", "'d", "'m", "''"}
_NO_SPACE_AFTER = {*"([{$", "``"}


@dataclass(frozen=True, slots=True)
class Text:
    """One article (or twenty sentences of a corpus without articles): its sentences and the kind of text."""

    sentences: tuple[Sentence, ...]
    kind: int


def label_of(tag: str) -> str | None:
    """PER, ORG, LOC or None for a corpus's own tag such as ``I-politicalparty``."""
    name = tag.partition("-")[2].lower()
    return next((label for label, names in LABELS.items() if name in names), None)


def read_corpora(folder: Path) -> tuple[list[Text], dict[str, list[Text]]]:
    """Return the training texts, and the held-out ones by corpus."""
    train: list[Text] = []
    held: dict[str, list[Text]] = {}
    for path in sorted((*folder.glob("*.conll"), *folder.glob("*.iob2"))):
        kind = next(i for i, name in enumerate(KINDS) if path.name.startswith(name))
        texts = [Text(tuple(sentences), kind) for sentences in _articles(path)]
        if path.name.startswith(_HELD_OUT_FILES):
            held[path.stem] = texts[::HELD_OUT]
            texts = [text for i, text in enumerate(texts) if i % HELD_OUT]
        train.extend(texts)
    return train, held


def _articles(path: Path) -> Iterator[list[Sentence]]:
    """Yield the articles of a file as lists of sentences."""
    article: list[Sentence] = []
    marked = False
    for sentence in _sentences(path):
        if sentence is None:
            marked = True
            if article:
                yield article
            article = []
        else:
            article.append(sentence)
            if not marked and len(article) == GROUP:
                yield article
                article = []
    if article:
        yield article


def _sentences(path: Path) -> Iterator[Sentence | None]:
    """Yield the sentences of a file, and None where an article begins."""
    rows: list[Token] = []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        columns = line.split("\t") if "\t" in line else line.split()
        new_article = line.startswith(("-DOCSTART-", "# newdoc"))
        if rows and (new_article or not columns):
            yield _clean(rows)
            rows = []
        if new_article:
            yield None
        elif len(columns) >= 2 and not line.startswith("# "):
            numbered = len(columns) >= 5 and columns[0].split("-")[0].isdigit()
            rows.append((columns[1], columns[2]) if numbered else (columns[0], columns[-1]))
    if rows:
        yield _clean(rows)


def _clean(rows: Sequence[Token]) -> Sentence:
    """Return B-/I- tags with our labels; a handle (``@ name``) names nobody, since running news has none."""
    cleaned: Sentence = []
    before = None
    for position, (word, tag) in enumerate(rows):
        label = label_of(tag)
        if word.startswith("@") or (position and rows[position - 1][0] == "@"):
            label = None
        going_on = label is not None and label == before and tag.startswith("I-")
        cleaned.append((word, f"{'I' if going_on else 'B'}-{label}" if label else "O"))
        before = label
    return cleaned


def to_text(sentences: Sequence[Sentence]) -> tuple[str, list[Span]]:
    """Return readable text, one sentence per line, and the names in it; a leading "the" and final "'s" are cut off."""
    text, spans = "", []
    for sentence in sentences:
        text += "\n" if text else ""
        before = None
        for word, tag in sentence:
            if before is not None and word not in _NO_SPACE_BEFORE and before not in _NO_SPACE_AFTER:
                text += " "
            if tag[0] == "B":
                spans.append((len(text), len(text) + len(word), tag[2:]))
            text += word
            if tag[0] == "I" and spans:
                spans[-1] = (spans[-1][0], len(text), tag[2:])
            before = word
    return text, [span for span in (_trim(text, *span) for span in spans) if span[0] < span[1]]


def _trim(text: str, start: int, end: int, label: str) -> Span:
    """Cut what guidelines treat differently."""
    if text[start : start + 4].lower() == "the ":
        start += 4
    if text[start:end].endswith(("'s", "’s")):
        end -= 2
    return start, start + len(text[start:end].rstrip()), label
