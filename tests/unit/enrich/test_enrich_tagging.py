"""The choice of a tagger: ours, or a spaCy model made here; a wrong choice is told before anything is read."""

import importlib.util
import json
from datetime import date
from pathlib import Path

import pytest

from tasks.config import EnrichSettings
from tasks.enrich import tagger
from tasks.enrich.batch import enrich_articles
from tasks.enrich.tables import tables
from tasks.enrich.tagging import OWN, load_tagger, tagger_version
from tasks.enrich.values import ArticleText
from tasks.errors import ConfigError

ENGLISH = ArticleText(1, "", "Yesterday the people of Quillhaven met Ada Quillfeather, and the harbour was quiet again.", date(2019, 5, 14))  # fmt: skip


def test_our_own_is_the_default() -> None:
    assert EnrichSettings().tagger == OWN
    assert load_tagger(OWN).version == tagger_version(OWN) == tagger.VERSION
    assert (
        load_tagger(OWN).reads("en")
        and not load_tagger(OWN).reads("de")
        and not load_tagger(OWN).reads("und")
    )


@pytest.mark.parametrize("wrong", ["spacy", "spacy:", "flair:large", ""])
def test_a_setting_that_names_no_tagger_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="tagger"):
        EnrichSettings(tagger=wrong)


@pytest.mark.parametrize("model", ["no_such_model_of_ours", "./nowhere", "json", "two words"])
def test_a_model_that_is_not_there_is_told_with_a_remedy(model: str) -> None:
    with pytest.raises(ConfigError, match="install"):
        tagger_version(f"spacy:{model}")


def test_a_folder_with_another_meta_is_another_version(tmp_path: Path) -> None:
    if importlib.util.find_spec("spacy") is None:
        pytest.skip("spaCy is not installed")
    for number in ("1", "2"):
        (tmp_path / number).mkdir()
        (tmp_path / number / "meta.json").write_text(json.dumps({"name": "quill", "version": number}))
    assert [tagger_version(f"spacy:{tmp_path / n}") for n in ("1", "2")] == ["spacy:quill-1", "spacy:quill-2"]


@pytest.mark.slow
@pytest.mark.parametrize(("language", "is_read"), [("en", True), ("xx", True), ("de", False)])
@pytest.mark.filterwarnings("ignore")
def test_any_spacy_pipeline_can_tag(tmp_path: Path, language: str, is_read: bool) -> None:
    spacy = pytest.importorskip("spacy")
    pipeline = spacy.blank(language)
    pipeline.add_pipe("entity_ruler").add_patterns(
        [{"label": "PERSON", "pattern": "Ada Quillfeather"}, {"label": "GPE", "pattern": "Quillhaven"}, {"label": "DATE", "pattern": "Yesterday"}]
    )  # fmt: skip
    pipeline.to_disk(tmp_path / "model")
    chosen = f"spacy:{tmp_path / 'model'}"
    assert chosen == EnrichSettings(tagger=chosen).tagger
    (made,) = enrich_articles([ENGLISH], tagger=chosen)
    assert ("tagger" in made.supported) == is_read
    rows = tables([ENGLISH], [made])["mention_spans"].to_pylist()
    tagged = [
        (row["surface"], row["actor_id"], row["tagger_version"]) for row in rows if row["how"] == "tagger"
    ]
    version = tagger_version(chosen)
    assert tagged == ([("Ada Quillfeather", "ci:person:ada-quillfeather", version)] if is_read else [])
    spans = load_tagger(chosen).tag([ENGLISH.text])[0]
    assert [label for _, _, label in spans] == ["LOC", "PER"]
