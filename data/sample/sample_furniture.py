"""The pages of the sample that are no articles: front pages, errors, walls, searches and other things a crawl brings home."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sample_pages import OUTLETS, Outlet, address, render_hub, render_notice, section_of, shown
from sample_warc import Page
from sample_writing import Article

FRONT_DAYS = ("2025-09-05", "2025-09-19", "2025-10-03", "2025-10-24")

_PRIVACY = (
    "This policy explains which data we process when you visit our pages, on what legal basis and for how long."
    " The controller is the publisher named in the imprint.",
    "We store your address and the pages you open for fourteen days in order to defend ourselves against misuse."
    " Nobody else receives this data unless a court orders us to hand it over.",
    "You have the right to information, correction and deletion. Please write to the data protection officer at the"
    " address given below; she answers within a month.",
    "We use cookies that are technically necessary. Cookies for statistics are set only with your consent, which you"
    " may withdraw at any time with effect for the future.",
)
_WALL = (
    "We value your privacy.",
    "We and our 214 partners store and access information on your device to show personalised advertising and to measure content.",
    '<button>Accept all</button> <button>Reject all</button> <a href="/settings">Manage options</a>',
)
_TICKER = tuple(
    f"<h3>{hour}.{minute:02d}</h3><p>{line}</p>"
    for hour, minute, line in (
        (18, 40, "That is all from us for today. Good night."),
        (18, 5, "The last result is in: Fennwick has voted, and its clerk has gone home."),
        (17, 30, "Long queue at the school in Marrowby, where the pencil has been lost and found again."),
        (16, 55, "Turnout at four o'clock was 31 per cent, says the returning officer."),
        (16, 10, "Heavy shower over Larkhaven. Two polling stations have put out umbrellas."),
        (15, 20, "A dog has voted in Gullmouth. It has been explained to him that he has not."),
        (14, 0, "Welcome back to our live page on the parish elections."),
    )
)


def notices(outlet: Outlet, articles: Sequence[Article], at: datetime) -> Iterator[tuple[str, Page]]:
    """Kind and page of what one outlet serves besides articles and lists of them, a minute apart from *at* on."""
    base, last = f"https://{outlet.host}", articles[-1]
    results = [f'<p><a href="{address(a)}">{shown(a)[0]}</a> ({section_of(a)})</p>' for a in articles[5:13]]
    pages: list[tuple[str, str, str, tuple[str, ...], int]] = [
        ("error", f"{base}/2019/old-page", "404 Not Found", ("The page you asked for is not here.",), 404),
        ("soft_error", f"{base}/news/gone-{last.number + 3}", "Page not found",
         ("Sorry, we cannot find that page. It may have moved, or the link may be out of date.", "Try the search, or go back to the home page."), 200),
        ("search", f"{base}/search?q=harbour", "Search results for “harbour”", (f"{len(results)} results", *results), 200),
        ("consent", f"{base}/consent?return=/", "Before you continue", _WALL, 200),
        ("legal", f"{base}/privacy/", "Privacy policy", _PRIVACY, 200),
    ]  # fmt: skip
    if outlet.letter == "H":
        pages.append(
            (
                "ticker",
                f"{base}/live/parish-elections/",
                "Live: parish elections as they happen",
                _TICKER,
                200,
            )
        )
        pictures = tuple(
            f'<figure><img src="/p/{i}.jpg" alt=""><figcaption>{i} of 9. Picture: library</figcaption></figure>'
            for i in range(1, 10)
        )
        pages.append(
            ("gallery", f"{base}/gallery/regatta-in-pictures/", "The regatta in pictures", pictures, 200)
        )
    if outlet.letter == "C":
        teaser = ("The best pie in the valley is baked in a kitchen without a clock, and its owner would like to keep it that way.",
                  "<div class='paywall'><h2>Subscribe to read on</h2><p>You have read your three free articles this month. Subscribe for a dollar.</p></div>")  # fmt: skip
        pages.append(
            (
                "paywall",
                f"{base}/news/best-pie-in-the-valley-51234.html",
                "The best pie in the valley",
                teaser,
                200,
            )
        )
    for minute, (kind, url, title, paragraphs, status) in enumerate(pages):
        body = render_notice(outlet, title, paragraphs, articles[:4]).encode()
        yield kind, Page(url, at + timedelta(minutes=minute), body, status=status)
    yield (
        "redirect",
        Page(f"http://{outlet.host}/latest", at, b"", status=301, headers={"Location": f"{base}/"}),
    )
    yield "not_html", Page(f"{base}/robots.txt", at, b"User-agent: *\nDisallow: /search\n", mime="text/plain")
    yield "empty", Page(f"{base}/newsletter/frame", at, b"  \n")
    yield "not_html", Page(f"{base}/p/1.gif", at, b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;",
                           mime="image/gif")  # fmt: skip


def hubs(letter: str, articles: Sequence[Article]) -> Iterator[tuple[str, Page]]:
    """Front pages through the weeks, then one section page and one tag page, of one outlet; each as kind and page."""
    outlet = OUTLETS[letter]
    for day in FRONT_DAYS:
        at = datetime.fromisoformat(f"{day}T17:00:00+00:00")
        out = [a for a in articles if a.published < at][-14:][::-1]
        yield (
            "hub",
            Page(f"https://{outlet.host}/", at, render_hub(outlet, f"{outlet.name}: today", out).encode()),
        )
    at = datetime.fromisoformat("2025-10-25T06:30:00+00:00")
    floods = [a for a in articles if a.report.topic == "flood" and a.published < at][::-1]
    for path, title, listed in (
        ("world/", "World", articles[20:34][::-1]),
        ("tags/hungary/", "Hungary", floods),
    ):
        yield "hub", Page(f"https://{outlet.host}/{path}", at, render_hub(outlet, title, listed).encode())
