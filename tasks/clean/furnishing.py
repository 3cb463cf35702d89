"""Single lines that are furniture wherever they stand, and lines that read like sentences."""

from __future__ import annotations

import re

from tasks.clean.blocks import Block
from tasks.clean.cues import CREDIT, LABEL, MORE, SIGNUP

CLOSED = re.compile("[.!?…。！？؟।။։:;][\"'”’»“)\\]」』）]*$")
_LONGEST_CALL = 350


def is_furniture(block: Block) -> bool:
    """Whether a line is furniture wherever it stands."""
    text, size = block.text, block.size
    if block.linked >= 0.8 and not (block.kind == "p" and size > 160 and CLOSED.search(text)):
        return True
    if size < 40 and LABEL.fullmatch(text):
        return True
    if size < 300 and block.linked >= 0.3 and (MORE.match(text) or SIGNUP.match(text)):
        return True
    if size < 160 and MORE.match(text) and not CLOSED.search(text):
        return True
    if size < 160 and CREDIT.match(text) and (size < 80 or text[0] in "([©" or not CLOSED.search(text)):
        return True
    return block.linked >= 0.55 and size < 140 and not CLOSED.search(text)


def is_sentence(block: Block) -> bool:
    """Whether a line reads like part of the article: long, or closed by punctuation and not a label."""
    size = block.size
    if block.linked > 0.6 and not (size > 160 and CLOSED.search(block.text)):
        return False
    if size < _LONGEST_CALL and SIGNUP.match(block.text):
        return False
    return size >= 100 or (size >= 25 and bool(CLOSED.search(block.text)) and block.kind != "h")
