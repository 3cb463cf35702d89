"""Which state or body a name means: traps with namesakes, and capitals and seats of power that stand for a government."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from tasks.enrich.actors_reading import Reading
from tasks.enrich.actors_values import Mention, ids_of, kinds_of
from tasks.enrich.actors_vocabulary import shared_words
from tasks.enrich.gazetteer_index import Hit

_VERB = {
    "en": re.compile(r"[a-z]{2,}(?:ed|ise|ize)$"),
    "de": re.compile(r"[a-zäöüß]{3,}(?:te|ten|iert|ieren)$"),
    "es": re.compile(r"[a-záéíóúñ]{3,}(?:ó|aron|ieron|ará|erá|irá|aba|ían)$"),
    "it": re.compile(r"[a-zàèéìòù]{3,}(?:erà|irà|arà|ava|eva|iva|ò)$"),
    "pt": re.compile(r"[a-zãáéíóúâêôç]{2,}(?:ou|eu|iu|ará|irá|erá|ava)$"),
    "fr": re.compile(r"[a-zàâçéèêëîïôûùü]{3,}(?:era|ira|ait|ront|dra)$"),
    "ru": re.compile(r"[а-яё]{2,}(?:л|ла|ло|ли|ет|ит|ут|ют|ат|ят|ется|ится|лся|лась|лись|ются)$"),
    "uk": re.compile(r"[а-яіїєґ]{2,}(?:в|ла|ло|ли|є|ить|уть|ють|ать|ять|ться|вся|лася|лися)$"),
    "pl": re.compile(r"[a-ząćęłńóśźż]{2,}(?:ł|ła|ło|li|ły|uje|ują|ali|eli)$"),
    "cs": re.compile(r"[a-záčďéěíňóřšťúůýž]{2,}(?:l|la|lo|li|ly|uje|ují)$"),
}
_EUROPEAN = frozenset(("Q458", "Q8880", "Q8889", "Q8886", "Q8896", "Q8901", "Q672941", "Q4951"))


def state_counts(hits: Sequence[Hit]) -> Counter[str]:
    """Return how often each state or body is named outright (names and adjectives, not cities)."""
    counts: Counter[str] = Counter()
    for hit in hits:
        if hit.kind in "na":
            counts.update(ids_of(hit, "na")[:1])
    return counts


def _is_person_name(reading: Reading, hit: Hit) -> bool:
    """Say whether a one-word name of a place is part of somebody's name: Jordan Halloway, Hannah Lima."""
    if (
        hit.first != hit.last
        or reading.words.folded[hit.first] not in shared_words("namelike")
        or reading.in_title_case(hit.first)
    ):
        return False
    run = reading.run_at(hit.first, hit.last)
    if run is None:
        return False
    if run.last > hit.last:
        following = reading.words.folded[hit.last + 1]
        joint = reading.words.gap(hit.last)
        return (
            joint in (" ", "-")
            and following not in shared_words("public")
            and reading.vocabulary.office_at(reading.words, hit.last + 1) is None
        )
    previous = reading.words.folded[hit.first - 1]
    return (
        reading.words.gap(hit.first - 1) == " "
        and previous not in shared_words("public")
        and not reading.vocabulary.has("mr", previous)
    )


def _inside_tagged(reading: Reading, hit: Hit, label: str) -> bool:
    """Say whether the tagger put the hit inside a longer span of that label."""
    return any(
        s <= hit.start and hit.end <= e and e - s > hit.end - hit.start and kind == label
        for s, e, kind in reading.tagged
    )


def _is_listed(reading: Reading, hit: Hit) -> bool:
    """Say whether a preposition or its place in a list makes a word the name of a state, though a person bears it too."""
    before = reading.before(hit.first)
    if reading.vocabulary.has("at", before) or before in ("of", "and", "with"):
        return True
    follows = reading.after(hit.last)
    return (
        bool(hit.first)
        and reading.words.gap(hit.first - 1).startswith(",")
        and follows in shared_words("link")
    )


def _is_trap(reading: Reading, hit: Hit, namesakes: frozenset[str]) -> bool:
    """Say whether a state's name means something else there: a person, a language, poultry, another place of that name."""
    word = reading.words.folded[hit.first]
    if _is_person_name(reading, hit) or (_inside_tagged(reading, hit, "PER") and hit.first == hit.last):
        return True
    if word in namesakes and not _is_listed(reading, hit):
        return reading.words.gap(hit.last)[:1] != ","
    if hit.kind == "a":
        return _is_spoken(reading, hit) or _is_language(reading, hit)
    return _is_other_place(reading, hit, word)


def _is_language(reading: Reading, hit: Hit) -> bool:
    """Say whether an adjective means a language: *Englisch*, or after *in* or *auf* with no noun behind it."""
    word = reading.words.folded[hit.first]
    if reading.language == "de" and word.endswith(("isch", "deutsch")) and hit.first not in reading.openings:
        return reading.words.capitals[hit.first] and reading.words.gap(hit.last)[:1] != "-"
    if reading.before(hit.first) not in shared_words("language_cue"):
        return False
    gap, after = reading.words.gap(hit.last), reading.after(hit.last)
    if reading.language != "en":
        return after == ""
    return not gap.startswith((" ", "-")) or after in ("and", "or", "language", "on", "at", "to")


def _is_other_place(reading: Reading, hit: Hit, word: str) -> bool:
    """Say whether Georgia is the American state there, or Turkey a bird."""
    if word == "georgia":
        seen = set(reading.words.folded)
        return bool(seen & shared_words("georgia_state")) and not seen & shared_words("georgia_country")
    if word == "turkey" and (hit.first in reading.openings or reading.before(hit.first) in ("a", "the")):
        return len(set(reading.words.folded) & shared_words("food")) > 0
    return False


def _is_spoken(reading: Reading, hit: Hit) -> bool:
    """Say whether an adjective with no noun after it ends a list of languages: *speaks Russian and a little French*."""
    gap = reading.words.gap(hit.last)
    if reading.language != "en" or gap.startswith((" ", "-", "'", "’")):
        return False
    recent = reading.words.folded[max(0, hit.first - 8) : hit.first]
    return any(word.startswith(("speak", "spoke", "fluent")) for word in recent)


def _is_shouted(reading: Reading, hit: Hit) -> bool:
    """Say whether US may be *us* and WHO *who*, because the whole sentence is set in capitals."""
    if reading.words.folded[hit.first] not in ("us", "who", "it") or hit.last > hit.first:
        return False
    start, end = reading.sentences[reading.sentence_of(hit.start)]
    sentence = reading.words.text[start:end]
    return sentence.upper() == sentence and sentence.count(" ") >= 3


def _acts(reading: Reading, position: int) -> bool:
    """Say whether the word after *position* is a verb that a government is the subject of."""
    words = reading.words
    for step in (1, 2):
        place = position + step
        if place >= len(words) or words.gap(place - 1) != " ":
            return False
        word = words.folded[place]
        raw = words.text[words.starts[place] : words.ends[place]]
        if step == 1 and reading.vocabulary.has("acts", word):
            return True
        pattern = _VERB.get(reading.language)
        if pattern is not None and pattern.search(raw) and word not in shared_words("not_verb"):
            return True
        if reading.vocabulary.said.match(words.folded, place):
            return True
        if not (raw.endswith("ly") or word in ("also", "has", "on", "a", "auch", "aussi", "también")):
            return False
    return False


def _stands_for_government(reading: Reading, hit: Hit) -> bool:
    """Say whether a capital city is an actor there rather than a place, by the words around it."""
    before = reading.before(hit.first)
    located = reading.vocabulary.has("at", before) and before not in shared_words("act_before")
    if before == "the" or located or _is_dateline(reading, hit):
        return False
    return _acts(reading, hit.last) or _is_addressed(reading, hit, before) or _owns_or_explains(reading, hit)


def _owns_or_explains(reading: Reading, hit: Hit) -> bool:
    """Say whether what follows a capital makes it a government: *Moscow's demands*, *Paris, which pays,*, *Moscow-backed*."""
    words, gap = reading.words, reading.words.gap(hit.last)
    if gap == ", ":
        return hit.first in reading.openings and reading.after(hit.last, ", ") in shared_words("relative")
    if gap in ("'", "’") and reading.after(hit.last, gap) == "s":
        after = hit.last + 2
        plain = after < len(words) and (not words.capitals[after] or reading.in_title_case(after))
        return plain and words.folded[after] not in shared_words("city_noun")
    return gap == "-" and reading.after(hit.last, "-") in shared_words("tail")


def _is_addressed(reading: Reading, hit: Hit, before: str) -> bool:
    """Say whether something is aimed at a capital: *a warning to Tehran*, *sanctions against Moscow*."""
    if before in shared_words("to"):
        return hit.first >= 2 and reading.words.folded[hit.first - 2] in shared_words("to_noun")
    aimed = before in shared_words("act_before") and reading.language in ("en", "ru", "uk")
    return aimed and not reading.words.gap(hit.last).startswith(("-", "'", "’"))


_DATELINE = re.compile(r"(?:,[^.\n]{0,30})?\s*(?:\([^)\n]{2,30}\))?\s*(?:[-–—:]|\.)\s")


def _is_dateline(reading: Reading, hit: Hit) -> bool:
    """Say whether a city only says where a report was filed: PARIS (Agency) — and the report."""
    text, line = reading.words.text, reading.words.text.rfind("\n", 0, hit.start) + 1
    if text[line : hit.start].strip():
        return False
    written = text[hit.start : hit.end]
    return bool(_DATELINE.match(text, hit.end)) and (
        written.isupper() or text[hit.end : hit.end + 3].strip()[:1] in ("(", "—", "–")
    )


def _coordinated(reading: Reading, left: Hit, right: Hit) -> bool:
    """Say whether two hits are joined by *and* or a comma, so that both act when one does."""
    between = reading.words.folded[left.last + 1 : right.first]
    if len(between) == 1 and between[0] in shared_words("link"):
        return True
    return not between and reading.words.gap(left.last) in (", ", "-", "–", " – ")


def _brussels(reading: Reading, hit: Hit, counts: Counter[str]) -> str | None:
    """Return what Brussels means: the European Union, or Belgium when only that is written about."""
    belgium = reading.gazetteer.states.get("BE", "")
    if belgium in ids_of(hit, "c") and reading.words.folded[hit.first].startswith(
        ("brus", "bruc", "bruk", "брюс")
    ):
        return belgium if counts[belgium] and not any(counts[i] for i in _EUROPEAN) else "Q458"
    return None


def link_places(
    reading: Reading, hits: Sequence[Hit], taken: frozenset[int], namesakes: frozenset[str]
) -> list[Mention]:
    """Return mentions of states, bodies and groups; *taken* are words that belong to persons, *namesakes* first names of them."""
    counts = state_counts(hits)
    places = [h for h in hits if not any(p in taken for p in range(h.first, h.last + 1))]
    acting: set[int] = set()
    for number, hit in enumerate(places):
        if hit.kind == "c" and not _is_person_name(reading, hit) and _stands_for_government(reading, hit):
            acting.add(number)
    for number in [*range(len(places) - 1), *range(len(places) - 2, -1, -1)]:
        left, right = places[number], places[number + 1]
        kinds = left.kind, right.kind
        if "c" in kinds and _coordinated(reading, left, right):
            if kinds == ("c", "c") and (number in acting or number + 1 in acting):
                acting |= {number, number + 1}
            elif kinds[0] == "c" and kinds[1] in "ns" and _acts(reading, right.last):
                acting.add(number)
            elif kinds[1] == "c" and kinds[0] in "ns" and _acts(reading, right.last):
                acting.add(number + 1)
    mentions = []
    for number, hit in enumerate(places):
        mention = _link_one(reading, hit, number in acting, counts, namesakes)
        if mention is not None:
            mentions.append(mention)
    return mentions


def _link_one(
    reading: Reading, hit: Hit, acts: bool, counts: Counter[str], namesakes: frozenset[str]
) -> Mention | None:
    """Return the mention a hit is, or null when it is none."""
    kinds = kinds_of(hit)
    if "x" in kinds or hit.kind in "pq":
        return None
    named = "n" in kinds or "a" in kinds
    if (named or hit.kind == "c") and (_is_shouted(reading, hit) or _is_trap(reading, hit, namesakes)):
        return None
    if named:
        ids = ids_of(hit, "n") or ids_of(hit, "a")
    elif "s" in kinds:
        ids = ids_of(hit, "s")
    elif "k" in kinds:
        ids = tuple(i for i in ids_of(hit, "k") if _spelled_out(reading, i))
    else:
        special = _brussels(reading, hit, counts)
        ids = ((special,) if special else ids_of(hit, "c")) if acts else ()
    return _choose(reading, hit, ids, counts)


def _spelled_out(reading: Reading, actor_id: str) -> bool:
    """Say whether an abbreviated body is also named in full."""
    actor = reading.gazetteer.actor(actor_id)
    return actor is not None and actor.name.lower() in reading.words.text.lower()


def _choose(reading: Reading, hit: Hit, ids: tuple[str, ...], counts: Counter[str]) -> Mention | None:
    """Return a mention of the one id, or of the one the article names otherwise; unresolved names give none."""
    named = ids if len(ids) == 1 else tuple(i for i in ids if counts[i] > 1)
    if len(named) != 1:
        return None
    actor = reading.gazetteer.actor(named[0])
    if actor is None or (actor.kind == "group" and not _is_the_west(reading, hit)):
        return None
    return Mention(hit.first, hit.last, actor.actor_id, actor.kind, "gazetteer")


def _is_the_west(reading: Reading, hit: Hit) -> bool:
    """Say whether *West*, *Westen* and the like mean the western states rather than a quarter of the sky; true of other names."""
    word = reading.words.folded[hit.first]
    before = reading.words.folded[hit.first - 1] if hit.first else ""
    if word == "westen":
        follows = reading.after(hit.last)
        return before in ("der", "dem", "den", "des") and not reading.vocabulary.has("of", follows)
    if word != "west":
        return True
    if reading.run_at(hit.first, hit.last) is not None and not reading.in_title_case(hit.first):
        return False
    alone = before == "the" or hit.first in reading.openings or hit.last > hit.first
    return alone and reading.after(hit.last) != "of"
