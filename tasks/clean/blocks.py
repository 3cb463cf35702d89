"""A page as lines: one pass over the tree turns it into blocks of text with what is needed to judge them.

A block is a run of inline text between two block boundaries.  It keeps the share of its linked text, the tag it stood
in and what the outermost flagged ancestor says it is, so that later steps hardly touch the tree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from lxml import etree

from tasks.clean.markup import DROPPED, INLINE, class_role, is_hidden
from tasks.clean.words import reads_like_a_sentence, size_of

_MAX_BLOCKS = 200_000
_KINDS = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "h"), "p": "p", "li": "li", "dd": "li", "dt": "li", "td": "cell",
    "th": "cell", "blockquote": "quote", "pre": "pre", "caption": "cell",
}  # fmt: skip
_LEAST_SIZE, _LEAST_LENGTH, _MOST_LINKED, _LIST_SHARE = 50, 12, 0.6, 0.4
_LONG_HEADING = 160
_EMPHASIS = frozenset({"b", "strong"})
_KEEPS_KIND = frozenset({"li", "cell", "quote", "h"})


Flag = tuple[etree._Element, str]
"""An element and the role that its tag or class claims."""


@dataclass(slots=True)
class Block:
    """One line of visible text.

    ``parent`` is the block element that holds it, ``kind`` one of p, h, li, cell, quote, pre, div; ``linked`` the share
    of its characters inside links and ``bold`` of those that are emphasised (0–1); ``flags`` are the ancestors, outermost
    first, whose tag or class says that they are something else than running text, each with what it says; ``role`` is
    the verdict on them: empty for running text (see :func:`tasks.clean.body.find_region`).  ``size`` is the length in
    letters of an alphabet, ``mass`` how much of it is running text: unlinked size when it reads like a sentence, else 0.
    """

    text: str
    parent: etree._Element
    kind: str
    linked: float
    bold: float
    flags: tuple[Flag, ...]
    role: str
    size: float
    mass: float


class _State(NamedTuple):
    """What an element hands down to its children."""

    parent: etree._Element
    kind: str = "div"
    link: bool = False
    bold: bool = False
    flags: tuple[Flag, ...] = ()


class _Lines:
    """Collects inline text until a block boundary."""

    __slots__ = ("blocks", "bold", "linked", "parts", "total")

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.parts: list[str] = []
        self.linked = self.bold = self.total = 0

    def add(self, text: str, state: _State) -> None:
        """Append inline text and count how much of it is linked or emphasised; white space before a line is none of it."""
        if text.isspace():
            if self.total:
                self.parts.append(text)
            return
        self.parts.append(text)
        size = len(text)
        self.total += size
        if state.link:
            self.linked += size
        if state.bold:
            self.bold += size

    def flush(self, state: _State) -> None:
        """End the line: a block if it holds anything but white space."""
        if len(self.blocks) < _MAX_BLOCKS:
            text = " ".join("".join(self.parts).split())
            linked, bold = self.linked / self.total, self.bold / self.total
            size = size_of(text)
            mass = _mass(text, size, linked, state.kind)
            self.blocks.append(
                Block(text, state.parent, state.kind, linked, bold, state.flags, "", size, mass)
            )
        self.parts.clear()
        self.linked = self.bold = self.total = 0


def _mass(text: str, size: float, linked: float, kind: str) -> float:
    """How much running text a line holds; entries of lists and tables count less, headings not at all."""
    if (
        size < _LEAST_SIZE
        or linked > _MOST_LINKED
        or len(text) < _LEAST_LENGTH
        or (kind == "h" and (size < _LONG_HEADING or linked > 0))
        or not reads_like_a_sentence(text)
    ):
        return 0.0
    size *= 1 - linked
    return size * _LIST_SHARE if kind in ("li", "cell") else size


def read_blocks(body: etree._Element) -> list[Block]:
    """The blocks of *body* in reading order, at most 200,000; invisible and non-text elements are left out."""
    lines = _Lines()
    state = _State(body)
    stack: list[_State] = []
    walk = etree.iterwalk(body, events=("start", "end"))
    for event, element in walk:
        if event == "start":
            tag = element.tag
            stack.append(state)
            inline = tag in INLINE
            if tag in DROPPED or (is_hidden(element) if inline else not isinstance(tag, str)):
                if lines.total and not inline:
                    lines.flush(state)
                walk.skip_subtree()
                continue
            if inline:
                state = _enter_inline(element, tag, state)
            else:
                if lines.total:
                    lines.flush(state)
                state = _enter(element, tag, state)
            text = element.text
            if text:
                lines.add(text, state)
        else:
            outer = stack.pop()
            if lines.total and outer.parent is not state.parent:
                lines.flush(state)
            state = outer
            tail = element.tail
            if tail and element is not body:
                lines.add(tail, state)
    if lines.total:
        lines.flush(state)
    return lines.blocks


def _enter_inline(element: etree._Element, tag: str, state: _State) -> _State:
    """The state inside an inline element: the same unless it is a link or emphasis.

    What links a heading to a place on its own page is no link.
    """
    link = state.link or (
        tag == "a" and (state.kind != "h" or (element.get("href") or "#").strip()[:1] not in ("", "#"))
    )
    bold = state.bold or tag in _EMPHASIS
    if link == state.link and bold == state.bold:
        return state
    return _State(state.parent, state.kind, link, bold, state.flags)


def _enter(element: etree._Element, tag: str, state: _State) -> _State:
    """The state inside an element that ends a line."""
    flags = state.flags
    if tag == "blockquote" and flags and (flags[-1][0].tag == "figure" or flags[-1][1] == "media"):
        flags = flags[:-1]
    role = class_role(element, tag)
    if role:
        flags = (*flags, (element, role))
    kind = _KINDS.get(tag, state.kind)
    if kind == "p" and state.kind in _KEEPS_KIND:
        kind = state.kind
    return _State(element, kind, state.link, state.bold, flags)
