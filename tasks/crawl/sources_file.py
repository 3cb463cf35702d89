"""``sources.toml`` as people keep it: a block is added at its end, and not a byte of what is there changes."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

from tasks.config import Source, load_sources
from tasks.errors import ConfigError
from tasks.receipts import write_atomically
from tasks.urls import bare_host


def source_block(source: Source, notes: tuple[str, ...] = ()) -> str:
    """The ``[[source]]`` block of an outlet, with *notes* as comments; empty values are left out."""
    lines = [*(f"# {_one_line(note)}" for note in notes), "[[source]]"]
    for name in ("name", "hosts", "feeds", "sitemaps", "front_pages", "timezone", "language", "country"):
        value = getattr(source, name)
        if isinstance(value, tuple) and len(value) > 1:
            lines += [f"{name} = [", *(f"    {_quote(one)}," for one in value), "]"]
        elif value:
            lines.append(
                f"{name} = [{_quote(value[0])}]" if isinstance(value, tuple) else f"{name} = {_quote(value)}"
            )
    return "\n".join(lines) + "\n"


def _one_line(text: str) -> str:
    """A comment of one line, without what TOML forbids in it."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _quote(text: str) -> str:
    """A basic string of TOML; JSON's escapes are TOML's too, but for the character that TOML forbids."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def check_new(path: Path, source: Source) -> None:
    """Raise ConfigError when *path* lists the outlet already: its name, one of its hosts or one of its lists."""
    if not path.exists():
        return
    for known in load_sources(path).values():
        hosts = {bare_host(host) for host in known.hosts}
        hosts |= {
            bare_host(urlsplit(url).hostname or "")
            for url in (*known.feeds, *known.sitemaps)
            if not known.hosts
        }
        if known.name == source.name or hosts & {bare_host(host) for host in source.hosts}:
            raise ConfigError(
                f"{path}: lists {known.name!r} already; edit its block, or give another name with --name"
            )


def add_block(path: Path, source: Source, notes: tuple[str, ...] = ()) -> str:
    """Add the outlet's block at the end of the file, made when there is none; returns the block.

    Everything before it stays byte for byte; line ends are those of the file.  Raises ConfigError when the outlet is listed
    already or the file would not be valid afterwards, and then changes nothing.
    """
    check_new(path, source)
    before = path.read_bytes() if path.exists() else b""
    ends = "\r\n" if b"\r\n" in before else "\n"
    block = source_block(source, notes).replace("\n", ends)
    gap = "" if not before else ends if before.endswith(b"\n") else 2 * ends
    after = before + (gap + block).encode()
    try:
        listed = tomllib.loads(after.decode("utf-8"))["source"]
        added = Source.model_validate(listed[-1])
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigError(
            f"{path}: a block cannot be added: {error}; put it there by hand:\n{block}"
        ) from error
    if added != source:
        raise ConfigError(f"{path}: a block cannot be added at its end; put it there by hand:\n{block}")
    write_atomically(path.absolute(), after)
    return block
