"""Topics: the right ones, several where there are several, and silence rather than a guess."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.enrich.topics import THRESHOLD, load_weights, rank_topics, score_topics, topic_names

LEVEL_1 = {f"medtop:{number:02d}000000" for number in range(1, 18)}


def codes(title: str, text: str, **options: object) -> set[str]:
    (found,) = score_topics([title], [text], languages=["en"], **options)  # type: ignore[arg-type]
    return {code for code, _ in found}


def test_all_seventeen_subjects_of_level_1_are_known() -> None:
    known, weights = load_weights()
    assert set(known) >= LEVEL_1
    assert weights.shape == (257, len(known))
    assert set(topic_names()) == set(known)
    assert {parent for _, parent in topic_names().values()} <= LEVEL_1 | {""}


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.text(max_size=40), st.text(max_size=200)), min_size=1, max_size=4))
def test_every_article_is_answered_with_falling_scores(articles: list[tuple[str, str]]) -> None:
    answers = score_topics([title for title, _ in articles], [text for _, text in articles])
    assert len(answers) == len(articles)
    for answer in answers:
        scores = [score for _, score in answer]
        assert scores == sorted(scores, reverse=True)
        assert all(THRESHOLD <= score <= 1 for score in scores)
        given_codes = {code for code, _ in answer}
        assert all((topic_names()[code][1] or code) in given_codes for code in given_codes)


ARTICLES = [
    ("15", "Harbour Rovers win the cup", "A late header in extra time gave Rovers the trophy. The striker had missed a penalty "
     "before half-time, but the coach kept faith in him and the fans sang until the final whistle."),
    ("11", "Lawmakers pass voting reform", "The lower house adopted the bill by nine votes after the opposition leader called it "
     "an attack on the electoral commission. The president has two weeks to sign it, ministers said."),
    ("16", "Shelling resumes along the river", "Artillery hit two villages overnight as troops tried to retake the bridge. Rebels "
     "said they had shot down a drone; the army reported nine soldiers killed."),
    ("04", "Kettle maker raises its forecast", "Quarterly profit rose by a fifth and revenue reached a record, the company told "
     "shareholders. Analysts had expected lower sales; the shares climbed in early trading."),
    ("13", "Chip promises faster laptops", "Engineers showed a processor that runs machine learning software on a laptop without "
     "a network. Developers can download the compiler; the computer industry will follow, researchers said."),
    ("07", "New vaccine protects infants", "Doctors reported that the vaccine prevented infection in nine of ten patients. Hospitals "
     "will offer it from autumn and nurses are being trained to recognise side effects."),
    ("17", "Frost to follow a wet weekend", "Forecasters expect rain and gusty winds on Saturday, clearing from the west. "
     "Temperatures fall below zero on Sunday night, with fog in the valleys and snow showers on the hills."),
    ("03", "Ferry sinks off the cape", "Rescuers searched through the night for passengers of the ferry that capsized in heavy seas. "
     "Coast guard boats pulled forty survivors from the water; eleven people died in the accident."),
    ("02", "Jeweller jailed for fraud", "A judge sentenced the jeweller to six years in prison after the jury found him guilty of "
     "selling glass as diamonds. Prosecutors said police had seized hundreds of stones."),
    ("01", "Silent film wins at festival", "The black-and-white drama took the main prize. Its director thanked the cast and the "
     "composer of the music; the actress was praised for her part, and cinemas will show the film in May."),
    ("05", "Schools to start later", "Pupils at secondary schools will begin lessons at nine. Teachers welcomed the plan, which "
     "leaves the curriculum unchanged, while parents asked who would look after younger children before class."),
    ("12", "Thousands join pilgrimage", "The bishop celebrated mass at the shrine and prayed for the sick. Pilgrims had walked for "
     "three days; monks of the abbey gave them bread and sang psalms in the church."),
]  # fmt: skip


@pytest.mark.parametrize(("number", "title", "text"), ARTICLES, ids=[number for number, _, _ in ARTICLES])
def test_a_plain_article_gets_its_subject_first(number: str, title: str, text: str) -> None:
    (found,) = score_topics([title], [text], languages=["en"])
    first = [code for code, _ in found if code in LEVEL_1]
    assert first[:1] == [f"medtop:{number}000000"]
    assert len(first) <= 2


def test_an_article_on_two_subjects_gets_both() -> None:
    found = codes(
        "Presidents discuss missiles near the border",
        "The two heads of state met for talks on the troops and missiles that were moved to the border. Diplomats fear an "
        "invasion; the defence alliance has sent soldiers, and the foreign minister spoke of sanctions and of a ceasefire.",
    )
    assert {"medtop:11000000", "medtop:16000000"} <= found
    assert not found & {"medtop:04000000", "medtop:15000000", "medtop:07000000"}


@pytest.mark.parametrize(
    "text", ["", "x", "1 2 3", "the of and to in", "\x00\ud800", "Monday, Tuesday and Wednesday."]
)
def test_nothing_to_go_by_gets_no_topic(text: str) -> None:
    assert codes("", text) == set()


def test_another_language_is_not_guessed() -> None:
    text = "Der Stürmer erzielte in der Nachspielzeit das entscheidende Tor und der Trainer lobte seine Mannschaft."
    assert score_topics(["Sieg im Pokal"], [text]) == [[]]
    assert score_topics(["Sieg im Pokal"], [text], sections=["Sport"]) == [
        [("medtop:15000000", pytest.approx(0.8))]
    ]


def test_the_outlets_section_is_evidence_and_not_a_verdict() -> None:
    text = "The company said that sales of boots and shirts rose, and that the club shop would open in March."
    without = dict(rank_topics(["Boots sell well"], [text])[0])["medtop:15000000"]
    (found,) = score_topics(
        ["Boots sell well"], [text], sections=["Sport / Football"], languages=["en"], threshold=0.0
    )
    assert dict(found)["medtop:15000000"] > without
    assert "medtop:15000000" not in codes(*ARTICLES[1][1:], sections=["Sport"])


def test_sections_in_several_alphabets_are_read() -> None:
    for section in ("Politique", "ПОЛИТИКА", "政治", "Política", "सियासत", "Polityka"):
        (found,) = score_topics(["…"], ["…"], sections=[section], languages=["xx"])
        assert [code for code, _ in found] == ([] if section == "सियासत" else ["medtop:11000000"])


def test_ranking_gives_every_code_once() -> None:
    (ranking,) = rank_topics(["Cup final"], ["The striker scored."])
    assert sorted(code for code, _ in ranking) == sorted(load_weights()[0])


def test_only_the_beginning_of_a_long_article_is_read() -> None:
    _, title, text = ARTICLES[0]
    filler = " ".join(["The striker scored and the coach praised the team."] * 25)
    tail = " ".join(["Parliament passed the budget."] * 3000)
    assert codes(title, f"{text} {filler} {tail}") == codes(title, f"{text} {filler} {tail[:4000]}")
