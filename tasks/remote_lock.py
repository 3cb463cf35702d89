"""The lock of a lake in object storage: an object that only one writer can make, kept alive while it is held.

Made with a conditional PUT (If-None-Match), renewed with If-Match; one that has not been renewed for a while belongs to
somebody who died and is taken over, with a message, by whoever's If-Match comes first.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from tasks.errors import CorpusError
from tasks.remote import Bucket

_NAME = ".lock"
LEASE_SECONDS = 60.0
"""A lock not renewed for so long is nobody's."""


@dataclass(slots=True)
class Held:
    """A lock that this process holds; ``lost`` is set when somebody else has it."""

    etag: str
    lost: threading.Event = field(default_factory=threading.Event)
    done: threading.Event = field(default_factory=threading.Event)

    def check(self, url: str) -> None:
        """Raise CorpusError when the lock was lost: another writer may be at work."""
        if self.lost.is_set():
            raise CorpusError(
                f"{url}: the lock was lost to another writer; nothing was sent; run the same command again"
            )


@contextmanager
def remote_lock(url: str, wait_seconds: float = 3600.0, lease: float = LEASE_SECONDS) -> Iterator[Held]:
    """Hold the lock of the lake at *url*; says on standard error whom it waits for.

    Raises CorpusError when another still holds it after *wait_seconds*.
    """
    bucket = Bucket(url)
    held = Held(_acquire(bucket, wait_seconds, lease))
    beat = threading.Thread(target=_keep, args=(bucket, held, lease), daemon=True)
    beat.start()
    try:
        yield held
    finally:
        held.done.set()
        beat.join()
        if not held.lost.is_set():
            bucket.remove(_NAME)


def _acquire(bucket: Bucket, wait_seconds: float, lease: float) -> str:
    until, has_said = time.monotonic() + wait_seconds, False
    while True:
        try:
            return bucket.put(_NAME, _me(), IfNoneMatch="*")
        except FileExistsError:
            pass
        try:
            data, answer = bucket.get(_NAME)
        except FileNotFoundError:
            continue
        silent = _silence(answer)
        if silent > lease:
            try:
                etag = bucket.put(_NAME, _me(), IfMatch=str(answer["ETag"]))
            except (FileExistsError, FileNotFoundError):
                continue
            _say(
                f"{bucket.url}: took over the lock of {_whose(data)}, which has been silent for {silent:.0f} s"
            )
            return etag
        if time.monotonic() > until:
            raise CorpusError(
                f"{bucket.url}: {_whose(data)} has held the lock for {wait_seconds:.0f} s; try again later"
            )
        if not has_said:
            _say(f"{bucket.url}: {_whose(data)} is writing; waiting until it is done")
            has_said = True
        time.sleep(min(2.0, lease / 5))


def _keep(bucket: Bucket, held: Held, lease: float) -> None:
    """Renew the lock three times per lease; a failed renewal by condition means that it is lost."""
    while not held.done.wait(lease / 3):
        try:
            held.etag = bucket.put(_NAME, _me(), IfMatch=held.etag)
        except (FileExistsError, FileNotFoundError):
            held.lost.set()
            return
        except CorpusError:
            continue


def _me() -> bytes:
    mine = {"host": socket.gethostname(), "process": os.getpid(), "renewed": time.time_ns()}
    return json.dumps(mine).encode()


def _whose(data: bytes) -> str:
    try:
        plain = json.loads(data)
        return f"process {plain['process']} on {plain['host']}"
    except (ValueError, KeyError, TypeError):
        return "somebody"


def _silence(answer: dict[str, Any]) -> float:
    """Seconds since the lock was renewed, both times by the storage's own clock."""
    now: datetime = parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"])
    return float((now - answer["LastModified"]).total_seconds())


def _say(text: str) -> None:
    sys.stderr.write(f"columninch: {text}\n")
