"""Which statistical tagger reads a corpus: our own, or a spaCy model that is installed beside columninch.

``[enrich] tagger = "spacy:MODEL"`` in corpus.toml names the model's package or the path of its folder; spaCy itself comes with the
extra ``columninch[spacy]``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tasks.enrich import tagger
from tasks.errors import ConfigError

OWN = "own"
_SPACY = "spacy:"
_LABELS = {
    "PER": "PER", "PERSON": "PER", "ORG": "ORG", "GPE": "LOC", "LOC": "LOC", "FAC": "LOC",
    "PERSNAME": "PER", "ORGNAME": "ORG", "PLACENAME": "LOC", "GEOGNAME": "LOC", "PS": "PER", "OG": "ORG", "LC": "LOC",
}  # fmt: skip
"""spaCy's labels of its languages → ours; dates, amounts, works and peoples are not actors."""

Span = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Tagger:
    """A tagger: its *version* for ``tagger_version``, the languages it reads (empty: any), and the call itself."""

    version: str
    languages: frozenset[str]
    tag: Callable[[Sequence[str]], list[list[Span]]]

    def reads(self, language: str) -> bool:
        """Say whether it was trained on *language*; never on ``und``."""
        return language != "und" and (not self.languages or language in self.languages)


def tagger_version(setting: str) -> str:
    """Return name and version of the tagger of ``[enrich] tagger``; loads nothing.

    Raises ConfigError, which names the remedy, when it is not installed.
    """
    if setting == OWN:
        return tagger.VERSION
    model = setting.removeprefix(_SPACY)
    if find_spec("spacy") is None:
        raise ConfigError(
            f'[enrich] tagger = "{setting}": spaCy is not installed; pip install "columninch[spacy]"'
        )
    found = find_spec(model) if model.isidentifier() else None
    folders = [Path(model), *map(Path, (found.submodule_search_locations or ()) if found else ())]
    meta = next((path for folder in folders if (path := folder / "meta.json").is_file()), None)
    if meta is None:
        raise ConfigError(
            f'[enrich] tagger = "{setting}": there is no spaCy model in a package or folder of that name; install it, or '
            "take the line out to use our own tagger"
        )
    about = json.loads(meta.read_text(encoding="utf-8"))
    return f"{_SPACY}{about.get('name', model)}-{about.get('version', '?')}"


@cache
def load_tagger(setting: str) -> Tagger:
    """Return the tagger of ``[enrich] tagger``: ``own``, or ``spacy:`` and a model.  Raises ConfigError as tagger_version does."""
    if setting == OWN:
        return Tagger(tagger.VERSION, tagger.LANGUAGES, tagger.tag)
    version = tagger_version(setting)
    import spacy

    model = spacy.load(setting.removeprefix(_SPACY))
    unused = [
        name
        for name in model.pipe_names
        if name in ("tagger", "parser", "attribute_ruler", "lemmatizer", "senter")
    ]
    languages = frozenset() if model.lang == "xx" else frozenset((str(model.lang),))

    def tag(texts: Sequence[str]) -> list[list[Span]]:
        """The names in each text, as the model says."""
        return [_spans(read) for read in model.pipe(texts, disable=unused)]

    return Tagger(version, languages, tag)


def _spans(read: Any) -> list[Span]:
    """Return the spans of one text as spaCy read it, with our labels."""
    return [
        (one.start_char, one.end_char, _LABELS[one.label_.upper()])
        for one in read.ents
        if one.label_.upper() in _LABELS
    ]
