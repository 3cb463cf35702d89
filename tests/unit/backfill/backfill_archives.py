"""Archives to read in tests: good records, written in every container, and the ways in which one of them breaks.

Each :data:`DAMAGES` entry takes the records of an archive and breaks the one in the middle; it says how many of the others
may be lost (none) and in which containers the fault makes sense.
"""

from __future__ import annotations

import base64
import functools
import gzip
import hashlib
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import zstandard

WORDS = [
    "harbour",
    "council",
    "vote",
    "ferry",
    "budget",
    "storm",
    "orchard",
    "tunnel",
    "museum",
    "strike",
    "quarry",
    "bridge",
    "archive",
    "ballot",
]
CRLF = b"\r\n"


def page(number: int, paragraphs: int = 30) -> bytes:
    """A page of our own nonsense, a few kilobytes, different for each number."""
    pick = random.Random(number)
    body = "".join(
        f"<p>{' '.join(pick.choices(WORDS, k=40))} {pick.random()}.</p>\n" for _ in range(paragraphs)
    )
    title = f"<title>Page {number}</title>"
    return f"<!doctype html><html><head>{title}</head><body>{body}</body></html>\n".encode()


def response(
    body: bytes,
    *fields: str,
    status: str = "HTTP/1.1 200 OK",
    mime: str = "text/html; charset=utf-8",
    length: bool = True,
) -> bytes:
    """An HTTP response with the given extra header lines."""
    lines = [status, f"Content-Type: {mime}", *fields]
    if length:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + CRLF * 2 + body


def record(
    block: bytes,
    number: int = 0,
    kind: str = "response",
    *fields: str,
    declared: int | None = None,
    digest: bool = True,
    mime: str = "application/http; msgtype=response",
) -> bytes:
    """A WARC record around *block*, with the length *declared* if it is to lie."""
    lines = [
        "WARC/1.0",
        f"WARC-Type: {kind}",
        f"WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-{number:012d}>",
        f"WARC-Date: 2023-04-05T06:{number // 60 % 60:02d}:{number % 60:02d}Z",
        f"WARC-Target-URI: https://www.example.org/page/{number}",
        *fields,
        f"Content-Type: {mime}",
        f"Content-Length: {len(block) if declared is None else declared}",
    ]
    if digest:
        value = base64.b32encode(hashlib.sha1(block, usedforsecurity=False).digest()).decode()
        lines.append(f"WARC-Block-Digest: sha1:{value}")
    return "\r\n".join(lines).encode() + CRLF * 2 + block + CRLF * 2


def good_records(count: int, paragraphs: int = 30) -> list[bytes]:
    """*count* undamaged records of pages."""
    return [record(response(page(n, paragraphs)), n) for n in range(count)]


@functools.cache
def pack_gzip(data: bytes) -> bytes:
    """One gzip member."""
    return gzip.compress(data, 6, mtime=0)


@functools.cache
def pack_zstd(data: bytes) -> bytes:
    """One Zstandard frame with a checksum."""
    return zstandard.ZstdCompressor(level=3, write_checksum=True).compress(data)


def keep(data: bytes) -> bytes:
    """No container."""
    return data


PACK: dict[str, Callable[[bytes], bytes]] = {"plain": keep, "gz": pack_gzip, "zst": pack_zstd}
"""How each container wraps one record."""
Parts = list[bytes]


@dataclass(frozen=True)
class Damage:
    """A way to break the middle one of an archive's parts.

    *apply(parts, middle, pack)* gives the bytes of the file; *containers*: where it makes sense; *loses*: undamaged records
    that nobody could read again (those behind the fault when the file ends there); *reports*: whether it is a fault at all.
    """

    name: str
    apply: Callable[[Parts, int, Callable[[bytes], bytes]], bytes]
    containers: tuple[str, ...] = ("plain", "gz", "zst")
    ends_file: bool = False
    is_fault: bool = True


def _packed(parts: Sequence[bytes], pack: Callable[[bytes], bytes]) -> list[bytes]:
    return [pack(part) for part in parts]


def _around(replace: Callable[[bytes], bytes]) -> Callable[[Parts, int, Callable[[bytes], bytes]], bytes]:
    """Break the packed bytes of the middle part."""

    def apply(parts: Parts, middle: int, pack: Callable[[bytes], bytes]) -> bytes:
        packed = _packed(parts, pack)
        packed[middle] = replace(packed[middle])
        return b"".join(packed)

    return apply


def _inside(replace: Callable[[bytes], bytes]) -> Callable[[Parts, int, Callable[[bytes], bytes]], bytes]:
    """Break the middle record before it is packed."""

    def apply(parts: Parts, middle: int, pack: Callable[[bytes], bytes]) -> bytes:
        changed = [*parts]
        changed[middle] = replace(parts[middle])
        return b"".join(_packed(changed, pack))

    return apply


def _noise(count: int, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(count)


def _overwrite(data: bytes, at: int, with_: bytes) -> bytes:
    return data[:at] + with_ + data[at + len(with_) :]


def _length(by: Callable[[int], int]) -> Callable[[bytes], bytes]:
    """Change the declared length of a record."""

    def change(data: bytes) -> bytes:
        head, empty, block = data.partition(b"\r\n\r\n")
        lines = head.split(CRLF)
        at = next(i for i, line in enumerate(lines) if line.startswith(b"Content-Length:"))
        lines[at] = b"Content-Length: %d" % by(int(lines[at].split(b":")[1]))
        return CRLF.join(lines) + empty + block

    return change


def _drop_line(name: bytes) -> Callable[[bytes], bytes]:
    def drop(data: bytes) -> bytes:
        head, empty, block = data.partition(b"\r\n\r\n")
        return CRLF.join(line for line in head.split(CRLF) if not line.startswith(name)) + empty + block

    return drop


def _garbage_between(parts: Parts, middle: int, pack: Callable[[bytes], bytes]) -> bytes:
    packed = _packed(parts, pack)
    return b"".join(packed[: middle + 1]) + _noise(777) + b"".join(packed[middle + 1 :])


def _cut_file(parts: Parts, middle: int, pack: Callable[[bytes], bytes]) -> bytes:
    packed = _packed(parts, pack)
    return b"".join(packed[:middle]) + packed[middle][: len(packed[middle]) * 2 // 3]


def _missing_bytes_over_a_boundary(parts: Parts, middle: int, pack: Callable[[bytes], bytes]) -> bytes:
    """The end of the middle part is gone and the next follows at once."""
    packed = _packed(parts, pack)
    packed[middle] = packed[middle][: len(packed[middle]) // 2]
    return b"".join(packed)


def _single_member(parts: Parts, middle: int, pack: Callable[[bytes], bytes]) -> bytes:
    return pack(b"".join(parts))


def _single_member_wrong_length(
    by: Callable[[int], int],
) -> Callable[[Parts, int, Callable[[bytes], bytes]], bytes]:
    def apply(parts: Parts, middle: int, pack: Callable[[bytes], bytes]) -> bytes:
        changed = [*parts]
        changed[middle] = _length(by)(parts[middle])
        return pack(b"".join(changed))

    return apply


def _swallow(parts: Parts, middle: int, pack: Callable[[bytes], bytes]) -> bytes:
    """The middle record declares exactly itself and all after it."""
    rest = sum(map(len, parts[middle + 1 :]))
    changed = [*parts]
    changed[middle] = _length(lambda n: n + rest)(parts[middle])
    return b"".join(_packed(changed, pack))


def _arbitrary_members(parts: Parts, middle: int, pack: Callable[[bytes], bytes]) -> bytes:
    """Members that have nothing to do with records, as block compressors write them."""
    data = b"".join(parts)
    return b"".join(pack(data[at : at + 10_007]) for at in range(0, len(data), 10_007))


def _half(data: bytes) -> int:
    return len(data) // 2


DAMAGES: tuple[Damage, ...] = (
    Damage("bits flipped in the middle", _around(lambda d: _overwrite(d, _half(d), _noise(16)))),
    Damage("hole of zeros in the middle", _around(lambda d: _overwrite(d, _half(d), bytes(400)))),
    Damage("hole of zeros at the start", _around(lambda d: _overwrite(d, 0, bytes(300)))),
    Damage("bytes missing in the middle", _around(lambda d: d[: _half(d)] + d[_half(d) + 99 :])),
    Damage("end missing", _missing_bytes_over_a_boundary),
    Damage("start missing", _around(lambda d: d[57:])),
    Damage("magic overwritten", _around(lambda d: _overwrite(d, 0, b"XX"))),
    Damage("last bytes overwritten", _around(lambda d: _overwrite(d, len(d) - 8, b"\1\2\3\4")), ("gz",)),
    Damage("last bytes overwritten", _around(lambda d: _overwrite(d, len(d) - 4, b"\1\2\3\4")), ("zst",)),
    Damage("all overwritten with noise", _around(lambda d: _noise(len(d)))),
    Damage("garbage between", _garbage_between),
    Damage("record magic wrong", _inside(lambda d: b"XARC" + d[4:])),
    Damage("record magic of another version", _inside(lambda d: b"WARC/x.y" + d[8:])),
    Damage("length a little too long", _inside(_length(lambda n: n + 7))),
    Damage("length far too long", _inside(_length(lambda n: n + 3_000_000))),
    Damage("length absurd", _inside(_length(lambda n: 10**15))),
    Damage("length a little too short", _inside(_length(lambda n: n - 7))),
    Damage("length far too short", _inside(_length(lambda n: 20))),
    Damage("length zero", _inside(_length(lambda n: 0))),
    Damage("length swallows the rest", _swallow),
    Damage("length missing", _inside(_drop_line(b"Content-Length"))),
    Damage("length not a number", _inside(lambda d: d.replace(b"Content-Length: ", b"Content-Length: x", 1))),
    Damage("bad status line", _inside(lambda d: d.replace(b"HTTP/1.1 200 OK", b"HTPT/1.1 2OO K!", 1))),
    Damage("header cut off by the next record", _inside(lambda d: d[:120])),
    Damage("file ends in the middle", _cut_file, ends_file=True),
    Damage("single member", _single_member, ("gz", "zst"), is_fault=False),
    Damage("single member, length too long", _single_member_wrong_length(lambda n: n + 5000), ("gz", "zst")),
    Damage("single member, length too short", _single_member_wrong_length(lambda n: n - 500), ("gz", "zst")),
    Damage("members across records", _arbitrary_members, ("gz", "zst"), is_fault=False),
)
"""Every kind of damage that tests try, and two layouts that are none."""
