"""Floors under the tagger: sentences of our own, and the held-out articles of the corpora it was trained on."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from tasks.enrich.tagger import tag

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"
FLOORS = json.loads((ROOT / "tests/quality/floors.json").read_text(encoding="utf-8"))["floors"]

Spans = set[tuple[int, int, str]]


def read_marked(path: Path) -> tuple[str, Spans]:
    """Text without its ``[PER …]`` marks, and the spans that they marked; demonyms and offices are no names."""
    text, spans = "", set()
    for part in re.split(r"(\[(?:PER|ORG|LOC) [^\]]+\])", path.read_text(encoding="utf-8")):
        if part.startswith(("[PER", "[ORG", "[LOC")):
            spans.add((len(text), len(text) + len(part) - 6, part[1:4]))
            part = part[5:-1]
        text += part
    return text, spans


def f1(pairs: list[tuple[str, Spans]]) -> float:
    """F1 over exact spans, a leading "the" and a final "'s" aside."""
    right = given = wanted = 0
    for (text, gold), found in zip(pairs, tag([text for text, _ in pairs]), strict=True):
        answer = {trim(text, *span) for span in found}
        wish = {trim(text, *span) for span in gold}
        right, given, wanted = right + len(answer & wish), given + len(answer), wanted + len(wish)
    return 2 * right / (given + wanted)


def trim(text: str, start: int, end: int, label: str) -> tuple[int, int, str]:
    """The span without what guidelines treat differently."""
    if text[start : start + 4].lower() == "the ":
        start += 4
    return start, end - 2 if text[start:end].endswith(("'s", "’s")) else end, label


def load_builder() -> Any:
    """The module that reads the corpora, which is a script's part and not of the package."""
    path = ROOT / "data/reference/build_tagger_corpora.py"
    spec = importlib.util.spec_from_file_location("build_tagger_corpora", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_sentences_of_our_own() -> None:
    assert f1([read_marked(ROOT / "tests/quality/texts/tagged.txt")]) >= FLOORS["tagger_own_sentences_f1"]


@pytest.mark.slow
def test_held_out_articles() -> None:
    corpora = SHARED / "train" / "ner"
    if not corpora.exists():
        pytest.skip("../shared is absent")
    builder = load_builder()
    _, held = builder.read_corpora(corpora)
    for name, texts in held.items():
        pairs = [(text, set(spans)) for text, spans in (builder.to_text(text.sentences) for text in texts)]
        assert f1(pairs) >= FLOORS[f"tagger_{name}_f1"], name
