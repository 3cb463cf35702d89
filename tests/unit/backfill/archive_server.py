"""A web server of archives on loopback for tests: ranges, tags, and faults on request; it writes down what it was asked."""

from __future__ import annotations

import gzip
import re
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Fault = Callable[["Handler", bytes], bool]
"""Given the handler and the file's bytes; returns whether it has answered."""


@dataclass
class Archive:
    """Files by path; ``faults`` by path, each used once, in order; ``asked`` lists (method, path, range)."""

    files: dict[str, bytes] = field(default_factory=dict, repr=False)
    faults: dict[str, list[Fault]] = field(default_factory=dict)
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    sent: int = 0
    pause: float = 0.0
    ranges: bool = True
    url: str = ""

    def list_month(self, month: str) -> None:
        """Write the list of a month (``2019/03``) from the files that are there."""
        folder = f"/crawl-data/CC-NEWS/{month}/"
        names = sorted(
            name.lstrip("/") for name in self.files if name.startswith(folder) and "CC-NEWS-" in name
        )
        self.files[f"{folder}warc.paths.gz"] = gzip.compress(
            "".join(f"{n}\n" for n in names).encode(), mtime=0
        )

    def put(self, stamp: str, data: bytes, serial: int = 1) -> str:
        """Add an archive begun at *stamp* (14 digits); returns its name."""
        name = f"crawl-data/CC-NEWS/{stamp[:4]}/{stamp[4:6]}/CC-NEWS-{stamp}-{serial:05}.warc.gz"
        self.files["/" + name] = data
        return name

    def gets(self, name: str = "") -> list[str]:
        """The paths of archives that were asked for with GET, those that end with *name*."""
        return [p for method, p, _ in self.asked if method == "GET" and "CC-NEWS-" in p and p.endswith(name)]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    archive: Archive

    def log_message(self, *_: object) -> None:
        pass

    def do_HEAD(self) -> None:
        self.answer()

    def do_GET(self) -> None:
        self.answer()

    def answer(self) -> None:
        here = self.archive
        path = self.path.partition("?")[0]
        here.asked.append((self.command, path, self.headers.get("Range", "")))
        data = here.files.get(path)
        if self.command == "GET" and here.faults.get(path) and here.faults[path].pop(0)(self, data or b""):
            return
        if data is None:
            self.reply(404, b"not here")
            return
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if wanted and here.ranges:
            first, last = int(wanted[1]), int(wanted[2] or len(data) - 1)
            if first >= len(data):
                self.reply(416, b"")
                return
            part = data[first : last + 1]
            self.reply(206, part, {"Content-Range": f"bytes {first}-{first + len(part) - 1}/{len(data)}"})
        else:
            self.reply(200, data)

    def reply(
        self, status: int, data: bytes, headers: dict[str, str] | None = None, keep: int | None = None
    ) -> None:
        """Answer; with *keep*, break off after so many bytes of the body."""
        self.send_response(status)
        whole = self.archive.files.get(self.path.partition("?")[0], b"")
        for name, value in {
            "Content-Length": str(len(data)),
            "ETag": f'"{zlib.crc32(whole)}"',
            **(headers or {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "HEAD":
            return
        body = data if keep is None else data[:keep]
        step = 1 << 12 if self.archive.pause else 1 << 20
        try:
            for at in range(0, len(body), step):
                self.archive.sent += len(body[at : at + step])  # first: who has read it all looks at once
                self.wfile.write(body[at : at + step])
                time.sleep(self.archive.pause)
        except OSError:
            pass
        if keep is not None:
            self.close_connection = True


def breaks_off(keep: int) -> Fault:
    """The answer is a whole one by its head and ends after *keep* bytes of the body."""

    def fault(handler: Handler, data: bytes) -> bool:
        wanted = re.fullmatch(r"bytes=(\d+)-", handler.headers.get("Range", ""))
        first = int(wanted[1]) if wanted else 0
        part = data[first:]
        about = {"Content-Range": f"bytes {first}-{len(data) - 1}/{len(data)}"} if wanted else {}
        handler.reply(206 if wanted else 200, part, about, keep)
        return True

    return fault


def answers(status: int, **headers: str) -> Fault:
    """Another status, with these headers (underscores for dashes)."""

    def fault(handler: Handler, _: bytes) -> bool:
        handler.reply(status, b"", {name.replace("_", "-"): value for name, value in headers.items()})
        return True

    return fault


@contextmanager
def serving(archive: Archive) -> Iterator[Archive]:
    """The archive on a free port; ``archive.url`` ends with a slash."""
    kind = type("Bound", (Handler,), {"archive": archive})
    server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # a client that was killed
    archive.url = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield archive
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
