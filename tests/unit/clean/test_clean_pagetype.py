"""Article or not: pages of every kind that a crawl brings home, in several languages."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.clean.html import Page, read_page
from tasks.clean.pagetype import count_words, judge_page
from tasks.reasons import Reason

FEW = settings(max_examples=40, deadline=None)
URL = "https://harbour.example/news/new-bridge-opens-after-ten-years"
TITLE = "New bridge opens after ten years"
SENTENCE = (
    "The new bridge over the river opened on Tuesday, ten years after the first stone was laid in the mud."
)
TEXT = "".join(f"<p>{SENTENCE} It was day {number} of the fair.</p>" for number in range(6))
HEADLINES = [
    "Harbour fair draws crowds from all over",
    "School roof repaired at last",
    "Fish market to move to the north bank",
]


def read(body: str, title: str = TITLE, head: str = "", url: str = URL) -> Page:
    """The page with this body."""
    found = read_page(
        f"<html lang=en><head><title>{title}</title>{head}</head><body>{body}</body></html>", url
    )
    assert found is not None
    return found


def reason_of(body: str, title: str = TITLE, head: str = "", url: str = URL) -> Reason | None:
    """What the page is refused for."""
    verdict = judge_page(read(body, title, head, url), url, 40)
    return verdict[0] if verdict else None


def article_head() -> str:
    """JSON-LD of an article with a date."""
    fields = {"@type": "NewsArticle", "headline": TITLE, "datePublished": "2024-03-05"}
    return f'<script type="application/ld+json">{json.dumps(fields)}</script>'


def teasers(count: int, cut: str = "...") -> str:
    """Linked headlines with the beginning of a text below each."""
    return "".join(
        f"<div><h3><a href=/n/{n}>{HEADLINES[n % 3]}</a></h3><p>{SENTENCE[: 90 - n % 7]}{cut}</p></div>"
        for n in range(count)
    )


def test_an_article_is_an_article() -> None:
    assert reason_of(f"<h1>{TITLE}</h1>{TEXT}") is None
    assert reason_of(f"<h1>{TITLE}</h1>{TEXT}", head=article_head()) is None


@pytest.mark.parametrize("count", [60, 200])
def test_an_article_among_many_links_is_an_article(count: int) -> None:
    menu = "<ul>" + "".join(f"<li><a href=/s/{n}>{HEADLINES[n % 3]}</a></li>" for n in range(count)) + "</ul>"
    assert reason_of(f"{menu}<h1>{TITLE}</h1><div>{TEXT}</div>") is None


# index pages


@pytest.mark.parametrize(
    "url",
    ["https://harbour.example/", "https://harbour.example/sport", "https://harbour.example/tag/bridge", URL],
)
@pytest.mark.parametrize("cut", ["...", "\u2026", "."])
def test_a_list_of_teasers_is_an_index(url: str, cut: str) -> None:
    assert reason_of(f"<h1>Latest news</h1>{teasers(25, cut)}", "Latest news", url=url) is Reason.INDEX_PAGE


def test_a_list_of_links_is_an_index() -> None:
    body = "".join(f"<p><a href=/n/{n}>{HEADLINES[n % 3]}</a></p>" for n in range(40))
    assert reason_of(body, "Archive") is Reason.INDEX_PAGE


def test_a_front_page_is_an_index_whatever_text_it_has() -> None:
    assert (
        reason_of(
            f"<h1>Harbour Herald</h1>{teasers(8)}{TEXT[:400]}",
            "Harbour Herald",
            url="https://harbour.example/",
        )
        is Reason.INDEX_PAGE
    )


def test_a_declared_collection_is_an_index() -> None:
    head = '<script type="application/ld+json">{"@type": "CollectionPage"}</script>'
    assert (
        reason_of(f"<h1>Bridges</h1>{teasers(12)}", "Bridges", head, "https://harbour.example/topic/bridges")
        is Reason.INDEX_PAGE
    )


def test_a_page_that_dates_itself_as_an_article_is_no_index() -> None:
    assert reason_of(f"<h1>{TITLE}</h1>{TEXT}{teasers(20)}", head=article_head()) is None


# error pages

ERRORS = [
    ("Page not found", "Sorry, the page you are looking for has moved or no longer exists."),
    ("404", "Nothing here."),
    ("Error 404 - Harbour Herald", "Try the search."),
    ("Access denied", "You do not have permission to view this page."),
    ("403 Forbidden", "nginx"),
    ("Just a moment...", "Checking your browser before you go on."),
    ("Are you a robot?", "Please confirm that you are a human."),
    ("Seite nicht gefunden", "Die gesuchte Seite gibt es nicht mehr."),
    ("Page introuvable", "La page demandée n'existe pas."),
    ("P\u00e1gina no encontrada", "La p\u00e1gina que busca no existe."),
    ("Pagina non trovata", "La pagina che cerchi non c'\u00e8."),
    ("Sidan hittades inte", "Sidan du s\u00f6ker finns inte."),
    ("Nie znaleziono strony", "Strona, kt\u00f3rej szukasz, nie istnieje."),
    (
        "\u0421\u0442\u0440\u0430\u043d\u0438\u0446\u0430 \u043d\u0435 \u043d\u0430\u0439\u0434\u0435\u043d\u0430",
        "\u041f\u043e\u043f\u0440\u043e\u0431\u0443\u0439\u0442\u0435 \u043f\u043e\u0438\u0441\u043a.",
    ),
    ("Sayfa bulunamad\u0131", "Arad\u0131\u011f\u0131n\u0131z sayfa yok."),
    (
        "\u30da\u30fc\u30b8\u304c\u898b\u3064\u304b\u308a\u307e\u305b\u3093",
        "\u304a\u63a2\u3057\u306e\u30da\u30fc\u30b8\u306f\u3042\u308a\u307e\u305b\u3093\u3002",
    ),
]


@pytest.mark.parametrize(("title", "text"), ERRORS)
def test_a_page_that_says_there_is_nothing_is_an_error_page(title: str, text: str) -> None:
    assert reason_of(f"<h1>{title}</h1><p>{text}</p>", title) is Reason.ERROR_PAGE


@pytest.mark.parametrize(
    "title",
    [
        "404 homes without power after storm",
        "Missing boat not found after three days",
        "Error in count delays result",
    ],
)
def test_an_article_about_errors_is_an_article(title: str) -> None:
    assert reason_of(f"<h1>{title}</h1>{TEXT}", title) is None


# walls


@pytest.mark.parametrize(
    ("title", "text"),
    [
        (
            "Before you continue",
            "We and our 842 partners store and access information on a device, such as cookies, and process personal data.",
        ),
        (
            "Herald",
            "We and our partners use cookies. With your consent we process personal data. Manage options or accept all.",
        ),
        (
            "Datenschutzeinstellungen",
            "Wir und unsere Partner speichern Cookies und verarbeiten personenbezogene Daten mit Ihrer Einwilligung.",
        ),
        (
            "Avant de continuer",
            "Nous et nos partenaires utilisons des cookies et des donn\u00e9es personnelles avec votre consentement.",
        ),
    ],
)
def test_a_consent_dialogue_is_no_article(title: str, text: str) -> None:
    assert (
        reason_of(f"<div><h2>Your choice</h2><p>{text}</p><button>OK</button></div>", title)
        is Reason.CONSENT_WALL
    )


@pytest.mark.parametrize(
    "wall",
    [
        "This content is for subscribers only. Subscribe now for 1 a month.",
        "To continue reading, log in or create an account.",
        "Already a subscriber? Log in.",
        "Jetzt weiterlesen mit HeraldPlus.",
        "Cet article est r\u00e9serv\u00e9 \u00e0 nos abonn\u00e9s.",
        "Contenido exclusivo para suscriptores.",
        "Riservato agli abbonati.",
        "\u3053\u306e\u8a18\u4e8b\u306f\u4f1a\u54e1\u9650\u5b9a\u3067\u3059\u3002",
    ],
)
@pytest.mark.parametrize("named", ["", " class='paywall-box'"])
def test_a_teaser_above_a_wall_is_a_stub(wall: str, named: str) -> None:
    body = f"<h1>{TITLE}</h1><p>{SENTENCE}</p><div{named}><p>{wall}</p></div>"
    assert reason_of(body) is Reason.PAYWALL_STUB


def test_a_full_text_above_a_call_to_subscribe_is_an_article() -> None:
    assert (
        reason_of(f"<h1>{TITLE}</h1><div>{TEXT}</div><div><p>Subscribe now for 1 a month.</p></div>") is None
    )


# pages about the site


@pytest.mark.parametrize(
    "title",
    [
        "Privacy policy", "Terms of use", "Terms and conditions | Harbour Herald", "Cookie policy", "Imprint", "About us", "Contact us",
        "Datenschutzerkl\u00e4rung", "Impressum", "Mentions l\u00e9gales", "Aviso legal", "Pol\u00edtica de privacidad",
        "Informativa privacy", "Integritetspolicy", "Polityka prywatno\u015bci", "Gizlilik politikas\u0131",
        "\u041f\u043e\u043b\u0438\u0442\u0438\u043a\u0430 \u043a\u043e\u043d\u0444\u0438\u0434\u0435\u043d\u0446\u0438\u0430\u043b\u044c\u043d\u043e\u0441\u0442\u0438",
        "\u30d7\u30e9\u30a4\u30d0\u30b7\u30fc\u30dd\u30ea\u30b7\u30fc",
    ],
)  # fmt: skip
def test_a_page_about_the_site_is_a_legal_page(title: str) -> None:
    assert reason_of(f"<h1>{title}</h1>{TEXT}", title) is Reason.LEGAL_PAGE


@pytest.mark.parametrize(
    "path", ["/privacy", "/terms-of-use.html", "/impressum/", "/about-us", "/en/cookie-policy"]
)
def test_an_address_can_say_that_a_page_is_about_the_site(path: str) -> None:
    assert (
        reason_of(f"<h1>Welcome</h1>{TEXT}", "Welcome", url=f"https://harbour.example{path}")
        is Reason.LEGAL_PAGE
    )


@pytest.mark.parametrize(
    "title",
    [
        "Privacy policy of the harbour under fire from fishermen and shops",
        "Terms of the bridge deal leaked",
        "Contact lost with ferry",
    ],
)
def test_an_article_about_policies_is_an_article(title: str) -> None:
    assert reason_of(f"<h1>{title}</h1>{TEXT}", title) is None


# searches, galleries, tickers, nothing


@pytest.mark.parametrize(
    ("title", "url"),
    [
        ("Search", "https://harbour.example/find"),
        ("Search results for bridge", "https://harbour.example/find"),
        ("Suchergebnisse", "https://harbour.example/find"),
        ("R\u00e9sultats de recherche", "https://harbour.example/find"),
        ("Bridge", "https://harbour.example/?s=bridge"),
        ("Bridge", "https://harbour.example/search?query=bridge"),
    ],
)
def test_results_of_a_search_are_a_search_page(title: str, url: str) -> None:
    results = "".join(f"<li><a href=/a{n}>{HEADLINES[n % 3]}</a></li>" for n in range(20))
    assert reason_of(f"<ol>{results}</ol>", title, url=url) is Reason.SEARCH_PAGE


def test_an_article_found_by_a_search_is_an_article() -> None:
    assert (
        reason_of(
            f"<h1>Search for missing boat goes on</h1>{TEXT}{teasers(10)}", "Search for missing boat goes on"
        )
        is None
    )
    assert reason_of(f"<h1>{TITLE}</h1>{TEXT * 2}", url=URL + "?q=bridge") is None


def test_pictures_without_text_are_a_gallery() -> None:
    head = '<script type="application/ld+json">{"@type": "ImageGallery", "name": "Bridge"}</script>'
    body = f"<h1>{TITLE}</h1><p>The bridge in pictures, from the first stone to the last, by our readers and by us.</p>"
    assert reason_of(body, head=head) is Reason.GALLERY


def test_a_ticker_is_no_article() -> None:
    entries = "".join(
        f"<p>{hour}:{minute:02d} The bridge is still closed, and nobody knows why.{hour}</p>"
        for hour in range(8, 14)
        for minute in (5, 35, 50)
    )
    assert reason_of(f"<h1>Bridge ticker</h1><div>{entries}</div>", "Bridge ticker") is Reason.LIVE_TICKER


@pytest.mark.parametrize(
    ("body", "expected"), [("", Reason.NO_TEXT), (f"<p>{SENTENCE}</p>", Reason.TOO_SHORT)]
)
def test_too_little_is_no_article(body: str, expected: Reason) -> None:
    assert reason_of(body) is expected


def test_the_least_number_of_words_is_the_callers() -> None:
    found = read(f"<h1>{TITLE}</h1><p>{SENTENCE}</p>")
    assert judge_page(found, URL, 10) is None
    verdict = judge_page(found, URL, 100)
    assert verdict is not None
    assert verdict[0] is Reason.TOO_SHORT


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("one two", 2),
        ("\u6865\u6881\u5f00\u653e", 4),
        ("the \u6865\u6881 opens", 4),
        ("gr\u00fc\u00dfe aus", 2),
        ("\ub2e4\ub9ac\uac00 \uc5f4\ub838\ub2e4", 2),
    ],
)
def test_words_are_counted_as_the_script_asks(text: str, expected: int) -> None:
    assert count_words(text) == expected


@FEW
@given(st.text(max_size=200), st.text(max_size=40))
def test_any_page_gets_a_verdict_with_a_detail(body: str, title: str) -> None:
    found = read_page(f"<html><title>{title}</title><body><p>{body}</p></body></html>", URL)
    if found is not None:
        verdict = judge_page(found, URL, 40)
        assert verdict is None or verdict[1]
