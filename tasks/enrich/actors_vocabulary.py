"""Small words that linking and quotes go by, per language: offices, articles, pronouns, verbs of speech."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from tasks.enrich.actors_tokens import ENDING, Words, endings_of, stem
from tasks.enrich.gazetteer_index import key_of
from tasks.reference import data_file


@dataclass(frozen=True, slots=True)
class Phrases:
    """Phrases of one or more words by folded key, the longest number of words, and all first words."""

    values: Mapping[str, str]
    longest: int
    firsts: frozenset[str]

    def match(self, forms: tuple[str, ...], position: int) -> tuple[int, str] | None:
        """Return (number of words, value) of the longest phrase that begins at word *position*, or null."""
        if forms[position] not in self.firsts:
            return None
        for length in range(min(self.longest, len(forms) - position), 0, -1):
            value = self.values.get(
                forms[position] if length == 1 else " ".join(forms[position : position + length])
            )
            if value is not None:
                return length, value
        return None

    def match_before(self, forms: tuple[str, ...], end: int) -> tuple[int, str] | None:
        """Return (number of words, value) of the longest phrase that ends before word *end*, or null."""
        for length in range(min(self.longest, end), 0, -1):
            value = self.values.get(" ".join(forms[end - length : end]))
            if value is not None:
                return length, value
        return None


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """One language's words; sets hold folded words (pronouns as written: él is not el), *offices* maps phrases to letters."""

    language: str
    offices: Phrases
    office_stems: Phrases | None
    said: Phrases
    sets: Mapping[str, frozenset[str]]

    def has(self, group: str, word: str) -> bool:
        """Say whether the folded *word* belongs to a group of words such as ``the`` or ``at``."""
        return word in self.sets.get(group, frozenset())

    def office_at(self, words: Words, position: int) -> tuple[int, str] | None:
        """Return (number of words, office letters) of the office that begins at word *position*, or null."""
        found = self.offices.match(words.folded, position)
        if found is None and self.office_stems is not None and words.stems is not None:
            found = self.office_stems.match(words.stems, position)
        return found

    def office_before(self, words: Words, end: int) -> tuple[int, str] | None:
        """Return (number of words, office letters) of the office that ends before word *end*, or null."""
        found = self.offices.match_before(words.folded, end)
        if found is None and self.office_stems is not None and words.stems is not None:
            found = self.office_stems.match_before(words.stems, end)
        return found


@lru_cache(maxsize=1)
def _rows() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Return the phrases of actor_words.tsv by language and class."""
    table: dict[str, dict[str, tuple[str, ...]]] = {}
    for line in data_file("reference", "actor_words.tsv").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            language, group, phrases = line.split("\t")
            table.setdefault(language, {})[group] = tuple(phrases.split("|"))
    return table


def _phrases(values: Mapping[str, str]) -> Phrases:
    """Return a phrase table of key → value."""
    longest = max((key.count(" ") + 1 for key in values), default=0)
    return Phrases(values, longest, frozenset(key.split(" ", 1)[0] for key in values))


def _stemmed(phrase: str, language: str) -> list[str]:
    """Return the keys of an office phrase in any case."""
    keys = [""]
    for word in phrase.split(" "):
        cut = stem(word, language)
        keys = [
            f"{k} {form}".strip()
            for k in keys
            for form in ({cut} if cut.endswith(ENDING) else {word, word + ENDING})
        ]
    return keys


@lru_cache(maxsize=64)
def shared_words(group: str) -> frozenset[str]:
    """Return the folded words of a group that is the same in every language."""
    return frozenset(key_of(phrase) for phrase in _rows()["*"][group])


@lru_cache(maxsize=64)
def words_of(language: str) -> Vocabulary:
    """Return the vocabulary of *language* (ISO 639-1); empty lists where none is kept."""
    groups = _rows().get({"nb": "no", "nn": "no"}.get(language, language), {})
    offices: dict[str, str] = {}
    for group, phrases in groups.items():
        if group.startswith("office_"):
            for phrase in phrases:
                key = key_of(phrase)
                offices[key] = offices.get(key, "") + group[-1]
    stems = None
    if endings_of(language) and language not in ("de", "nl", "sv", "da", "no"):
        stems = _phrases(
            {form: letters for phrase, letters in offices.items() for form in _stemmed(phrase, language)}
        )
    sets = {
        group: frozenset(phrase if group in ("he", "she", "they") else key_of(phrase) for phrase in phrases)
        for group, phrases in groups.items()
        if not group.startswith("office_") and group != "said"
    }
    said = {key_of(phrase): phrase for phrase in groups.get("said", ())}
    return Vocabulary(language, _phrases(offices), stems, _phrases(said), sets)
