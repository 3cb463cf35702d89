"""Everything that enrichment reads from disk, loaded when this module is imported.

For the fork server of document workers (:data:`tasks.job.PRELOAD`): what it has read, its workers share page by page, instead of
each of them spending .4 CPU seconds and 60 MB.  Nobody else should import this; the functions load by themselves when first used.
"""

from __future__ import annotations

import gc
from datetime import date

from tasks.enrich.batch import enrich_articles
from tasks.enrich.values import ArticleText
from tasks.memory import give_back_memory

SAMPLE = (
    ArticleText(0, "Ministers meet in Paris", "The French president said on Monday, 3 March, that talks with Germany had begun. “We agree on the harbour,” Emmanuel Macron told reporters.", date(2020, 1, 1)),
    ArticleText(1, "Minister treffen sich in Paris", "Der französische Präsident sagte am Montag, dem 3. März, dass die Gespräche mit Deutschland begonnen haben.", date(2020, 1, 1)),
)  # fmt: skip
"""Two short texts of our own, one in English, one in another language: enriching them reads every table."""


def load_all() -> None:
    """Read every table and model, and keep the collector from walking (and so copying) what is shared.

    The collector is off meanwhile: hundreds of thousands of lasting values would make it run in vain.
    """
    gc.disable()
    enrich_articles(SAMPLE)
    gc.collect()
    gc.freeze()
    gc.enable()
    give_back_memory()


load_all()
