"""Traps of linking: what a name of a place, an office or a surname means in its sentence, on the article's day."""

from datetime import date

import pytest

from tasks.enrich.actors import find_actors
from tasks.enrich.gazetteer import load_gazetteer

GAZETTEER = load_gazetteer()


def named(text: str, language: str = "en", day: date | None = date(2019, 5, 14), title: str = "") -> set[str]:
    """Names in English of the actors that a text is linked to."""
    spans = find_actors(title, text, language, day, GAZETTEER)
    actors = [GAZETTEER.actor(span.actor_id) for span in spans if span.actor_id]
    return {actor.name for actor in actors if actor is not None}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("They told us that the US would pay.", {"United States of America"}),
        ("The U.S. and the U.K. agreed.", {"United States of America", "United Kingdom"}),
        ("They told us so, and it is us who will pay.", set()),
        ("Turkey and Greece agreed on ferries.", {"Turkey", "Greece"}),
        ("Roast turkey with chestnuts is served at noon.", set()),
        ("Turkey is served with gravy at the Thanksgiving dinner.", set()),
        ("Georgia and Armenia reopened the railway to Tbilisi.", {"Georgia", "Armenia"}),
        ("Voters in Georgia queued from Atlanta to Savannah.", set()),
        ("Jordan and Egypt share a gas pipe.", {"Jordan", "Egypt"}),
        ("The baker Jordan Halloway won a prize.", set()),
        ("Chad and Niger reopened their border.", {"Chad", "Niger"}),
        ("The drummer Chad Winters broke a stick.", set()),
        ("The Indian Ocean was calm.", set()),
        ("West Bank towns lost power.", set()),
        ("West Virginia lost power.", set()),
        ("He bought French fries and a Swiss Army knife.", set()),
        ("Papua New Guinea joined the talks.", {"Papua New Guinea"}),
        ("Guinea-Bissau and Equatorial Guinea joined.", {"Guinea-Bissau", "Equatorial Guinea"}),
        ("North Korea sent a letter to South Korea.", {"North Korea", "South Korea"}),
        ("The South Sudanese team met the Sudanese team.", {"South Sudan", "Sudan"}),
        ("Latin American writers met in a cellar.", set()),
        ("The Dominican Republic is not Dominica.", {"Dominican Republic", "Dominica"}),
        ("She speaks Russian and a little French.", set()),
        ("The Russian delegation left.", {"Russia"}),
        ("Russia-NATO talks and US-led patrols went on.", {"Russia", "North Atlantic Treaty Organisation", "United States of America"}),
        ("The bakery in Paris, Texas, is closed.", set()),
        ("A drunken sailor was polish and rude.", set()),
    ],
)  # fmt: skip
def test_names_of_states_are_told_from_their_namesakes(text: str, wanted: set[str]) -> None:
    assert named(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Moscow rejected the offer.", {"Russia"}),
        ("It rained in Moscow.", set()),
        ("He flew from Moscow to Oslo.", set()),
        ("Moscow's demands were ignored.", {"Russia"}),
        ("The Kremlin denied it.", {"Russia"}),
        ("The White House and Downing Street agreed.", {"United States of America", "United Kingdom"}),
        ("Talks between London and Paris stalled.", {"United Kingdom", "France"}),
        ("A museum in London bought a lamp.", set()),
        ("London's mayor opened a park.", set()),
        ("Paris Hilton and Sofia Loren dined.", set()),
        ("PARIS (Agency) - A lamp was lit.", set()),
        ("Brussels wants EU states to pay.", {"European Union"}),
        ("Belgium is small; Brussels said so.", {"Belgium"}),
        ("Pyongyang-backed hackers stole a recipe.", {"North Korea"}),
        ("The Moscow-based choir sang.", set()),
        ("The West should listen, he thought.", {"The West"}),
        ("The wind came from the west.", set()),
        ("Kanye West sang.", set()),
    ],
)
def test_capitals_and_seats_are_actors_only_when_they_act(text: str, wanted: set[str]) -> None:
    assert named(text) == wanted


@pytest.mark.parametrize(
    ("text", "day", "wanted"),
    [
        ("The US president sneezed.", date(2008, 6, 1), "George W. Bush"),
        ("The US president sneezed.", date(2012, 6, 1), "Barack Obama"),
        ("The US president sneezed.", date(2018, 6, 1), "Donald Trump"),
        ("The US president sneezed.", date(2022, 6, 1), "Joe Biden"),
        ("The US president sneezed.", date(2025, 6, 1), "Donald Trump"),
        ("The president of the United States sneezed.", date(2012, 6, 1), "Barack Obama"),
        ("Britain's prime minister sneezed.", date(2022, 10, 1), "Liz Truss"),
        ("Britain's prime minister sneezed.", date(2022, 10, 26), "Rishi Sunak"),
        ("The German chancellor sneezed.", date(2021, 12, 7), "Angela Merkel"),
        ("The German chancellor sneezed.", date(2021, 12, 8), "Olaf Scholz"),
        ("The Russian leader sneezed.", date(2010, 6, 1), "Dmitry Medvedev"),
        ("The North Korean leader sneezed.", date(2011, 6, 1), "Kim Jong-il"),
        ("The Japanese prime minister sneezed.", date(2013, 6, 1), "Shinzo Abe"),
        ("The U.S. secretary of state sneezed.", date(2010, 6, 1), "Hillary Clinton"),
        ("NATO's secretary-general sneezed.", date(2012, 6, 1), "Anders Fogh Rasmussen"),
        ("The UN chief sneezed.", date(2020, 6, 1), "António Guterres"),
        ("The European Commission president sneezed.", date(2016, 6, 1), "Jean-Claude Juncker"),
        ("The president of the European Central Bank sneezed.", date(2013, 6, 1), "Mario Draghi"),
        ("The pope sneezed.", date(2010, 6, 1), "Benedict XVI"),
        ("Prime Minister May sneezed in May.", date(2018, 6, 1), "Theresa May"),
    ],
)
def test_an_office_is_whoever_held_it_on_that_day(text: str, day: date, wanted: str) -> None:
    assert wanted in named(text, day=day)


@pytest.mark.parametrize(
    "text",
    [
        "The president of the club sneezed.",
        "A president sneezed.",
        "Former presidents sneezed.",
        "The former US president sneezed.",
        "The bank's president sneezed.",
        "The prime minister of nowhere sneezed.",
        "The British chancellor sneezed.",
        "May is a month; he may come in May.",
        "Mr Brown met Mrs Johnson at the bakery.",
    ],
)
def test_nobody_is_guessed(text: str) -> None:
    people = {name for name in named(text) if name not in ("United States of America", "United Kingdom")}
    assert people == set()


def test_no_office_is_resolved_without_a_day() -> None:
    assert named("The US president sneezed.", day=None) == {"United States of America"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "text", "wanted"),
    [
        ("de", "Die deutsche Bundeskanzlerin traf den französischen Präsidenten.", {"Germany", "France", "Angela Merkel", "Emmanuel Macron"}),
        ("de", "Russlands Präsident sprach mit den Vereinigten Staaten.", {"Russia", "Vladimir Putin", "United States of America"}),
        ("fr", "Le président russe a écrit aux États-Unis.", {"Russia", "Vladimir Putin", "United States of America"}),
        ("fr", "La Première ministre britannique a écrit à l'ONU.", {"United Kingdom", "Theresa May", "United Nations"}),
        ("es", "El presidente del Gobierno español viajó a Perú.", {"Spain", "Pedro Sánchez", "Peru"}),
        ("es", "La canciller alemana llamó a la OTAN.", {"Germany", "Angela Merkel", "North Atlantic Treaty Organisation"}),
        ("it", "Il presidente francese ha scritto alla Casa Bianca.", {"France", "Emmanuel Macron", "United States of America"}),
        ("pt", "O presidente brasileiro falou com os Estados Unidos.", {"Brazil", "Jair Bolsonaro", "United States of America"}),
        ("nl", "De Russische president sprak met de Verenigde Staten.", {"Russia", "Vladimir Putin", "United States of America"}),
        ("ru", "Президент Франции позвонил канцлеру Германии.", {"France", "Emmanuel Macron", "Germany", "Angela Merkel"}),
        ("ru", "Российского президента ждут в Казахстане.", {"Russia", "Vladimir Putin", "Kazakhstan"}),
        ("uk", "Президент України поїхав до Польщі.", {"Ukraine", "Petro Poroshenko", "Poland"}),
        ("pl", "Prezydent Rosji rozmawiał z premierem Węgier.", {"Russia", "Vladimir Putin", "Hungary", "Viktor Orbán"}),
        ("cs", "Ruský prezident navštívil Německo.", {"Russia", "Vladimir Putin", "Germany"}),
        ("sv", "Rysslands president åkte till Tyskland.", {"Russia", "Vladimir Putin", "Germany"}),
        ("tr", "Rusya, Almanya ile görüştü.", {"Russia", "Germany"}),
        ("zh", "俄罗斯总统普京访问了中国。", {"Russia", "Vladimir Putin", "China"}),
        ("ja", "ロシアのプーチン大統領は中国を訪れた。", {"Russia", "Vladimir Putin", "China"}),
        ("ko", "미국과 러시아가 협상했다.", {"United States of America", "Russia"}),
        ("ar", "زار الرئيس فلاديمير بوتين ألمانيا والصين.", {"Vladimir Putin", "Germany", "China"}),
        ("hi", "भारत और रूस ने समझौता किया।", {"India", "Russia"}),
        ("fi", "Venäjän presidentti vieraili Saksassa.", {"Russia", "Vladimir Putin", "Germany"}),
        ("hu", "Oroszország és Németország megállapodott.", {"Russia", "Germany"}),
        ("ro", "România și Germania au semnat.", {"Romania", "Germany"}),
        ("el", "Η Ελλάδα και η Γερμανία συμφώνησαν.", {"Greece", "Germany"}),
    ],
)  # fmt: skip
def test_states_and_leaders_are_found_in_many_languages(language: str, text: str, wanted: set[str]) -> None:
    assert named(text, language) == wanted
