"""Turns articles into text files as a careless scraper saves them: menus, doubled headline, captions, other people's teasers."""

from __future__ import annotations

from collections.abc import Sequence

from sample_pages import MONTHS, OUTLETS, section_of, shown
from sample_writing import Article, dice

POLICY = (
    "Readers are welcome to disagree with us and with one another. Comments are read before they appear, and those that insult,"
    " advertise or wander off are not printed. What readers write is their own opinion and not that of {name}."
)
CAPTIONS = (
    "A quiet street on the morning of the announcement. Photo: Meridian",
    "Waiting for news. Photo: reader's own picture",
)


def spell_comma(article: Article, minutes: int = 0) -> str:
    """The local time as such pages print it: ``12 September, 2025, 08:05 am``."""
    at = article.published
    hour, minute = at.hour, min(59, at.minute + minutes)
    return f"{at.day:02d} {MONTHS[at.month - 1]}, {at.year}, {hour % 12 or 12:02d}:{minute:02d} {'pm' if hour >= 12 else 'am'}"


def minutes_later(article: Article) -> int:
    """How many minutes after publication such a page says that it was changed; 0 to 20, within the same hour."""
    return min(dice("scraped", article.number).randint(0, 20), 59 - article.published.minute)


def render_scraped(article: Article, others: Sequence[Article]) -> str:
    """The file's text: everything that was on the page, in the order of the page, blank lines between."""
    title, paragraphs = shown(article)
    dates = f"{spell_comma(article)}\nLast modified: {spell_comma(article, minutes_later(article))}"
    caption = dice("caption", article.number).choice(CAPTIONS)
    lists = [shown(other)[0] for other in others]
    words = [w.strip(".,:'’").lower() for w in title.split() if len(w) > 5][:3]
    parts = [
        title, section_of(article), dates, "Related News", title, dates, f"{caption}\n{caption}", *paragraphs,
        f"Top News / {section_of(article)}", " / ".join(words), "Comments", POLICY.format(name=OUTLETS[article.outlet].name),
        "Top Stories", "MOST VIEWED", "Related News", "Features",
    ]  # fmt: skip
    for hours, (headline, other) in enumerate(zip(lists, others, strict=True), start=1):
        parts += [f"Illustration: {other.author}", headline, f"{hours * 3 - 1}h | {section_of(other)}"]
    parts += [
        "More Videos",
        *[f"{headline}\n\n{headline}\n\n{17 + i}h | Videos" for i, headline in enumerate(lists[:2])],
        "Most Read",
    ]
    parts += [
        f"{i}\nPhoto: {other.author}\n{section_of(other)}\n\n{headline}"
        for i, (headline, other) in enumerate(zip(lists, others, strict=True), 1)
    ]
    return "\n\n".join(parts) + "\n"
