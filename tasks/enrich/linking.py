"""Which state or body a name means: traps with namesakes, and capitals and seats of power that stand for a government."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from tasks.enrich.actors_mentions import Mention, ids_of, kinds_of
from tasks.enrich.actors_reading import Reading
from tasks.enrich.gazetteer_index import Hit

_NAMELIKE = frozenset(
    "jordan chad georgia israel kenya india cuba china america france ireland holland brazil cyprus sudan jersey malta paris london rome "
    "sofia berlin vienna lima madrid havana kingston florence sydney washington santiago victoria dominica grenada guinea turkey "
    "poland spain german germany french england niger mali iran oman wellington juba riga san jose lincoln lebanon peru panama "
    "portugal mexico chile egypt norway scotland wales georgie west moldova armenia asia singapore".split()
)
_PUBLIC = frozenset(
    "government minister ministry president parliament senate congress army navy air force forces embassy ambassador police court prime "
    "foreign defense defence finance interior state national federal republic central bank team party union council state premier king "
    "queen chancellor house secretary department supreme national olympic football cup prize day week embassy and or in on at to for "
    "airlines army's soldiers troops is was has will says said opens signs wins backs urges warns agrees plans talks summit deal vice "
    "first second third former acting deputy chief general admiral colonel captain".split()
)
_LANGUAGE_CUES = frozenset("in speak speaks speaking spoke spoken learn learning into fluent auf en em po на по língua translated".split())
_ACT_BEFORE = frozenset(
    "with against by between toward towards on upon mit gegen von zwischen avec contre par entre con contra com met tegen tussen med mot "
    "с против между con contro tra fra".split()
)
_TO_NOUNS = frozenset(
    "message messages warning warnings aid weapons ambassador envoy ultimatum deliveries support letter appeal thanks concessions offer note notes "
    "apology signal proposal close loyal according sales assistance loans tribute".split()
)
_TO = frozenset("to à a an aan til till".split())
_LINKS = frozenset("and or und oder et ou y o e och og en i и и та i a".split())
_TAILS = frozenset(
    "backed led appointed installed friendly brokered sponsored controlled aligned run imposed proxy mediated funded drafted".split()
)
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
_NOT_VERBS = frozenset("based born bred residents united related resulted centered centred bitte heute leute seite beste erste zweite dritte".split())
_CULTURE_NOUNS = frozenset(
    "mayor museum streets subway metro airport airports suburbs suburb skyline river bridge opera philharmonic zoo university universities "
    "orchestra theatre theater stadium station cathedral residents district districts neighbourhood neighborhood population weather old "
    "red fashion restaurants cafes hotels parks park gallery galleries main central city town outskirts port harbour harbor".split()
)
_GEORGIA_STATE = frozenset("atlanta savannah augusta macon kemp abrams ossoff warnock raffensperger fulton gop republican democrat".split())
_GEORGIA_COUNTRY = frozenset(
    "tbilisi georgian georgians batumi abkhazia ossetia caucasus saakashvili armenia azerbaijan zurabishvili zourabichvili turkey russia "
    "garibashvili kobakhidze ivanishvili".split()
)
_FOOD = frozenset("thanksgiving roast sandwich sandwiches stuffing gravy recipe oven poultry birds dinner menu bakery farm farms".split())
_EUROPEAN = frozenset(("Q458", "Q8880", "Q8889", "Q8886", "Q8896", "Q8901", "Q672941", "Q4951"))


def state_counts(hits: Sequence[Hit]) -> Counter[str]:
    """Return how often each state or body is named outright (names and adjectives, not cities)."""
    counts: Counter[str] = Counter()
    for hit in hits:
        if kinds_of(hit)[0] in "na":
            counts.update(ids_of(hit, "na")[:1])
    return counts


def _is_person_name(reading: Reading, hit: Hit) -> bool:
    """Say whether a one-word name of a place is part of somebody's name: Jordan Halloway, Hannah Lima."""
    if hit.first != hit.last or reading.words.folded[hit.first] not in _NAMELIKE or reading.in_title_case(hit.first):
        return False
    run = reading.run_at(hit.first, hit.last)
    if run is None:
        return False
    if run.last > hit.last:
        following = reading.words.folded[hit.last + 1]
        joint = reading.words.gap(hit.last)
        return joint in (" ", "-") and following not in _PUBLIC and reading.vocabulary.office_at(reading.words, hit.last + 1) is None
    previous = reading.words.folded[hit.first - 1]
    return reading.words.gap(hit.first - 1) == " " and previous not in _PUBLIC and not reading.vocabulary.has("mr", previous)


def _inside_tagged(reading: Reading, hit: Hit, label: str) -> bool:
    """Say whether the tagger put the hit inside a longer span of that label."""
    return any(s <= hit.start and hit.end <= e and e - s > hit.end - hit.start and kind == label for s, e, kind in reading.tagged)


def _is_trap(reading: Reading, hit: Hit, namesakes: frozenset[str]) -> bool:
    """Say whether a state's name means something else there: a person, a language, poultry, another place of that name."""
    word = reading.words.folded[hit.first]
    if _is_person_name(reading, hit) or (_inside_tagged(reading, hit, "PER") and hit.first == hit.last):
        return True
    if word in namesakes and not (reading.vocabulary.has("at", reading.before(hit.first)) or reading.before(hit.first) in ("of", "and", "with")):
        return reading.words.gap(hit.last)[:1] != ","
    if kinds_of(hit)[0] == "a" and reading.before(hit.first) in _LANGUAGE_CUES:
        gap, after = reading.words.gap(hit.last), reading.after(hit.last)
        if reading.language != "en" and after == "":
            return True
        return reading.language == "en" and (not gap.startswith((" ", "-")) or after in ("and", "or", "language", "on", "at", "to"))
    if word == "georgia":
        seen = set(reading.words.folded)
        return bool(seen & _GEORGIA_STATE) and not seen & _GEORGIA_COUNTRY
    if word == "turkey" and (hit.first in reading.openings or reading.before(hit.first) in ("a", "the")):
        return len(set(reading.words.folded) & _FOOD) > 0
    return False


def _all_capitals(reading: Reading, hit: Hit) -> bool:
    """Say whether the sentence is set in capitals throughout, so that US may be us and WHO who."""
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
        if pattern is not None and pattern.search(raw) and word not in _NOT_VERBS:
            return True
        if reading.vocabulary.said.match(words.folded, place):
            return True
        if not (raw.endswith("ly") or word in ("also", "has", "on", "a", "auch", "aussi", "también")):
            return False
    return False


def _stands_for_government(reading: Reading, hit: Hit) -> bool:
    """Say whether a capital city is an actor there rather than a place, by the words around it."""
    words, vocabulary = reading.words, reading.vocabulary
    before, gap_after = reading.before(hit.first), words.gap(hit.last)
    if before == "the":
        return False
    if _is_dateline(reading, hit):
        return False
    if vocabulary.has("at", before) and before not in _ACT_BEFORE:
        return False
    if _acts(reading, hit.last):
        return True
    if gap_after in ("'", "’") and reading.after(hit.last, gap_after) == "s":
        after = hit.last + 2
        return after < len(words) and words.folded[after] not in _CULTURE_NOUNS and (not words.is_capital(after) or reading.in_title_case(after))
    if gap_after == "-":
        return reading.after(hit.last, "-") in _TAILS
    if before in _TO:
        return hit.first >= 2 and words.folded[hit.first - 2] in _TO_NOUNS
    return before in _ACT_BEFORE and reading.language in ("en", "ru", "uk") and not gap_after.startswith("-")


_DATELINE = re.compile(r"(?:,[^.\n]{0,30})?\s*(?:\([^)\n]{2,30}\))?\s*(?:[-–—:]|\.)\s")


def _is_dateline(reading: Reading, hit: Hit) -> bool:
    """Say whether a city only says where a report was filed: PARIS (Agency) — …"""
    text, line = reading.words.text, reading.words.text.rfind("\n", 0, hit.start) + 1
    if text[line : hit.start].strip():
        return False
    written = text[hit.start : hit.end]
    return bool(_DATELINE.match(text, hit.end)) and (written.isupper() or text[hit.end : hit.end + 3].strip()[:1] in ("(", "—", "–"))


def _coordinated(reading: Reading, left: Hit, right: Hit) -> bool:
    """Say whether two hits are joined by *and* or a comma, so that both act when one does."""
    between = reading.words.folded[left.last + 1 : right.first]
    if len(between) == 1 and between[0] in _LINKS:
        return True
    return not between and reading.words.gap(left.last) in (", ", "-", "–", " – ")


def _brussels(reading: Reading, hit: Hit, counts: Counter[str]) -> str | None:
    """Return what Brussels means: the European Union, or Belgium when only that is written about."""
    belgium = reading.gazetteer.states.get("BE", "")
    if belgium in ids_of(hit, "c") and reading.words.folded[hit.first].startswith(("brus", "bruc", "bruk", "брюс")):
        return belgium if counts[belgium] and not any(counts[i] for i in _EUROPEAN) else "Q458"
    return None


def link_places(reading: Reading, hits: Sequence[Hit], taken: frozenset[int], namesakes: frozenset[str]) -> list[Mention]:
    """Return mentions of states, bodies and groups; *taken* are words that belong to persons, *namesakes* first names of them."""
    counts = state_counts(hits)
    places = [h for h in hits if not any(p in taken for p in range(h.first, h.last + 1))]
    acting: set[int] = set()
    for number, hit in enumerate(places):
        if kinds_of(hit)[0] == "c" and not _is_person_name(reading, hit) and _stands_for_government(reading, hit):
            acting.add(number)
    for number in [*range(len(places) - 1), *range(len(places) - 2, -1, -1)]:
        left, right = places[number], places[number + 1]
        kinds = kinds_of(left)[0], kinds_of(right)[0]
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


def _link_one(reading: Reading, hit: Hit, acts: bool, counts: Counter[str], namesakes: frozenset[str]) -> Mention | None:
    """Return the mention a hit is, or null when it is none."""
    kinds = kinds_of(hit)
    if "x" in kinds or kinds[0] in "pq":
        return None
    if "n" in kinds or "a" in kinds:
        if any(name.exact for name in hit.names) and _all_capitals(reading, hit) and reading.words.folded[hit.first] in ("us", "who", "it"):
            return None
        if _is_trap(reading, hit, namesakes):
            return None
        return _choose(reading, hit, ids_of(hit, "n") or ids_of(hit, "a"), counts)
    if "s" in kinds:
        return _choose(reading, hit, ids_of(hit, "s"), counts)
    if "k" in kinds:
        return _choose(reading, hit, tuple(i for i in ids_of(hit, "k") if _spelled_out(reading, i)), counts)
    if not acts or _is_trap(reading, hit, namesakes):
        return None
    special = _brussels(reading, hit, counts)
    return _choose(reading, hit, (special,) if special else ids_of(hit, "c"), counts)


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
    if actor is None or (reading.words.folded[hit.first] == "west" and not _is_the_west(reading, hit)):
        return None
    return Mention(hit.first, hit.last, actor.actor_id, actor.kind, "gazetteer")


def _is_the_west(reading: Reading, hit: Hit) -> bool:
    """Say whether *West* means the western states: capitalised, alone or after *the*, no name next to it."""
    if reading.run_at(hit.first, hit.last) is not None and not reading.in_title_case(hit.first):
        return False
    before = reading.words.folded[hit.first - 1] if hit.first else ""
    follows = reading.after(hit.last)
    return (before in ("the", "dem", "der", "den") or hit.first in reading.openings or hit.last > hit.first) and follows not in ("of",)
