"""Captions say what a picture shows; who took it is furniture."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.clean.scraped import clean_scraped
from tasks.clean.scraped_captions import without_credit

PARAGRAPHS = (
    "The council of Merrow agreed on Tuesday to rebuild the quay, which a storm broke in January, and to pay for it over "
    "three years. Work is to begin in April, said its clerk, and should take until the summer after next.",
    "Fishing boats have landed at Alder since the storm, half an hour up the coast. Their owners asked for a share of the "
    "harbour dues while the detour lasts, and the council promised an answer before the end of the month.",
    "Engineers who looked at the stones found that most of them can be used again. New ones are to come from the quarry that "
    "the old ones came from, if it can be opened for a season without harm to the birds that nest there.",
)


@pytest.mark.parametrize(
    ("caption", "says"),
    [
        ("Is the quay of Merrow to be closed? Photo: Reuters", "Is the quay of Merrow to be closed?"),
        ("The quay after the storm. (Photo: Ada Example)", "The quay after the storm."),
        ("The quay after the storm © Harbour Gazette", "The quay after the storm"),
        ("Der Kai nach dem Sturm. Foto: dpa", "Der Kai nach dem Sturm."),
        ("Photo: Reuters", ""),
        ("The photo of the quay hangs in the hall", "The photo of the quay hangs in the hall"),
    ],
)
def test_a_credit_is_cut_from_its_caption(caption, says):
    assert without_credit(caption) == says


@given(st.text(max_size=200))
def test_a_caption_never_grows_and_never_fails(text):
    assert without_credit(text) in text


def page(before: str, behind: str = "") -> str:
    return "\n\n".join(
        ["Council to rebuild the quay", "Harbour", "12 March 2024, 10:00", before, *PARAGRAPHS, behind]
    )


def test_captions_above_the_text_are_the_articles_own():
    assert clean_scraped(page("The quay of Merrow in January. Photo: Reuters")).captions == [
        "The quay of Merrow in January."
    ]


def test_a_caption_shown_twice_is_kept_once():
    twice = "The quay of Merrow in January. Photo: Reuters\nThe quay of Merrow in January. Photo: Reuters"
    assert clean_scraped(page(twice)).captions == ["The quay of Merrow in January."]


def test_pictures_behind_the_text_belong_to_other_articles():
    made = clean_scraped(
        page("", "Most read\n\nA ferry on its way to Alder. Photo: Reuters\n\nFerry fares rise")
    )
    assert made.captions == []


def test_captions_are_no_part_of_the_text():
    made = clean_scraped(page("The quay of Merrow in January. Photo: Reuters"))
    assert "January." not in made.text.split("\n")[0].split("Tuesday")[0]
    assert "Reuters" not in made.text
