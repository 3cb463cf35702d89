"""What tags, classes and ids say about a part of a page, in words that hold across sites and languages."""

from __future__ import annotations

import re

from lxml import etree

DROPPED = frozenset(
    {
        "script", "style", "noscript", "template", "svg", "iframe", "object", "embed", "video", "audio", "canvas", "map",
        "button", "select", "option", "datalist", "textarea", "input", "label", "nav", "dialog", "menu", "picture", "img",
        "br", "hr", "head", "title", "meta", "link", "source", "track", "progress", "meter", "applet", "area", "wbr", "math",
    }
)  # fmt: skip
"""Elements without text of an article; their tails are kept."""

INLINE = frozenset(
    {
        "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd",
        "mark", "nobr", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt",
        "u", "var", "wbr", "img", "picture", "input", "svg", "script", "style", "noscript", "template", "source", "label", "math",
    }
)  # fmt: skip
"""Elements that do not end a line."""

_TAG_ROLES = {
    "footer": "foot",
    "aside": "aside",
    "figure": "caption",
    "figcaption": "caption",
    "address": "byline",
    "form": "form",
}

_WORDS = {
    "comment": r"comments?|commentlist|disqus|respond|repl(?:y|ies)|reader-?letters|livefyre|fb-comments|kommentare?|forum-?teaser",
    "related": (
        r"related|relat(?:ed)?-?(?:article|stor|content|post|link)\w*|relacionad[oa]s?|verwandte?|similar|recommend\w*|recirc\w*|empfehlung\w*"
        r"|read-?(?:more|also|next|on)|lire-aussi|more-?(?:on|from|in|stories|articles|news|like)\w*|also-?(?:read|like|interest)\w*|see-?also"
        r"|most-?(?:read|popular|viewed|shared|commented|recent)|popular|trending|latest(?:-?news)?|teasers?\d*|teaser-?\w+|promos?|promo-?(?:box|item|block)|headlines"
        r"|outbrain|taboola|plista|ligatus|inline-?(?:link|story|article|related)s?|next-?(?:article|story|post)|prev(?:ious)?-?(?:article|story|post)"
        r"|linkbox|link-?list|linklist|topstories|article-?links|you-?may|interlink\w*|crosslink\w*|zum-?thema|dossier|river|onward"
    ),
    "advert": r"ad|ads|advert\w*|adsense|adslot|ad-?(?:box|unit|block|container|wrapper|slot)|banner|sponsor\w*|dfp|gpt|anzeige|publicidad|werbung|partner-?(?:box|links?)|commercial|affiliate\w*|shopping",
    "signup": (
        r"news-?letter\w*|subscri\w*|sign-?up|sign-?in|log-?in|register|registration|piano|membership|donat\w*|support-?us|contribution\w*"
        r"|app-?(?:promo|banner|download)|premium-?(?:box|banner|teaser)|cta|call-to-action|optin|mailchimp|abo|abo-?box"
    ),
    "paywall": r"paywall\w*|paygate|premium-?content|restricted-?content|metered-?content",
    "share": r"shar(?:e|es|ing|er)|share-?\w+|social\w*|follow(?:-us)?|addthis\w*|addtoany|sharethis|sharedaddy|whatsapp|facebook-?share|bookmark|jp-relatedposts|tools?|toolbar|actions?",
    "nav": r"breadcrumbs?|nav|navi|navbar|navigation|menu|submenu|pagination|pager|paging|skip-?(?:link|to)\w*|toc|table-?of-?contents|jump-?links?|site-?header|masthead|topbar|megamenu|sitemap|post-?nav\w*",
    "side": r"side-?bar\w*|aside|rail|right-?(?:col|rail|column)\w*|widget\w*|infobar",
    "foot": r"footer\w*|site-?footer|page-?footer|article-?foot(?:er)?|post-?footer|entry-?footer|copyright|disclaimers?|colophon",
    "tags": r"tags?|tag-?(?:list|cloud|links)|tagcloud|post-?tags|article-?tags|keywords|hashtags?|categor(?:y|ies)|cat-?links|topics?-?(?:list|links)?|labels",
    "byline": (
        r"by-?line\w*|author\w*|authors|autor(?:en|in|info|box)?|auteurs?|autore|writers?|reporters?|contributors?|biography|bio|about-?author|credits?|publish(?:ed)?-?(?:date|info|time)?|date-?line"
        r"|datetime|time-?stamp|post-?(?:date|meta|info)|entry-?meta|article-?(?:meta|info|date)\w*|meta-?(?:data|info)|meta|pubdate|last-?(?:updated|modified)|read(?:ing)?-?time"
    ),
    "caption": r"captions?|wp-caption-text|credit|photo-?(?:credit|caption)|image-?(?:credit|caption|info)\w*|img-?caption|media-?(?:caption|info)\w*|picture|figure|galler(?:y|ies)|slide-?show|carousel|slider|swiper|lightbox|bildunterschrift|legend|copyright",
    "media": r"video-?(?:player|js|container|wrapper|info|caption)?|player|jwplayer|audio-?player|podcast-?\w*|embed-?(?:code|placeholder)|transcript-?toggle",
    "form": r"poll|quiz|survey|rating|vote|voting|feedback|correction-?form|contact-?form|search-?(?:form|box|bar)|form",
    "overlay": r"cookie\w*|consent\w*|gdpr|onetrust\w*|modal\w*|pop-?up\w*|overlay|lightbox|tooltip|toast|snackbar|interstitial",
    "hidden": r"hidden|visually-?hidden|visuallyhidden|sr-?only|screen-?reader\w*|a11y-?hidden|assistive|print-?only|noprint-?text|hide|invisible",
}
_ROLES = re.compile(
    "|".join(rf"(?P<{name}>(?<![a-z0-9])(?:{words})(?![a-z0-9]))" for name, words in _WORDS.items())
)
_BODY = re.compile(
    r"(?<![a-z])(?:(?:article|story|entry|post|news|content|main|text|single)-{0,2}(?:body|content|text|copy|main)s?(?:-?(?:text|content|inner|wrapper|container))?"
    r"|articlebody|storybody|body-?(?:text|copy|content)|field-?name-?body|td-post-content|paragraphs?|richtext|rich-text|article|detail-?(?:text|content))(?![a-z])"
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_STYLE_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def is_hidden(element: etree._Element) -> bool:
    """Whether the element's own attributes hide it from a reader."""
    if "hidden" in element.attrib:
        return bool(element.get("hidden") != "until-found")
    style = element.get("style")
    return bool(style and _STYLE_HIDDEN.search(style))


def label_of(element: etree._Element) -> str:
    """Class, id and ARIA role of an element as one lower-case string with camel case split by hyphens."""
    text = f"{element.get('class') or ''} {element.get('id') or ''} {element.get('role') or ''}"
    return _CAMEL.sub("-", text).lower().replace("_", "-")


def class_role(element: etree._Element, tag: str, known: dict[str, str]) -> str:
    """What the element is other than running text, or an empty string.

    *known* caches the answers of one page by label; it belongs to the caller.
    """
    fixed = _TAG_ROLES.get(tag)
    if fixed:
        return fixed
    if not element.attrib:
        return ""
    if is_hidden(element):
        return "hidden"
    name = element.get("class") or ""
    ident = element.get("id") or ""
    if not name and not ident:
        return ""
    label = f"{name} {ident}"
    role = known.get(label)
    if role is None:
        found = _ROLES.search(label_of(element))
        role = known[label] = str(found.lastgroup) if found else ""
    return role


def is_body_label(element: etree._Element) -> bool:
    """Whether the element calls itself the body of an article."""
    if "articleBody" in (element.get("itemprop") or ""):
        return True
    return bool(_BODY.search(label_of(element)))
