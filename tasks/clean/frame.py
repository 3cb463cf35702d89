"""The part of a page in which one site keeps headline and article: named by tag, id and classes, found again by its name."""

from __future__ import annotations

from functools import lru_cache

from lxml import etree

from tasks.clean.body import Region

_NAMED_BY_TAG = frozenset({"main", "article"})
_HIGHEST = 8
_LONGEST_LABEL = 400


def find_frame(root: etree._Element, name: str) -> etree._Element | None:
    """The one element of the page that bears *name* (see :func:`name_of`); null when there is none or more than one."""
    tag = name.partition("#")[0].partition(".")[0]
    found = None
    for element in root.iter(tag):
        if name_of(element) == name:
            if found is not None:
                return None
            found = element
    return found


def name_of(element: etree._Element) -> str:
    """``tag#id.class.class`` of an element, empty when it has none of them or very many.

    Ids and classes with digits in them are left out, since they number pages (``post-1234``).
    """
    ident, label = element.get("id") or "", element.get("class") or ""
    return _name(str(element.tag), ident, label) if len(ident) + len(label) <= _LONGEST_LABEL else ""


@lru_cache(maxsize=4096)
def _name(tag: str, ident: str, label: str) -> str:
    classes = sorted({one for one in label.split() if not any(map(str.isdigit, one))})
    ident = "" if not ident or " " in ident or any(map(str.isdigit, ident)) else f"#{ident}"
    if not classes and not ident and tag not in _NAMED_BY_TAG:
        return ""
    return "".join((tag, ident, *(f".{one}" for one in classes)))


def frames_around(region: Region, body: etree._Element) -> list[tuple[str, etree._Element]]:
    """Elements that hold the headline and all of the article, innermost first, with their names; below *body* only."""
    first = region.blocks[region.start].parent
    ends = [block.parent for block in region.blocks[region.start : region.last + 1]]
    above = [first, *first.iterancestors()]
    rank = {element: number for number, element in enumerate(above)}
    lowest = 0
    for end in ends:
        element: etree._Element | None = end
        while element is not None and element not in rank:
            element = element.getparent()
        lowest = max(lowest, rank[element] if element is not None else len(above))
    frames: list[tuple[str, etree._Element]] = []
    for element in above[lowest:]:
        if element is body or len(frames) == _HIGHEST:
            break
        if name := name_of(element):
            frames.append((name, element))
    return frames
