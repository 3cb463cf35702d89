"""Floors under language detection: whole sentences, headlines' length, and real pages of known outlets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tasks.enrich.language import UNKNOWN, detect_languages

ROOT = Path(__file__).parents[2]
FLOORS = json.loads((ROOT / "tests/quality/floors.json").read_text(encoding="utf-8"))["floors"]
LINES = (ROOT / "tests/quality/texts/languages.tsv").read_text(encoding="utf-8").splitlines()[1:]
SENTENCES = [(line.split("\t")[0], line.split("\t")[1]) for line in LINES]
ENGLISH_OR = {"us": "en", "uk": "en", "ca": "en", "ind": "en", "au": "en", "za": "en"}
SPOKEN = {
    **{code: code for code in ("de", "es", "fr", "tr", "pl", "id", "lt", "no", "ru")},
    **ENGLISH_OR, "jp": "ja", "se": "sv", "at": "de", "vn": "vi",
}  # fmt: skip
OTHER_LANGUAGE = ("ilanganews", "mallorcamagazin")
"""Outlets that do not write in the language of their country most outlets write in."""


def share_right(pairs: list[tuple[str, str]]) -> tuple[float, float]:
    """Share of texts named rightly, and share named wrongly (``und`` is neither)."""
    found = [code for code, _ in detect_languages([text for _, text in pairs])]
    right = sum(code == want for code, (want, _) in zip(found, pairs, strict=True))
    wrong = sum(code not in (want, UNKNOWN) for code, (want, _) in zip(found, pairs, strict=True))
    return right / len(pairs), wrong / len(pairs)


def test_sentences_in_some_forty_languages() -> None:
    assert len(SENTENCES) >= 40
    right, _ = share_right(SENTENCES)
    assert right >= FLOORS["language_sentences"]


def test_the_length_of_a_headline_is_named_rightly_or_not_at_all() -> None:
    right, wrong = share_right([(language, sentence[:45]) for language, sentence in SENTENCES])
    assert right >= FLOORS["language_headlines"]
    assert wrong <= FLOORS["language_headlines_wrong_at_most"]


def test_real_pages_of_known_outlets() -> None:
    gold = ROOT.parent / "shared" / "eval" / "extraction" / "gold.jsonl"
    if not gold.exists():
        pytest.skip("../shared is absent")
    rows = map(json.loads, gold.read_text(encoding="utf-8").splitlines())
    pages = [
        (SPOKEN[row["group"]], row["text"])
        for row in rows
        if row.get("group") in SPOKEN and not any(name in row["url"] for name in OTHER_LANGUAGE)
    ]
    assert share_right(pages)[0] >= FLOORS["language_pages"]
