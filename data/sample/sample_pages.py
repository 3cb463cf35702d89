"""Turns the sample's articles into the web pages of three outlets: menus, teasers, captions, comments and all.

Harbour Times describes its articles in JSON-LD, the Alder Valley Courier in meta tags with local times, Rundblick in
microdata and a visible date.  ``shown`` is the text as the outlet prints it, which is what a cleaner should find.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from string import Template
from zoneinfo import ZoneInfo

from sample_writing import DAYS, Article, dice, slug

TEMPLATES = Path(__file__).parent / "templates"
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
MONATE = (
    "Jänner",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
)


@dataclass(frozen=True, slots=True)
class Outlet:
    """One fictional newspaper: name, host, zone, template and the sections it files its topics under."""

    letter: str
    name: str
    host: str
    zone: ZoneInfo
    template: str
    sections: Mapping[str, str]
    authors: tuple[str, ...]


_WORLD = {
    "economy": "Business",
    "politics": "Politics",
    "court": "Law",
    "health": "Health",
    "science": "Science",
    "sport": "Sport",
}
_REST = {
    "culture": "Arts",
    "transport": "Business",
    "environment": "Environment",
    "disaster": "World",
    "flood": "World",
}
_GERMAN = {
    "culture": "Kultur",
    "economy": "Wirtschaft",
    "health": "Gesundheit",
    "sport": "Sport",
    "flood": "Ausland",
}

OUTLETS: Mapping[str, Outlet] = {
    "H": Outlet(
        "H", "Harbour Times", "www.harbourtimes.example", ZoneInfo("Europe/London"), "harbour.html", {**_WORLD, **_REST},
        ("Agnes Thornbury", "Dominic Ravenscar", "Lavinia Osgood", "Piers Amberley"),
    ),
    "C": Outlet(
        "C", "The Alder Valley Courier", "aldercourier.example", ZoneInfo("America/New_York"), "courier.html",
        {**_WORLD, **_REST, "court": "Courts", "transport": "Local"}, ("Wendell Brack", "Marisol Etheridge", "June Kowalczyk-Hart"),
    ),
    "R": Outlet(
        "R", "Rundblick", "www.rundblick.example", ZoneInfo("Europe/Vienna"), "rundblick.html",
        {**_WORLD, **_REST, "flood": "Central Europe"}, ("Severin Altmutter", "Hermine Zagler", "Radka Blahova"),
    ),
}  # fmt: skip


def curl(text: str) -> str:
    """*text* with typographic quotation marks and apostrophes, as Harbour Times sets it."""
    text = re.sub(r'(^|[\s(])"', r"\1“", text).replace('"', "”")
    return re.sub(r"(^|\s)'", r"\1‘", text).replace("'", "’")


def shown(article: Article) -> tuple[str, tuple[str, ...]]:
    """Headline and paragraphs as the outlet prints them."""
    if article.outlet == "H":
        return curl(article.title), tuple(curl(p) for p in article.paragraphs)
    return article.title, article.paragraphs


def section_of(article: Article) -> str:
    """The section in the outlet's own words."""
    if article.language == "de":
        return _GERMAN[article.report.topic]
    return OUTLETS[article.outlet].sections[article.report.topic]


def address(article: Article) -> str:
    """The article's own URL, in the outlet's pattern."""
    host, name = OUTLETS[article.outlet].host, slug(article.title)
    if article.outlet == "H":
        return f"https://{host}/{article.published:%Y/%m/%d}/{name}/"
    if article.outlet == "C":
        return f"https://{host}/news/{name}-{article.number}.html"
    return f"https://{host}/{article.language}/artikel/{article.number}/{name}"


def spell(at: datetime, style: str) -> str:
    """A moment as a reader sees it; *style* is an outlet's letter, or ``de``."""
    if style == "H":
        return f"{at.day} {MONTHS[at.month - 1]} {at.year}, {at:%H:%M}"
    if style == "C":
        return f"{DAYS[at.weekday()]}, {MONTHS[at.month - 1]} {at.day}, {at.year} at {at.strftime('%I:%M %p').lstrip('0')}"
    months = MONATE if style == "de" else MONTHS
    return f"{at.day}{'.' if style == 'de' else ''} {months[at.month - 1]} {at.year}, {at:%H:%M}{' Uhr' if style == 'de' else ''}"


def keywords(article: Article) -> list[str]:
    """The tags the outlet gives an article: its topic and the longer words of its headline."""
    words = [w for w in re.findall(r"[A-Za-zÄÖÜäöüß]{6,}", article.title) if w[0].isupper()]
    return [article.report.topic, *dict.fromkeys(words[1:4])]


def teaser(article: Article, mark: str) -> str:
    """A link to *article* with its headline and, in a ``box``, the start of its first paragraph."""
    title, paragraphs = shown(article)
    link = f'<a href="{address(article)}">{html.escape(title)}</a>'
    if mark == "box":
        start = " ".join(paragraphs[0].split()[:16])
        return f'<div class="teaser"><h3>{link}</h3><p>{html.escape(start, quote=False)} …</p></div>'
    return f"<li>{link}</li>" if mark == "li" else f"<p>{link}</p>"


def fill_template(
    outlet: Outlet, *, title: str, section: str, body: str, head: str, lists: Sequence[Article], **extra: str
) -> str:
    """A whole page: the outlet's template around *body*.  ``extra`` overrides any field of the template."""
    german = extra.get("lang") == "de"
    names = list(dict.fromkeys(_GERMAN.values() if german else outlet.sections.values()))
    pick = dice("page", outlet.letter, title)
    remarks = ["Well said.", "My cousin was there and tells it quite differently.", "More of this and less football, please.",
               "Does anybody proofread the headlines?", "First time I agree with the mayor."]  # fmt: skip
    fields = {
        "title": html.escape(title), "section": section, "section_path": section.lower().replace(" ", "-"), "body": body, "head": head,
        "lang": "en", "charset": "utf-8", "og_type": "website", "canonical": f"https://{outlet.host}/", "number": "0",
        "description": html.escape(f"News from {outlet.name}"),
        "menu": " ".join(f'<a href="/{n.lower().replace(" ", "-")}/">{n}</a>' for n in ["Start" if german else "Home", *names]),
        "most_read": "".join(teaser(a, "p" if outlet.letter == "R" else "li") for a in lists),
        "tide_a": f"{pick.randint(4, 11)}.{pick.randint(10, 59)}", "tide_b": f"{pick.randint(16, 23)}.{pick.randint(10, 59)}",
        "comments": "".join(f"<p><b>reader{pick.randint(100, 999)}</b>: {r}</p>" for r in pick.sample(remarks, 2)),
        "search_word": "Suche" if german else "Search", "more_word": "Mehr zum Thema" if german else "More from Rundblick",
        "cookie": "Wir verwenden Cookies, um Inhalte zu messen." if german else "We use cookies to measure how our pages are read.",
        "agree": "Einverstanden" if german else "Agree", "settings": "Einstellungen" if german else "Settings",
    }  # fmt: skip
    return Template((TEMPLATES / outlet.template).read_text(encoding="utf-8")).substitute({**fields, **extra})


def _paragraphs(article: Article, related: str) -> str:
    """The paragraphs as HTML, with *related* between the third and the fourth as many sites do."""
    parts = [f"<p>{html.escape(p, quote=False)}</p>" for p in shown(article)[1]]
    return "\n".join([*parts[:3], related, *parts[3:]])


def _harbour(article: Article) -> tuple[str, str]:
    """Head and body of an article in Harbour Times: JSON-LD with offsets, a figure, a newsletter box."""
    title, paragraphs = shown(article)
    data = {
        "@context": "https://schema.org", "@type": "NewsArticle", "headline": title, "articleSection": section_of(article),
        "datePublished": article.published.isoformat(), "dateModified": (article.modified or article.published).isoformat(),
        "author": [{"@type": "Person", "name": article.author}], "publisher": {"@type": "Organization", "name": "Harbour Times"},
        "mainEntityOfPage": address(article), "description": paragraphs[0], "keywords": keywords(article),
    }  # fmt: skip
    changed = f" · Updated {spell(article.modified, 'H')}" if article.modified else ""
    box = (
        '<div class="newsletter"><strong>The Morning Tide</strong><p>Get the five things to know before breakfast in our free letter.</p>'
        '<form><input type="email" placeholder="Your e-mail address"><button>Sign up</button></form></div>'
    )
    body = (
        f'<article><h1>{html.escape(title)}</h1><p class="byline">By {article.author} · {spell(article.published, "H")}{changed}</p>'
        '<div class="share"><a href="#">Share</a> <a href="#">Save</a> <a href="#">Print</a></div>'
        f'<figure><div role="img"></div><figcaption>Picture: Harbour Times library</figcaption></figure>\n{_paragraphs(article, box)}\n</article>'
        f'<section class="related"><h2>Related articles</h2><ul>{"".join(teaser(a, "li") for a in article.related[:3])}</ul></section>'
    )
    return f'<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script>', body


def _courier(article: Article) -> tuple[str, str]:
    """Head and body of an article in the Courier: meta tags whose times carry no offset, table-era markup."""
    local = article.published.replace(tzinfo=None).isoformat()
    modified = (
        f'\n<meta property="article:modified_time" content="{article.modified.replace(tzinfo=None).isoformat()}">'
        if article.modified
        else ""
    )
    head = (
        f'<meta property="og:type" content="article">\n<meta property="og:title" content="{html.escape(article.title)}">\n'
        f'<meta property="article:published_time" content="{local}">{modified}\n<meta name="author" content="{html.escape(article.author)}">\n'
        f'<meta property="article:section" content="{section_of(article)}">\n<meta name="keywords" content="{", ".join(keywords(article))}">\n'
        f'<link rel="canonical" href="{address(article)}">'
    )
    also = "".join(teaser(a, "p") for a in article.related[3:])
    body = (
        f'<div class="meta"><a href="/">Home</a> &gt; {section_of(article)}</div>\n<h1>{html.escape(article.title)}</h1>\n'
        f'<div class="meta">By {article.author} | {spell(article.published, "C")} | <a href="#comments">Join the conversation</a></div>\n'
        f'<div class="text-column">{_paragraphs(article, "")}</div>\n'
        f'<div class="also"><h3>See also</h3>{also}</div>\n<div class="meta">Follow the Courier: <a href="#">Facebook</a> <a href="#">E-mail</a></div>'
    )
    return head, body


def _rundblick(article: Article) -> tuple[str, str]:
    """Head and body of an article in Rundblick: microdata, a visible date, teasers between the paragraphs."""
    style, by = ("de", "Von") if article.language == "de" else ("R", "By")
    stamp = article.published.replace(tzinfo=None).isoformat(timespec="minutes")
    also = f'<div class="teaserbox"><b>{"Lesen Sie auch" if style == "de" else "Read also"}</b>{"".join(teaser(a, "p") for a in article.related[:1])}</div>'
    body = (
        f'<article itemscope itemtype="https://schema.org/NewsArticle"><div class="dachzeile" itemprop="articleSection">{section_of(article)}</div>\n'
        f'<h1 itemprop="headline">{html.escape(article.title)}</h1>\n<p class="zeile">{by} <span itemprop="author">{article.author}</span>, '
        f'<time itemprop="datePublished" datetime="{stamp}">{spell(article.published, style)}</time></p>\n'
        f'<div itemprop="articleBody">{_paragraphs(article, also)}</div></article>'
    )
    return f'<meta name="description" content="{html.escape(article.paragraphs[0])}">', body


def render_article(article: Article) -> str:
    """The whole page of one article."""
    head, body = {"H": _harbour, "C": _courier, "R": _rundblick}[article.outlet](article)
    title, paragraphs = shown(article)
    return fill_template(
        OUTLETS[article.outlet], title=title, section=section_of(article), body=body, head=head, lists=article.related, lang=article.language,
        canonical=address(article), og_type="article", number=str(article.number), description=html.escape(paragraphs[0]),
        charset="windows-1252" if article.language == "de" else "utf-8",
    )  # fmt: skip


def render_hub(outlet: Outlet, title: str, articles: Sequence[Article]) -> str:
    """A front, section or tag page: headlines and the first words of many articles."""
    boxes = "\n".join(teaser(a, "box") for a in articles)
    return fill_template(
        outlet, title=title, section=title, body=f"<h1>{title}</h1>\n{boxes}", head="", lists=articles[:5]
    )


def render_notice(
    outlet: Outlet, title: str, paragraphs: Sequence[str], lists: Sequence[Article] = ()
) -> str:
    """A page that is no article: an error, a consent wall, search results, legal text, a gallery, a ticker."""
    body = f"<h1>{title}</h1>\n" + "\n".join(p if p.startswith("<") else f"<p>{p}</p>" for p in paragraphs)
    return fill_template(outlet, title=title, section=title, body=body, head="", lists=lists)
