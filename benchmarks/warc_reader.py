"""Reading archives beside FastWARC and warcio: CPU per record as a ratio, and what is left of a damaged archive.

    python -m benchmarks.warc_reader [--records 600] [--rounds 5] [FILE.warc.gz …]

Without files it makes one of generated pages.  The peers are optional (``pip install fastwarc warcio``).  Every reader parses the
HTTP head and takes the body of every response; ours also decodes, sniffs and refuses.  Only ratios are worth keeping.
"""

from __future__ import annotations

import argparse
import gzip
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tasks.backfill.gzips import gzip_pieces
from tasks.backfill.source import open_source
from tasks.backfill.warc import read_warc
from tasks.units import Capture

Reader = Callable[[Path], Iterator[int]]


def read_ours(path: Path) -> Iterator[int]:
    """Bytes of each body that columninch reads; 0 for a refusal."""
    return (len(one.payload) if isinstance(one, Capture) else 0 for one in read_warc(path))


def inflate_alone(path: Path) -> Iterator[int]:
    """Decoded bytes of each member that holds a response, and nothing else done: what no reader of gzip can go below."""
    with open_source(path) as source:
        for piece in gzip_pieces(source):
            if b"WARC-Type: response" in piece.data[:400]:
                yield len(piece.data)


def read_fastwarc(path: Path, strict: bool = True) -> Iterator[int]:
    """Bytes of each response's body that FastWARC reads."""
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    wanted: dict[str, Any] = {
        "record_types": WarcRecordType.response,
        "parse_http": True,
        "strict_mode": strict,
    }
    with path.open("rb") as file:
        for record in ArchiveIterator(file, **wanted):
            yield len(record.reader.read())


def read_fastwarc_lax(path: Path) -> Iterator[int]:
    """The same with FastWARC's tolerant mode."""
    return read_fastwarc(path, strict=False)


def read_warcio(path: Path) -> Iterator[int]:
    """Bytes of each response's body that warcio reads."""
    from warcio.archiveiterator import ArchiveIterator

    with path.open("rb") as file:
        for record in ArchiveIterator(file):
            if record.rec_type == "response":
                yield len(record.content_stream().read())


def readers() -> dict[str, Reader]:
    """The readers that are installed, ours first."""
    found: dict[str, Reader] = {"columninch": read_ours}
    if find_spec("fastwarc"):
        found |= {"FastWARC": read_fastwarc, "FastWARC lax": read_fastwarc_lax}
    if find_spec("warcio"):
        found["warcio"] = read_warcio
    return found


def page(number: int) -> bytes:
    """A generated page of some 100 kB: menus and scripts that repeat, words that do not."""
    pick = random.Random(number)
    words = ["".join(pick.choices("etaoinshrdlu", k=pick.randint(2, 9))) for _ in range(900)]
    menu = b"".join(
        b'<li class="item menu-%d"><a href="/section/%d?ref=menu">Section %d</a></li>\n' % (n, n, n)
        for n in range(500)
    )
    script = (
        b"<script>window.__state__ = {"
        + b",".join(b'"key%d":%f' % (n, pick.random()) for n in range(900))
        + b"}</script>"
    )
    text = b"".join(b"<p>" + " ".join(pick.choices(words, k=80)).encode() + b"</p>\n" for _ in range(30))
    return b"<!doctype html><html><head>" + script + b"</head><body>" + menu + text + b"</body></html>"


def record(number: int, kind: bytes, block: bytes) -> bytes:
    """One WARC record."""
    head = (
        b"WARC/1.0\r\nWARC-Type: %b\r\nWARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-%012d>\r\nWARC-Date: 2024-01-01T00:00:00Z\r\n"
        b"WARC-Target-URI: https://news.example/page/%d\r\nContent-Type: application/http; msgtype=%b\r\nContent-Length: %d\r\n\r\n"
    )
    return head % (kind, number, number, kind, len(block)) + block + b"\r\n\r\n"


def make_records(count: int) -> list[bytes]:
    """*count* responses, each with its request before it."""
    records = []
    for number in range(count):
        body = page(number)
        ask = b"GET /page/%d HTTP/1.1\r\nHost: news.example\r\n\r\n" % number
        answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%b" % (
            len(body),
            body,
        )
        records += [record(number, b"request", ask), record(number, b"response", answer)]
    return records


def compare_speed(paths: list[Path], rounds: int) -> None:
    """Print the CPU seconds per 1,000 records of each reader, the best of *rounds* taken in turns, and the ratio to FastWARC's."""
    best: dict[str, tuple[float, int]] = {}
    for _ in range(rounds):
        for name, read in {**readers(), "inflating alone": inflate_alone}.items():
            start = time.process_time()
            count = sum(1 for path in paths for _ in read(path))
            spent = time.process_time() - start
            best[name] = min(best.get(name, (spent, count)), (spent, count))
    base = best.get("FastWARC", best["columninch"])
    for name, (spent, count) in best.items():
        each = 1000 * spent / max(1, count)
        ratio = (count / spent) / (base[1] / base[0])
        print(
            f"{name:16} {count:6} records  {each:6.3f} CPU s per 1,000  {ratio:5.2f} x FastWARC's records per CPU second"
        )


def damaged(records: list[bytes]) -> dict[str, bytes]:
    """Archives with one fault in the middle, by what was done to them."""
    packed = [gzip.compress(r, 6, mtime=0) for r in records]
    middle = len(packed) // 2 + 1
    before, hit, after = b"".join(packed[:middle]), packed[middle], b"".join(packed[middle + 1 :])
    half = len(hit) // 2
    noise = random.Random(1).randbytes(200)
    plain = [*records]

    def lie(by: int) -> bytes:
        head, _, rest = records[middle].partition(b"Content-Length: ")
        number, _, tail = rest.partition(b"\r\n")
        changed = [*plain]
        changed[middle] = head + b"Content-Length: %d\r\n" % (int(number) + by) + tail
        return b"".join(changed)

    return {
        "undamaged": before + hit + after,
        "bits flipped": before + hit[:half] + noise + hit[half + 200 :] + after,
        "hole": before + hit[:half] + bytes(400) + hit[half + 400 :] + after,
        "end missing": before + hit[:half] + after,
        "garbage between": before + hit + noise + after,
        "bad magic": before + b"XX" + hit[2:] + after,
        "length too long": gzip.compress(lie(5000), 1),
        "length too short": gzip.compress(lie(-500), 1),
        "too long, plain": lie(10**7),
        "file cut": before + hit[:half],
    }


def compare_damage(count: int, folder: Path) -> None:
    """Print how many of *count* pages each reader gives from each damaged archive."""
    cases = damaged(make_records(count))
    print(f"\n{'pages of ' + str(count):18}" + "".join(f"{name:>14}" for name in readers()))
    for case, data in cases.items():
        path = folder / ("damaged.warc" if data.startswith(b"WARC/") else "damaged.warc.gz")
        path.write_bytes(data)
        print(f"{case:18}" + "".join(f"{count_pages(read, path):>14}" for read in readers().values()))


def count_pages(read: Reader, path: Path) -> str:
    """How many bodies of the length of a page come out, and a ! where the reader ended with an error of its own."""
    count = 0
    errors: tuple[type[Exception], ...] = (ValueError, OSError, EOFError, RuntimeError, *own_errors())
    try:
        for size in read(path):
            count += 60_000 < size < 200_000
    except errors:
        return f"{count} !"
    return str(count)


def own_errors() -> tuple[type[Exception], ...]:
    """The errors that the peers bring along."""
    found: list[type[Exception]] = []
    if find_spec("warcio"):
        from warcio.exceptions import ArchiveLoadFailed

        found.append(ArchiveLoadFailed)
    if find_spec("fastwarc"):
        import fastwarc.stream_io

        found += [fastwarc.stream_io.StreamError] if hasattr(fastwarc.stream_io, "StreamError") else []
    return tuple(found)


def main(arguments: list[str]) -> None:
    """Compare speed, then what is recovered."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--records", type=int, default=600)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        path = Path(name, "made.warc.gz")
        if not options.files:
            path.write_bytes(b"".join(gzip.compress(r, 6, mtime=0) for r in make_records(options.records)))
        compare_speed(options.files or [path], options.rounds)
        compare_damage(60, Path(name))


if __name__ == "__main__":
    main(sys.argv[1:])
