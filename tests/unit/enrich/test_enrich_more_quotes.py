"""Quotes: laws of marks and attribution over made-up sentences, then speakers, indirect speech and hostile input."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.contracts import QUOTES
from tasks.enrich.actors import Span, find_actors
from tasks.enrich.actors_vocabulary import words_of
from tasks.enrich.gazetteer import load_gazetteer
from tasks.enrich.quotes import Quote, find_quotes
from tasks.enrich.quotes_context import (
    Context,
    Region,
    find_cue,
    find_pronoun,
    find_women,
    head_of,
    spans_in,
    tail_of,
)
from tasks.enrich.quotes_indirect import find_indirect
from tasks.enrich.quotes_marks import Marked, find_marked
from tasks.enrich.sentences import split_sentences

GAZETTEER = load_gazetteer()
DAY = date(2019, 5, 14)
PAIRS = [("“", "”"), ('"', '"'), ("«", "»"), ("„", "“"), ("‘", "’"), ("»", "«"), ("「", "」")]
WORDS = st.sampled_from(["bridges", "are", "slow", "to", "build", "rivers", "win", "and", "roads"])
CLAUSE = st.lists(WORDS, min_size=3, max_size=9).map(lambda words: " ".join(words).capitalize())
SPEAKERS = st.sampled_from(["Ada Quillfeather", "Bo Ostrava", "Pim Vandermolen"])
VERBS = st.sampled_from(["said", "added", "told reporters", "warned"])
PIECES = st.sampled_from(
    [
        "“",
        "”",
        '"',
        "«",
        "»",
        "‘",
        "’",
        "—",
        "Ada Quillfeather",
        "said",
        "he",
        "she",
        ":",
        ",",
        ".",
        "\n",
        "that",
        "Bridges are slow",
        "NATO",
        "Bo",
    ]
)
MIXED = st.lists(PIECES, max_size=25).map(" ".join) | st.lists(PIECES, max_size=25).map("".join)


def span_of(full: str, surface: str, actor_id: str | None = None, kind: str = "person") -> list[Span]:
    """Every place where *surface* stands, as spans of one actor."""
    found, at = [], full.find(surface)
    while at >= 0:
        number = sum(end <= at for _, end in split_sentences(full))
        made = actor_id or "ci:person:" + surface.lower().replace(" ", "-")
        found.append(Span(at, at + len(surface), surface, kind, made, number, "tagger"))
        at = full.find(surface, at + 1)
    return found


def quotes_in(text: str, *surfaces: str, language: str = "en", title: str = "") -> list[Quote]:
    """Quotes of a text whose actors are given by name, so that no gazetteer takes part."""
    full = f"{title}\n{text}"
    spans = sorted((s for surface in surfaces for s in span_of(full, surface)), key=lambda s: s.start)
    return find_quotes(title, text, language, spans, split_sentences(full))


def indirect_in(
    text: str, *surfaces: str, language: str = "en", title: str = "", kind: str = "person"
) -> list[Quote]:
    full = f"{title}\n{text}"
    spans = sorted(
        (s for surface in surfaces for s in span_of(full, surface, kind=kind)), key=lambda s: s.start
    )
    sentences = split_sentences(full)
    return find_indirect(
        title, text, language, spans, sentences, find_quotes(title, text, language, spans, sentences)
    )


# Marks


@settings(deadline=None)
@given(st.sampled_from(PAIRS), CLAUSE)
def test_a_passage_is_found_between_its_marks(pair: tuple[str, str], clause: str) -> None:
    text = f"It read {pair[0]}{clause}.{pair[1]} Then it rained."
    (passage,) = find_marked(text, False)
    assert text[passage.inner_start : passage.inner_end] == f"{clause}."
    assert text[passage.start : passage.end] == f"{pair[0]}{clause}.{pair[1]}"
    assert passage.mark == pair[0]


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PAIRS[:3]), CLAUSE), max_size=6))
def test_passages_in_lines_of_their_own_are_all_found(parts: list[tuple[tuple[str, str], str]]) -> None:
    text = "\n".join(f"{a}{clause}.{b} it read." for (a, b), clause in parts)
    found = [text[p.inner_start : p.inner_end] for p in find_marked(text, False)]
    assert found == [f"{clause}." for _, clause in parts]


@settings(deadline=None)
@given(MIXED, st.booleans())
def test_passages_are_apart_and_hold_their_insides(text: str, dashes: bool) -> None:
    passages = find_marked(text, dashes)
    assert all(a.end <= b.start for a, b in pairwise(passages))
    for passage in passages:
        assert 0 <= passage.start <= passage.inner_start <= passage.inner_end <= passage.end <= len(text)
        assert passage.mark == "—" or text[passage.start] == passage.mark


@settings(deadline=None)
@given(st.text(alphabet="abc .,\n-", max_size=80))
def test_text_without_marks_has_no_passage(text: str) -> None:
    assert find_marked(text, False) == []


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("The bakers' union isn't here.", []),
        ("It's 'slow' work.", ["slow"]),
        ('5\'10" tall and "slow".', ["slow"]),
        ("“One ‘two’ three”", ["One ‘two’ three"]),
        ("«Un “deux” trois»", ["Un “deux” trois"]),
        ("“One.” “Two.”", ["One.", "Two."]),
        ("“Never closed", []),
        ("“Never closed.", ["Never closed."]),
        ("“One.\n“Two.”", ["One.\n“Two."]),
        ("“One.\nTwo.", []),
        ("„Eins“ und „zwei“", ["Eins", "zwei"]),
        ('""', []),
        ("”One”", ["One"]),
    ],
)
def test_apostrophes_nests_and_open_ends(text: str, inside: list[str]) -> None:
    assert [text[p.inner_start : p.inner_end] for p in find_marked(text, False)] == inside


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("— Los puentes son lentos —dijo ella.", ["Los puentes son lentos"]),
        ("—Sí —dijo ella—. Son lentos.", ["Sí", ". Son lentos."]),
        ("— Да.", ["Да."]),
        ("— keine Rede", []),
        ("Los puentes — lentos — caen.", []),
    ],
)
def test_dialogue_begins_with_a_dash(text: str, spoken: list[str]) -> None:
    assert [text[p.inner_start : p.inner_end] for p in find_marked(text, True)] == spoken
    assert find_marked(text, False) == []


# Who speaks


@settings(deadline=None, max_examples=80)
@given(st.sampled_from(PAIRS[:2]), CLAUSE, SPEAKERS, VERBS)
def test_a_name_and_a_verb_of_speech_make_a_speaker(
    pair: tuple[str, str], clause: str, name: str, verb: str
) -> None:
    opening, closing = pair
    for text in (
        f"{opening}{clause},{closing} {name} {verb}.",
        f"{name} {verb}: {opening}{clause}.{closing}",
    ):
        (quote,) = quotes_in(text, name)
        assert quote.speaker_surface == name and quote.speaker_id == "ci:person:" + name.lower().replace(
            " ", "-"
        )
        assert quote.text.rstrip(",.") == clause
        assert quote.cue is not None and quote.cue.split()[0] in f"{verb}:"


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(CLAUSE, SPEAKERS), min_size=1, max_size=5))
def test_each_paragraph_keeps_its_own_speaker(turns: list[tuple[str, str]]) -> None:
    text = "\n".join(f"“{clause},” {name} said." for clause, name in turns)
    found = quotes_in(text, "Ada Quillfeather", "Bo Ostrava", "Pim Vandermolen")
    assert [quote.speaker_surface for quote in found] == [name for _, name in turns]


@settings(deadline=None, max_examples=120)
@given(MIXED, st.sampled_from(["en", "fr", "ru", "und"]), st.booleans())
def test_quotes_come_in_order_apart_and_speak_by_given_actors(text: str, language: str, titled: bool) -> None:
    title = "“Slow,” says Bo" if titled else ""
    full = f"{title}\n{text}"
    found = quotes_in(text, "Ada Quillfeather", "NATO", "Bo", language=language, title=title)
    assert all(a.end <= b.start for a, b in pairwise(found))
    for quote in found:
        assert 0 <= quote.start < quote.end <= len(full) and quote.text.strip()
        assert quote.speaker_id in (None, "ci:person:ada-quillfeather", "ci:person:nato", "ci:person:bo")
    rows = [{"article_id": 1, "text": q.text, "start": q.start, "end": q.end} for q in found]
    assert QUOTES.table(rows).num_rows == len(found)


@settings(deadline=None, max_examples=80)
@given(MIXED)
def test_without_actors_nobody_known_speaks(text: str) -> None:
    assert all(quote.speaker_id is None for quote in quotes_in(text))


@settings(deadline=None, max_examples=60)
@given(MIXED, st.sampled_from(["Rain again.", "It rained.", "Nothing else happened."]))
def test_a_paragraph_after_it_changes_no_quote(text: str, more: str) -> None:
    closed = text.count("“") == text.count("”") == 0 and text.count('"') == 0 and not set(text) & set("«»‘’")
    if closed:
        assert quotes_in(f"{text}\n{more}", "Bo") == quotes_in(text, "Bo")


@pytest.mark.parametrize(
    ("text", "speakers"),
    [
        ('"Bridges are slow," said Ada Quillfeather, who builds them.', ["Ada Quillfeather"]),
        (
            '"Bridges are slow," Ada Quillfeather said. "Rivers always win."',
            ["Ada Quillfeather", "Ada Quillfeather"],
        ),
        ('"Bridges," said Ada Quillfeather, "are slow to build."', ["Ada Quillfeather"]),
        ('Ada Quillfeather met Bo Ostrava. "Bridges are slow," Bo Ostrava said.', ["Bo Ostrava"]),
        ('Bo Ostrava asked Ada Quillfeather: "Are bridges slow?"', ["Bo Ostrava"]),
        ('"Bridges are slow," Ada Quillfeather told Bo Ostrava.', ["Ada Quillfeather"]),
        ('"Bridges are slow," a baker told Bo Ostrava.', ["a baker"]),
        ('"Bridges are slow," said one of the bakers.', ["one of the bakers"]),
        ('It was late. "Bridges are slow."', [None]),
        ('Asked about bridges, Bo Ostrava said they were "slow, dear and ugly".', ["Bo Ostrava"]),
    ],
)
def test_speakers_as_newspapers_write_them(text: str, speakers: list[str | None]) -> None:
    found = quotes_in(text, "Ada Quillfeather", "Bo Ostrava")
    assert [quote.speaker_surface for quote in found][-len(speakers) :] == speakers


@pytest.mark.parametrize(
    "text",
    [
        'He called it "slow".',
        'The film "Slow Bridges" opened.',
        'The ship "Ada" sank.',
        'The novel "A Slow Bridge" sold well.',
        'So-called "experts" left.',
        '"',
        '""',
        '"a"',
        "''''",
        '"!"',
    ],
)
def test_words_picked_out_are_no_quotes(text: str) -> None:
    assert quotes_in(text, "Ada") == []


@pytest.mark.parametrize(("pronoun", "speaker"), [("he", "bo-ostrava"), ("she", "maria-quill")])
def test_a_pronoun_goes_to_the_one_it_can_mean(pronoun: str, speaker: str) -> None:
    text = f'Maria Quill met Bo Ostrava. "Bridges are slow," {pronoun} said.'
    (quote,) = quotes_in(text, "Maria Quill", "Bo Ostrava")
    assert quote.speaker_id == f"ci:person:{speaker}" and quote.speaker_surface == pronoun


def test_a_pronoun_with_nobody_before_it_is_nobody() -> None:
    (quote,) = quotes_in('"Bridges are slow," he said.')
    assert quote.speaker_id is None and quote.cue == "said"


# What stands around a quote


def context_of(text: str, *surfaces: str) -> Context:
    spans = sorted((s for surface in surfaces for s in span_of(text, surface)), key=lambda s: s.start)
    return Context(
        text,
        spans,
        [s.start for s in spans],
        split_sentences(text),
        words_of("en"),
        find_marked(text, False),
        frozenset(),
    )


@settings(deadline=None, max_examples=80)
@given(MIXED)
def test_heads_end_and_tails_begin_at_their_quote(text: str) -> None:
    context = context_of(text, "Bo")
    for number, passage in enumerate(context.passages):
        head, tail = head_of(context, number, passage), tail_of(context, number, passage)
        assert head.start <= head.end == passage.start and not head.is_tail
        assert passage.end <= tail.start <= tail.end <= len(text) and tail.is_tail
        assert "\n" not in text[tail.start : tail.end]
        for region in (head, tail):
            cue = find_cue(context, region)
            if cue is not None:
                assert region.start <= cue.start < cue.end <= region.end


def test_the_nearest_verb_is_taken_on_either_side() -> None:
    text = "Bo said it. He added: “Slow.” Ada said and Bo replied."
    context = context_of(text)
    (passage,) = context.passages
    assert find_cue(context, Region(0, passage.start, False)) == (15, 20, "added")
    tail = find_cue(context, Region(passage.end, len(text), True))
    assert tail is not None and tail.text == "said"


def test_a_colon_will_do_before_a_quote_and_not_after() -> None:
    context = context_of("Bo: “Slow.” Ada:")
    (passage,) = context.passages
    cue = find_cue(context, head_of(context, 0, passage))
    assert cue is not None and cue.text == ":"
    assert find_cue(context, tail_of(context, 0, passage)) is None


@pytest.mark.parametrize("text", ["the calls", "the reports of rain", "a call"])
def test_a_noun_is_no_verb_of_speech(text: str) -> None:
    context = context_of(text)
    assert find_cue(context, Region(0, len(text), True)) is None


def test_spans_inside_a_quote_do_not_speak() -> None:
    text = "“Bo is slow,” Ada said."
    context = context_of(text, "Bo", "Ada")
    assert [span.surface for span in spans_in(context, 0, len(text))] == ["Ada"]
    assert spans_in(context, 0, 3) == []


@pytest.mark.parametrize(
    ("text", "group"),
    [("then she spoke", "she"), ("He spoke", "he"), ("they spoke", "they"), ("Ada spoke", None)],
)
def test_pronouns_are_read(text: str, group: str | None) -> None:
    found = find_pronoun(context_of(text), 0, len(text))
    assert (found[0] if found else None) == group


@pytest.mark.parametrize(
    ("text", "surface", "is_woman"),
    [
        ("Mrs Quill spoke", "Quill", True),
        ("Mr Quill spoke", "Quill", False),
        ("Maria Quill spoke", "Maria Quill", True),
    ],
)
def test_women_are_known_by_name_or_address(text: str, surface: str, is_woman: bool) -> None:
    spans = span_of(text, surface)
    assert (spans[0].actor_id in find_women(text, spans)) == is_woman


# Indirect speech


@settings(deadline=None, max_examples=80)
@given(CLAUSE, SPEAKERS, st.sampled_from(["said", "announced", "warned"]))
def test_what_a_name_says_that_is_so_is_the_clause(clause: str, name: str, verb: str) -> None:
    clause = f"the {clause.lower()}"
    for text in (f"{name} {verb} that {clause}.", f"{name} {verb} that, {clause}."):
        (quote,) = indirect_in(text, name)
        assert quote.text == clause and f"\n{text}"[quote.start : quote.end] == clause
        assert quote.speaker_surface == name and quote.cue == verb


@settings(deadline=None, max_examples=100)
@given(MIXED, st.booleans())
def test_indirect_quotes_lie_where_they_say_and_hold_no_direct_one(text: str, titled: bool) -> None:
    title = "Bo said that rivers win again" if titled else ""
    full = f"{title}\n{text}"
    found = indirect_in(text, "Ada Quillfeather", "Bo", title=title)
    assert all(a.end <= b.start for a, b in pairwise(found))
    for quote in found:
        assert full[quote.start : quote.end] == quote.text == quote.text.strip()
        assert quote.start > len(title) and quote.speaker_id is not None


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("Bo Ostrava said that bridges are slow to build.", ["bridges are slow to build"]),
        ("Bridges are slow to build, Bo Ostrava said.", ["Bridges are slow to build"]),
        (
            "Bo Ostrava said bridges are very slow. Rivers always win out, Bo Ostrava said.",
            ["bridges are very slow", "Rivers always win out"],
        ),
        ("Bo Ostrava said so.", []),
        ("Bo Ostrava said nothing.", []),
        ("Bo Ostrava thanked the bakers for their bread.", []),
        ("Bo Ostrava said “bridges are slow to build”.", []),
        ("It rained.", []),
        ("", []),
    ],
)
def test_clauses_of_indirect_speech(text: str, clauses: list[str]) -> None:
    found = [quote.text for quote in indirect_in(text, "Bo Ostrava")]
    assert found[: len(clauses)] == clauses and (clauses or not found)


def test_states_do_not_speak_indirectly() -> None:
    assert indirect_in("Nowhere said that bridges are slow to build.", "Nowhere", kind="state") == []


# Hostile input


@pytest.mark.parametrize(
    "text",
    [
        "“" * 9_000,
        "”" * 9_000,
        "' " * 9_000,
        "—\n" * 4_000,
        '"a" ' * 800,
        "“a\n" * 800,
        "«»" * 4_000,
        "\x00“\ud800”",
    ],
)
def test_hostile_marks_are_answered(text: str) -> None:
    assert all(quote.start < quote.end for quote in quotes_in(text, language="fr"))
    assert indirect_in(text) == []


@pytest.mark.slow
def test_a_heap_of_verbs_and_names_is_answered() -> None:
    text = "Bo said that " * 400 + "“Slow,” " + "said Bo " * 400
    assert len(quotes_in(text, "Bo")) <= 1
    assert len(indirect_in(text, "Bo")) <= 1


def test_real_spans_and_given_spans_agree() -> None:
    text = '"Bridges are slow," said President Ada Quillfeather. "Rivers always win."'
    spans = find_actors("", text, "en", DAY, GAZETTEER)
    found = find_quotes("", text, "en", spans, split_sentences(f"\n{text}"))
    assert [quote.speaker_id for quote in found] == ["ci:person:ada-quillfeather"] * 2


def test_a_marked_passage_says_what_opened_it() -> None:
    assert find_marked("„Ja“", False) == [Marked(0, 4, 1, 3, "„")]
