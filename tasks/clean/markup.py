"""What tags, classes and ids say about a part of a page, in words that hold across sites and languages."""

from __future__ import annotations

import re
from functools import lru_cache

from lxml import etree

from tasks.clean.rolewords import role_of_words

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

_BODY = re.compile(
    r"(?<![a-z])(?:(?:article|story|entry|post|news|content|main|text|single)-{0,2}(?:body|content|text|copy|main)s?(?:-?(?:text|content|inner|wrapper|container))?"
    r"|articlebody|storybody|body-?(?:text|copy|content)|field-?name-?body|td-post-content|paragraphs?|richtext|rich-text|article|detail-?(?:text|content))(?![a-z])"
)
_WORD = re.compile(r"[a-z0-9]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_FILED_UNDER = re.compile(r"(?<!\S)(?:category|tag|format|author|label)-\S+")
_MAY_HIDE = ("hidden", "style")
_LABELS_HELD, _LONGEST_LABEL = 8192, 400
_STYLE_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def is_hidden(element: etree._Element) -> bool:
    """Whether the element's own attributes hide it from a reader."""
    hidden = element.get("hidden")
    if hidden is not None:
        return bool(hidden != "until-found")
    style = element.get("style")
    return bool(style and _STYLE_HIDDEN.search(style))


def label_of(element: etree._Element) -> str:
    """Class, id and ARIA role of an element as one lower-case string with camel case split by hyphens."""
    text = f"{element.get('class') or ''} {element.get('id') or ''} {element.get('role') or ''}"
    return split_humps(text).replace("_", "-")


def split_humps(text: str) -> str:
    """*text* in lower case with a hyphen at every hump of camel case."""
    lower = text.lower()
    return lower if lower == text else _CAMEL.sub("-", text).lower()


def class_role(element: etree._Element, tag: str) -> str:
    """What the element is other than running text, or an empty string."""
    fixed = _TAG_ROLES.get(tag)
    if fixed:
        return fixed
    name = ident = ""
    for attribute, value in element.items():
        if attribute == "class":
            name = value
        elif attribute == "id":
            ident = value
        elif attribute in _MAY_HIDE and is_hidden(element):
            return "hidden"
    if not name and not ident:
        return ""
    if len(name) + len(ident) > _LONGEST_LABEL:
        return _read_label(name, ident)
    return _role_of_label(name, ident)


@lru_cache(maxsize=_LABELS_HELD)
def _role_of_label(name: str, ident: str) -> str:
    """What class and id say.  Sites repeat few labels over all their pages, so that the answers are kept."""
    return _read_label(name, ident)


def _read_label(name: str, ident: str) -> str:
    """What the words of class and id say."""
    if "type-post" in name or "hentry" in name:
        name = _FILED_UNDER.sub("", name)
    return role_of_words(_WORD.findall(split_humps(f"{name} {ident}")))


def is_body_label(element: etree._Element) -> bool:
    """Whether the element calls itself the body of an article."""
    if "articleBody" in (element.get("itemprop") or ""):
        return True
    return bool(_BODY.search(label_of(element)))
