"""Damaged archives: every undamaged record comes out as it was, and no fault passes in silence."""

from __future__ import annotations

import gzip
import random
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks.backfill.warc import read_warc
from tasks.reasons import Reason
from tasks.units import Capture, Refusal
from tests.unit.backfill import backfill_archives as archives

COUNT, MIDDLE = 200, 100
RECORDS = archives.good_records(COUNT, 4)
BODIES = {f"https://www.example.org/page/{n}": archives.page(n, 4) for n in range(COUNT)}
CASES = [(d, c) for d in archives.DAMAGES for c in d.containers]
SUFFIX = {"plain": ".warc", "gz": ".warc.gz", "zst": ".warc.zst"}


def split(read: list[Capture | Refusal]) -> tuple[list[Capture], list[Refusal]]:
    return [r for r in read if isinstance(r, Capture)], [r for r in read if isinstance(r, Refusal)]


@pytest.mark.parametrize(("damage", "container"), CASES, ids=[f"{c}: {d.name}" for d, c in CASES])
def test_every_undamaged_record_comes_out_and_every_fault_is_told(damage, container, tmp_path: Path) -> None:
    path = tmp_path / f"a{SUFFIX[container]}"
    path.write_bytes(damage.apply(RECORDS, MIDDLE, archives.PACK[container]))
    captures, refusals = split(list(read_warc(path)))
    whole = {c.url for c in captures if c.damage is None and c.payload == BODIES[c.url or ""]}
    undamaged = MIDDLE if damage.ends_file else COUNT
    expected = {
        f"https://www.example.org/page/{n}" for n in range(undamaged) if not damage.is_fault or n != MIDDLE
    }
    assert whole >= expected, sorted(expected - whole)
    broken = [c for c in captures if c.damage]
    if damage.is_fault:
        assert refusals or broken
        assert all(
            r.reason in (Reason.DAMAGED, Reason.TRUNCATED, Reason.OVER_LIMIT) and r.detail for r in refusals
        )
        assert len(refusals) + len(broken) <= 3
    else:
        assert not refusals and not broken
    silent = [c.url for c in captures if c.damage is None and c.payload != BODIES[c.url or ""]]
    assert not silent, "a damaged body passed as whole"
    assert len({c.url for c in captures}) == len(captures)
    size = path.stat().st_size
    for one in (*broken, *refusals):
        assert one.file == str(path) and one.offset is not None and one.length is not None
        if "single" not in damage.name:
            assert 0 <= one.offset <= size and one.offset + one.length <= size, one


def broken_at_random(data: bytes, how: str, at: int, size: int, noise: bytes) -> tuple[bytes, int, int]:
    """*data* with one change, and the range of its bytes that the change touches."""
    if how == "overwrite":
        return data[:at] + noise + data[at + len(noise) :], at, at + len(noise)
    if how == "zero":
        return data[:at] + bytes(min(size, len(data) - at)) + data[at + size :], at, at + size
    if how == "delete":
        return data[:at] + data[at + size :], at, at + size
    if how == "insert":
        return data[:at] + noise + data[at:], at - 1, at + 1
    return data[:at], at, len(data)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    container=st.sampled_from(["plain", "gz", "zst"]),
    how=st.sampled_from(["overwrite", "zero", "delete", "insert", "cut"]),
    where=st.floats(0, 1, exclude_max=True),
    size=st.sampled_from([1, 2, 8, 100, 1000, 3000]),
    seed=st.integers(0, 2**32),
)
def test_records_that_a_fault_does_not_touch_come_out_whole(
    container: str, how: str, where: float, size: int, seed: int, tmp_path: Path
) -> None:
    packed = [archives.PACK[container](r) for r in RECORDS[:10]]
    data = b"".join(packed)
    noise = random.Random(seed).randbytes(size)
    broken, begin, end = broken_at_random(data, how, int(where * len(data)), size, noise)
    path = tmp_path / "a"
    path.write_bytes(broken)
    read = list(read_warc(path))
    captures, refusals = split(read)
    whole = {c.url for c in captures if c.damage is None and c.payload == BODIES.get(c.url or "")}
    at = 0
    for number, part in enumerate(packed):
        if end <= at or begin >= at + len(part):
            assert f"https://www.example.org/page/{number}" in whole
        at += len(part)
    if container != "plain":
        assert len(whole) == 10 or refusals or any(c.damage for c in captures) or how == "cut"
        assert all(c.damage or c.url in whole for c in captures), "a damaged body passed as whole"
    assert read == list(read_warc(path)), "reading again gives the same"


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.binary(max_size=300),
    start=st.sampled_from([b"", b"WARC/1.0\r\n", b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd"]),
)
def test_any_bytes_are_read_to_the_end_without_a_crash(data: bytes, start: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(start + data)
    captures, refusals = split(list(read_warc(path)))
    assert not captures
    assert all(r.offset is not None and r.length is not None and r.offset >= 0 for r in refusals)
    if (start + data).strip(b"\r\n"):
        assert refusals


def test_a_hole_before_the_first_record_does_not_hide_the_container(tmp_path: Path) -> None:
    for container in ("plain", "gz", "zst"):
        path = tmp_path / f"nameless-{container}"
        data = b"".join(archives.PACK[container](r) for r in RECORDS[:5])
        path.write_bytes(bytes(7) + data[7:])
        captures, _ = split(list(read_warc(path)))
        assert {c.url for c in captures if not c.damage} == {
            f"https://www.example.org/page/{n}" for n in range(1, 5)
        }


def test_a_header_with_bytes_that_are_not_text_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(
        RECORDS[0].replace(b"/page/0", b"/page/\0") + RECORDS[1].replace(b"WARC-Date:", b"WARC-Date ")
    )
    captures, refusals = split(list(read_warc(path)))
    assert not refusals
    assert [c.damage is not None and "header" in c.damage for c in captures] == [True, True]


def test_bodies_larger_than_the_limit_are_refused_without_being_held(tmp_path: Path) -> None:
    large = archives.record(archives.response(b"<html>" + b"x" * 3_000_000), 999)
    for container in ("plain", "gz", "zst"):
        path = tmp_path / container
        path.write_bytes(b"".join(archives.PACK[container](r) for r in (RECORDS[0], large, RECORDS[1])))
        read = list(read_warc(path, limit=1_000_000))
        assert [getattr(r, "reason", None) for r in read] == [None, Reason.OVER_LIMIT, None]
        assert read[1].url == "https://www.example.org/page/999"


def test_members_of_a_few_bytes_cost_no_more_than_their_length(tmp_path: Path) -> None:
    data = archives.record(archives.response(archives.page(1, 900)), 1) + RECORDS[2]
    path = tmp_path / "a.warc.gz"
    path.write_bytes(b"".join(gzip.compress(data[at : at + 40], 1) for at in range(0, len(data), 40)))
    start = time.process_time()
    assert [c.url[-1] for c in read_warc(path)] == ["1", "2"]
    assert time.process_time() - start < 2


def test_a_million_empty_lines_between_records_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(RECORDS[0] + b"\r\n" * 1_500_000 + RECORDS[1])
    assert [type(r) for r in read_warc(path)] == [Capture, Capture]
