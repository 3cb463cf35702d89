"""What the fork server of document workers loads: everything, so that a worker reads no table itself."""

import subprocess
import sys

import pytest

from tasks.job import PRELOAD

SCRIPT = """
import gc, {module}
from tasks.enrich import embedding, gazetteer, language_model, place_names, tagger, tagger_names, topics
loaders = [embedding.load_tokenizer, embedding.load_vectors, gazetteer.load_gazetteer, language_model.load_languages,
           place_names.load_places, tagger.load_model, tagger_names.load_names, topics.load_weights]
print(all(one.cache_info().currsize for one in loaders), gc.isenabled(), gc.get_freeze_count() > 50_000)
"""


@pytest.mark.slow
def test_workers_share_every_table_and_model() -> None:
    assert "tasks.enrich.preload" in PRELOAD
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(module="tasks.enrich.preload")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["True", "True", "True"]
