"""Enrichment of articles as one pure function: language, topics, actors, quotes, places, dates and tone of each.

Offsets count characters of title + line feed + text.  One text gives one answer, whoever else is in the batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tasks.enrich.actors import find_actors
from tasks.enrich.actors_mentions import mention_rows
from tasks.enrich.gazetteer import load_gazetteer
from tasks.enrich.language import detect_languages
from tasks.enrich.mentioned_dates import find_mentioned_dates
from tasks.enrich.quotes import find_quotes
from tasks.enrich.quotes_indirect import find_indirect
from tasks.enrich.rows import caption_rows, place_rows
from tasks.enrich.sentences import split_sentences
from tasks.enrich.support import supported_parts
from tasks.enrich.tagging import OWN, load_tagger
from tasks.enrich.tone import article_tone, sentence_tones
from tasks.enrich.topics import THRESHOLD, score_topics
from tasks.enrich.values import ArticleText, Enrichment

_LANGUAGE_HEAD = 2_000


def enrich_articles(
    articles: Sequence[ArticleText], threshold: float | None = None, tagger: str = OWN
) -> list[Enrichment]:
    """What each article says, in the order given.

    *threshold* is the score under which no topic is given; *tagger* is ``own`` or ``spacy:`` and an installed model.
    """
    if not articles:
        return []
    languages = detect_languages([f"{one.title}\n{one.text[:_LANGUAGE_HEAD]}" for one in articles])
    topics = score_topics(
        [one.title for one in articles],
        [one.text for one in articles],
        [one.section for one in articles],
        [one.tags for one in articles],
        [code for code, _ in languages],
        THRESHOLD if threshold is None else threshold,
    )
    tagged = tag_articles(articles, [code for code, _ in languages], tagger)
    version = load_tagger(tagger).version
    return [
        replace(_enrich(*parts), tagger=version)
        for parts in zip(articles, languages, topics, tagged, strict=True)
    ]


def tag_articles(
    articles: Sequence[ArticleText], languages: Sequence[str], tagger: str = OWN
) -> list[list[tuple[int, int, str]] | None]:
    """Spans of the statistical tagger for each article; null for those in a language that it was not trained on."""
    chosen = load_tagger(tagger)
    known = [place for place, code in enumerate(languages) if chosen.reads(code)]
    texts = [f"{articles[place].title}\n{articles[place].text}" for place in known]
    found = dict(zip(known, chosen.tag(texts), strict=True))
    return [found.get(place) for place in range(len(articles))]


def _enrich(
    article: ArticleText,
    detected: tuple[str, float],
    topics: Sequence[tuple[str, float]],
    tagged: Sequence[tuple[int, int, str]] | None,
) -> Enrichment:
    language, score = detected
    whole = f"{article.title}\n{article.text}"
    sentences = split_sentences(whole)
    gazetteer = load_gazetteer()
    spans = find_actors(
        article.title, article.text, language, article.published_on, gazetteer, tagged or (), sentences
    )
    direct = find_quotes(article.title, article.text, language, spans, sentences)
    indirect = find_indirect(article.title, article.text, language, spans, sentences, direct)
    quotes = sorted((*direct, *indirect), key=lambda quote: quote.start)
    tones = sentence_tones([whole[start:end] for start, end in sentences], language)
    mentions = mention_rows(spans, quotes, tones, len(article.title))
    taken = [(span.start, span.end) for span in spans if span.kind != "state"]
    context = {
        actor.country
        for span in spans
        if span.actor_id and (actor := gazetteer.actor(span.actor_id)) and actor.country
    }
    return Enrichment(
        article_id=article.article_id,
        language=language,
        language_score=score,
        topics=tuple(topics),
        tone=article_tone(tones),
        dates=tuple(find_mentioned_dates(article.text, article.published_on, language)),
        spans=tuple(spans),
        quotes=tuple(quotes),
        supported=supported_parts(language, tagged is not None),
        mentions=(*mentions, *caption_rows(article, language, {str(row["actor_id"]) for row in mentions})),
        places=tuple(place_rows(whole, taken, context, language)),
        found={
            s.actor_id: (s.surface, s.kind)
            for s in reversed(spans)
            if s.actor_id and gazetteer.actor(s.actor_id) is None
        },
    )
