"""Page templates of many kinds of site around our own texts, beside trafilatura: wanted lines found, unwanted lines leaked.

    python -m benchmarks.templates

Blogs, forums, wikis, shops, offices and hand-made tables, in eleven languages and seven scripts, long and short, beside sidebars,
comments and teasers that may be longer than the article.  The texts are the project's own labelled articles.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_ARTICLES = Path(__file__).parents[1] / "tests" / "golden" / "actors"
TITLE = "Die Glocke am Fluss läutet wieder"
ABOUT = "Ich schreibe hier seit vielen Jahren über das Leben am Fluss, über Bücher, über Musik und über alles, was mir sonst noch durch den Kopf geht."
COOKIE = "Diese Webseite verwendet Cookies, um Ihnen den bestmöglichen Service zu gewährleisten, und mit der Nutzung stimmen Sie dem zu."
TEASER = "Ein kurzer Anreißer für den anderen Beitrag mit der Nummer 2, der hier nur angekündigt wird."
COMMENT = "Danke für den tollen Beitrag, ich habe das auch schon einmal so erlebt und kann nur zustimmen."
RECENT = "Letzte Beiträge aus dem Archiv dieser Seite"
IMPRINT = "Impressum und Datenschutz und AGB dieser Seite"
UNWANTED = (ABOUT, COOKIE, TEASER, COMMENT, RECENT, IMPRINT)
_OWN = {
    "zh": "记者昨日从市水利局了解到，青河大桥的修复工程已经完成，预计下月初恢复通车。|当地居民表示，大桥关闭的三个月里，上班需要绕行十多公里，非常不便。|市长在新闻发布会上说，工程总投资两千万元，全部由市财政承担。|专家指出，这座建于一九六二年的桥梁需要定期检查，以确保行人和车辆的安全。",
    "ja": "港町の市議会は火曜日、新しい図書館の建設計画を賛成多数で可決した。|市長は記者会見で、来年の春に工事を始め、二年後の開館を目指すと述べた。|反対した議員は、建設費が当初の見積もりより三割増えたことを問題にしている。|住民説明会は来月五日に市民会館で開かれる予定となっている。",
    "ar": "أعلنت بلدية المدينة يوم الثلاثاء عن افتتاح الجسر الجديد فوق النهر بعد ثلاث سنوات من العمل.|وقال رئيس البلدية إن المشروع كلف أكثر من عشرين مليون دينار، وتم تمويله من الميزانية المحلية.|ويأمل السكان أن يخفف الجسر من الازدحام في ساعات الذروة، خصوصا في وسط المدينة.",
    "hi": "नगर परिषद ने मंगलवार को नए पुल के निर्माण को मंज़ूरी दी, जिस पर बीस करोड़ रुपये खर्च होंगे।|महापौर ने कहा कि काम अगले महीने शुरू होगा और दो साल में पूरा कर लिया जाएगा।|स्थानीय दुकानदारों को चिंता है कि निर्माण के दौरान ग्राहक बाज़ार तक नहीं पहुँच पाएँगे।",
    "th": "เทศบาลเมืองอนุมัติงบประมาณก่อสร้างสะพานใหม่ข้ามแม่น้ำเมื่อวันอังคารที่ผ่านมา โดยคาดว่าจะแล้วเสร็จภายในสองปี|นายกเทศมนตรีกล่าวว่าโครงการนี้จะช่วยลดปัญหาการจราจรในตัวเมืองและช่วยให้ชาวบ้านเดินทางสะดวกขึ้น",
}
_FRAMES = {
    "genesis": "<article class='post-9 post type-post status-publish hentry category-topics tag-related tag-share'><header class='entry-header'><h1 class='entry-title'>{T}</h1><p class='entry-meta'>12. März 2018 von <a>Anna</a></p></header><div class='entry-content'>{B}</div></article>",
    "wordpress": "<div id='post-12' class='post type-post hentry category-news'><h2 class='entry-title'>{T}</h2><div class='entry-meta'>12. März 2018 von admin</div><div class='entry-content'>{B}</div><div class='entry-utility'>Kategorien: <a href='/k'>Allgemein</a></div></div>",
    "blogger": "<div class='post hentry'><h3 class='post-title entry-title'>{T}</h3><div class='post-body entry-content' id='post-body-77'>{B}<div style='clear: both;'></div></div><div class='post-footer'><span class='post-author vcard'>Eingestellt von Anna um 12:00</span></div></div>",
    "divi": "<div class='et_pb_section'><div class='et_pb_row'><div class='et_pb_column'><div class='et_pb_text et_pb_module'><div class='et_pb_text_inner'><h1>{T}</h1>{B}</div></div></div></div></div>",
    "jimdo": "<div id='content_area'><div class='j-module n j-header'><h1>{T}</h1></div><div class='j-module n j-text'>{B}</div></div>",
    "contao": "<div class='mod_article block'><div class='ce_headline'><h1>{T}</h1></div><div class='ce_text block'>{B}</div></div>",
    "serendipity": "<div class='serendipity_entry serendipity_entry_author_anna'><h3 class='serendipity_title'>{T}</h3><div class='serendipity_entry_body'>{B}</div><div class='serendipity_entryFooter'>Geschrieben von Anna</div></div>",
    "twoday": "<div class='story'><h3 class='storyTitle'>{T}</h3><div class='storyBody'>{B}</div><div class='storyLinks'>Kommentar verfassen</div></div>",
    "movable type": "<div class='asset entry'><h1 class='asset-name'>{T}</h1><div class='asset-content'><div class='asset-body'>{B}</div></div></div>",
    "plone": "<div id='content' class='documentContent'><h1 class='documentFirstHeading'>{T}</h1><div id='content-core'><div class='plain'>{B}</div></div></div>",
    "wiki": "<div id='content' class='mw-body'><h1 id='firstHeading'>{T}</h1><div id='bodyContent'><div class='mw-parser-output'>{B}</div></div></div>",
    "forum": "<div class='post bg2'><div class='inner'><div class='postbody'><h3>{T}</h3><p class='author'>von Anna » 12. März 2018</p><div class='content'>{B}</div></div></div></div>",
    "ghost": "<article class='post tag-news tag-featured'><h1 class='post-title'>{T}</h1><section class='post-full-content'><div class='post-content'>{B}</div></section></article>",
    "typo3": "<div class='news news-single'><div class='article'><div class='header'><h3>{T}</h3></div><div class='footer'><p>12.03.2018</p></div><div class='news-text-wrap' itemprop='articleBody'>{B}</div></div></div>",
    "drupal": "<div class='node node-story'><h2 class='title'>{T}</h2><div class='submitted'>12.3.2018 - 12:00</div><div class='content'><div class='field field-name-body'><div class='field-items'>{B}</div></div></div></div>",
    "joomla": "<div class='item-page'><h2>{T}</h2><dl class='article-info'><dt>Details</dt><dd class='create'>12. März</dd></dl>{B}</div>",
    "no headline": "<div class='sqs-block-content'>{B}</div>",
    "table cell": "<table width=100%><tr><td width=150>Menü</td><td class='main'><h1>{T}</h1>{B}</td></tr></table>",
    "font": "<center><table width=600><tr><td><font size=+2>{T}</font><br><font size=2>{B}</font></td></tr></table></center>",
    "topic": "<div class='topic-content'><div class='topic-text'><h1>{T}</h1>{B}</div></div>",
    "meta": "<div class='post-meta-wrap'><h1>{T}</h1><div class='post-inner'>{B}</div></div>",
    "gallery": "<div class='post format-gallery gallery'><h1>{T}</h1><div class='entry'>{B}</div></div>",
    "video": "<div class='video-page'><h1>{T}</h1><div class='video-player'></div><div class='video-description'>{B}</div></div>",
    "profile": "<div class='author-bio'><h1>{T}</h1>{B}</div>",
    "guide": "<div class='shopping-guide action'><h1>{T}</h1><div class='rte'>{B}</div></div>",
    "read more": "<div class='readmore-container'><h1>{T}</h1><div class='readmore-content'>{B}</div></div>",
    "form": "<form id='aspnetForm'><div id='ctl00_content'><h1>{T}</h1>{B}</div></form>",
    "bare": "<h1>{T}</h1>{B}",
}  # fmt: skip
_LISTED = ("Mehl, 500 Gramm", "zwei Eier", "ein Glas Milch", "etwas Salz", "Butter für die Form")
_VERSE = (
    "Im Garten steht ein alter Baum",
    "der Wind geht durch die Blätter",
    "ein Vogel singt, man hört ihn kaum",
    "und morgen kommt das Wetter",
)


@dataclass(frozen=True, slots=True)
class Template:
    """One page: its name, its bytes, lines that its text should hold and lines that it should not."""

    name: str
    html: bytes
    wanted: tuple[str, ...]
    unwanted: tuple[str, ...]


def make_templates(seed: int = 5) -> list[Template]:
    """All pages; the same *seed* gives the same pages."""
    source = random.Random(seed)
    return [*_framed(source), *_shaped(source)]


def _paragraphs(language: str, count: int, source: random.Random) -> list[str]:
    """*count* different paragraphs, as far as there are so many."""
    found = _OWN.get(language, "").split("|") if language in _OWN else []
    for file in sorted(_ARTICLES.glob(f"{language}-*.txt")):
        lines = file.read_text(encoding="utf-8").split("---", 1)[1].split("\n")
        found += [line.strip() for line in lines if len(line) > 60]
    source.shuffle(found)
    return list(dict.fromkeys(found))[:count]


def _framed(source: random.Random) -> Iterator[Template]:
    """Every frame with texts of different length and markup, beside furniture."""
    kinds = (
        ("de", 1, "p"),
        ("de", 2, "br"),
        ("de", 3, "short"),
        ("fr", 4, "br"),
        ("en", 3, "div"),
        ("de", 9, "p"),
        ("ru", 2, "p"),
    )
    others = (
        ("zh", 3, "p"),
        ("ja", 2, "br"),
        ("ar", 3, "div"),
        ("hi", 2, "p"),
        ("th", 2, "p"),
        ("es", 5, "p"),
        ("it", 2, "br"),
    )
    for number, (name, frame) in enumerate(_FRAMES.items()):
        for language, count, style in (
            *kinds,
            others[number % len(others)],
            others[(number + 3) % len(others)],
        ):
            lines = _paragraphs(language, count, source)
            if style == "short":
                lines = [f"{line[:58].rsplit(' ', 1)[0]}." for line in lines]
            body = (
                "<br><br>".join(lines) if style == "br" else _tagged(lines, "div" if style == "div" else "p")
            )
            yield _template(
                f"{name}, {language}, {count} {style}", frame.format(T=TITLE, B=body), lines, language
            )


def _shaped(source: random.Random) -> Iterator[Template]:
    """Bodies of other shapes than paragraphs, in a blog's frame."""
    items = "<ul>" + "".join(f"<li>{one}</li>" for one in _LISTED) + "</ul>"
    shapes: dict[str, Callable[[list[str]], tuple[str, Sequence[str]]]] = {
        "recipe": lambda p: (f"{_tagged(p[:2])}<h3>Zutaten für vier Leute</h3>{items}{_tagged(p[2:3])}", (*p[:3], *_LISTED)),
        "list at the end": lambda p: (_tagged(p[:2]) + items, (*p[:2], *_LISTED)),
        "list before the text": lambda p: (_tagged(p[:1]) + items + _tagged(p[1:4]), (*p[:4], *_LISTED)),
        "numbered": lambda p: ("<ol>" + _tagged(p[:4], "li") + "</ol>", p[:4]),
        "poem": lambda _: ("<p>" + "<br>".join(_VERSE) + "</p>", _VERSE),
        "interview": lambda p: ("".join(f"<b>Frage {n}: Wie war das damals?</b><br>{text}<br><br>" for n, text in enumerate(p[:4])), (*p[:4], "Frage 2: Wie war das damals?")),
        "headings": lambda p: ("".join(f"<h2>Abschnitt {n} über das Wasser</h2><p>{text}</p>" for n, text in enumerate(p[:5])), (*p[:5], "Abschnitt 0 über das Wasser")),
        "quotes": lambda p: (f"<p>{p[0]}</p><blockquote><p>{p[1]}</p></blockquote><p>{p[2]}</p><blockquote>{p[3]}</blockquote>", p[:4]),
        "code": lambda p: (f"{_tagged(p[:2])}<pre><code>make demo\nmake test</code></pre>{_tagged(p[2:3])}", (*p[:3], "make demo")),
        "table": lambda p: (f"{_tagged(p[:2])}<table><tr><td>1990</td><td>12.500 Personen in der Stadt</td></tr><tr><td>2000</td><td>13.900</td></tr></table>{_tagged(p[2:3])}", (*p[:3], "12.500 Personen in der Stadt")),
        "questions": lambda p: ("".join(f"<details><summary>Was kostet die Nummer {n}?</summary><p>{text}</p></details>" for n, text in enumerate(p[:5])), p[:5]),
        "sections": lambda p: ("".join(f"<section><h2>Teil {n} der Geschichte</h2><div class='text'><p>{text}</p></div></section>" for n, text in enumerate(p[:5])), p[:5]),
        "links in the text": lambda p: ("".join(f"<p>{text} <a href='/q'>Quelle</a></p>" for text in p[:5]), p[:5]),
        "sign-up inside": lambda p: (f"{_tagged(p[:3])}<div class='subscription-widget'><p>Kostenlos abonnieren und neue Beiträge erhalten.</p></div>{_tagged(p[3:5])}", p[:5]),
    }  # fmt: skip
    for name, shape in shapes.items():
        for language in ("de", "en", "fr", "ru"):
            body, wanted = shape(_paragraphs(language, 6, source))
            yield _template(
                f"{name}, {language}", _FRAMES["wordpress"].format(T=TITLE, B=body), wanted, language
            )
    for language in ("de", "en"):
        texts = _paragraphs(language, 10, source)
        posts = "".join(
            f"<article class='post'><h2><a href='/{n}'>Ein Titel für den Beitrag {n}</a></h2><p>{texts[n]}</p><p>{texts[n + 5]}</p></article>"
            for n in range(5)
        )
        yield _template(f"front page of a blog, {language}", posts, texts, language)


def _tagged(lines: Sequence[str], tag: str = "p") -> str:
    return "".join(f"<{tag}>{line}</{tag}>" for line in lines)


def _template(name: str, main: str, wanted: Sequence[str], language: str) -> Template:
    """A page with *main* among consent, menu, teasers, comments, sidebar and footer."""
    links = "".join(f"<li><a href='/k/{n}'>Rubrik {n}</a></li>" for n in range(9))
    teasers = "".join(
        f"<div class='item'><h4><a href='/r{n}'>Ein anderer Beitrag mit einem langen Titel {n}</a></h4><p>{TEASER.replace('2', str(n))}</p></div>"
        for n in range(5)
    )
    html = (
        f"<!DOCTYPE html><html lang='{language}'><head><meta charset='utf-8'><title>{TITLE} | Mein Blog</title></head><body>"
        f"<div class='cookie-bar'><p>{COOKIE}</p></div><div id='header'><a href='/'>Mein Blog</a><ul class='menu'>{links}</ul></div>"
        f"<div id='wrap'><div id='main'>{main}<div class='related-posts'><h3>Ähnliche Beiträge</h3>{teasers}</div>"
        f"<div id='comments' class='comments-area'><h2>Ein Kommentar</h2><ol><li class='comment'><p>{COMMENT}</p></li></ol></div></div>"
        f"<div class='sidebar'><div class='textwidget'><h4>Über mich</h4><p>{ABOUT}</p></div><h4>{RECENT}</h4><ul>{links}</ul></div></div>"
        f"<div id='footer'><p>{IMPRINT}</p></div></body></html>"
    )
    return Template(name, html.encode(), tuple(wanted), UNWANTED)


@dataclass(frozen=True, slots=True)
class Score:
    """Share of the wanted lines found, of the unwanted ones leaked (0–1), and F1 as trafilatura's own evaluation counts it."""

    found: float
    leaked: float
    f1: float


def score_templates(extract: Callable[[bytes], str]) -> Score:
    """What *extract* makes of all pages: a line counts when the text holds it, white space apart."""
    wanted = unwanted = found = leaked = 0
    for template in make_templates():
        text = " ".join(extract(template.html).split())
        wanted, unwanted = wanted + len(template.wanted), unwanted + len(template.unwanted)
        found += sum(" ".join(line.split()) in text for line in template.wanted)
        leaked += sum(line in text for line in template.unwanted)
    precision, recall = found / max(1, found + leaked), found / wanted
    return Score(recall, leaked / unwanted, 2 * precision * recall / max(1e-9, precision + recall))


def main() -> None:
    """Print one line for each extractor."""
    import trafilatura

    from benchmarks.entrypoints import extract

    def peer(html: bytes) -> str:
        found = trafilatura.bare_extraction(html, with_metadata=True, include_comments=False)
        return getattr(found, "text", None) or ""

    print(f"{len(make_templates())} pages")
    for name, run in (
        ("columninch", lambda html: str(extract(html, "https://blog.example/2018/03/die-glocke")["text"])),
        ("trafilatura", peer),
    ):
        made = score_templates(run)
        print(f"{name}: found {made.found:.4f}, leaked {made.leaked:.4f}, F1 {made.f1:.4f}")


if __name__ == "__main__":
    main()
