"""Floors under the tagger: sentences of our own, and the held-out articles of the corpora it was trained on."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tasks.enrich.tagger import tag

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"
FLOORS = json.loads((ROOT / "tests/quality/floors.d/tagger.json").read_text(encoding="utf-8"))

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


_MEASURE = """
import sys, time
from tasks.enrich.tagger import tag
texts = open(sys.argv[1], encoding="utf-8").read().split("\\f")
tag(texts[:1])
began = time.process_time()
tag(texts)
print(sum(len(text.split()) for text in texts) / (time.process_time() - began))
"""


@pytest.mark.slow
def test_speed_on_one_core(tmp_path: Path) -> None:
    marked = read_marked(ROOT / "tests/quality/texts/tagged.txt")[0]
    sentences = marked.splitlines()
    examples = (ROOT / "data/reference/topics_examples.tsv").read_text(encoding="utf-8").splitlines()[1:]
    sentences += [line.split("\t")[1] + "." for line in examples]
    articles = ["\n".join(sentences[start:] + sentences[:start]) for start in range(0, len(sentences), 20)]
    (tmp_path / "texts").write_text("\f".join(articles), encoding="utf-8")
    command = [sys.executable, "-c", _MEASURE, str(tmp_path / "texts")]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment, cwd=ROOT)
    assert float(done.stdout) >= FLOORS["tagger_words_per_cpu_second"]
