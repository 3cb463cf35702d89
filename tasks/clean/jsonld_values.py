"""Values of JSON-LD in all the shapes they come in: texts, lists, objects with names, references."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_TAG = re.compile(r"<[^<>]{1,300}>")
Node = Mapping[str, Any]


def first_of(value: Any) -> Any:
    """The first of a list, or the value itself."""
    return value[0] if isinstance(value, list) and value else value


def text_of(value: Any) -> str:
    """One line of plain text from a value that may be a list, an object with a name, or carry tags and entities."""
    value = first_of(value)
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name") or ""
    if not isinstance(value, str):
        return ""
    return " ".join(_TAG.sub(" ", unescape(value)).split())


def prose_of(value: Any) -> str:
    """Text with its paragraphs kept, tags cut."""
    value = first_of(value)
    if not isinstance(value, str):
        return ""
    return _TAG.sub("\n", unescape(value)).strip()


def unescape(text: str) -> str:
    """*text* with HTML entities resolved, twice where they were escaped twice."""
    for _ in range(2):
        if "&" not in text:
            break
        text = html.unescape(text)
    return text


def strings_of(value: Any) -> list[str]:
    """The texts of a value or list, empty ones left out."""
    values = value if isinstance(value, list) else [value]
    return [text for text in map(text_of, values) if text]


def keywords_of(value: Any) -> Iterator[str]:
    """Keywords of a list, or of a text with commas."""
    for text in strings_of(value):
        yield from (part.strip() for part in text.split(",") if part.strip())


def names_of(value: Any, by_id: Mapping[str, Node]) -> Iterator[str]:
    """Names of people or organisations; references by ``@id`` are followed once."""
    todo = list(value) if isinstance(value, list) else [value]
    seen: set[str] = set()
    for one in _flatten(todo):
        name = _name(one, by_id)
        if name and not name.startswith(("http://", "https://")) and name not in seen:
            seen.add(name)
            yield name


def _name(value: Any, by_id: Mapping[str, Node]) -> str:
    """The name in a text, a person or organisation, or in what a reference points to."""
    if not isinstance(value, dict):
        return text_of(value)
    node = by_id.get(str(value["@id"]), value) if "name" not in value and "@id" in value else value
    parts = (text_of(node.get("givenName")), text_of(node.get("familyName")))
    return text_of(node.get("name") or node.get("byline")) or " ".join(filter(None, parts))


def _flatten(values: Iterable[Any]) -> Iterator[Any]:
    for value in values:
        if isinstance(value, list):
            yield from value
        else:
            yield value


def flag_of(value: Any) -> bool | None:
    """A truth value, also when it is written as a text; null when it is neither."""
    value = first_of(value)
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    return None
