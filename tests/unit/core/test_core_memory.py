"""Memory that is freed goes back to the system, and what the user has set stays."""

import subprocess
import sys

import pytest

from tasks.memory import keep_memory_small

_SCRIPT = """
import os, threading
from pathlib import Path
from tasks.memory import give_back_memory, keep_memory_small
if {small}:
    keep_memory_small()
def held():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
def work():
    kept = [bytearray(50_000) for _ in range(2000)]
    pins.extend(bytearray(600) for _ in range(100))
    del kept
pins, before = [], held()
threads = [threading.Thread(target=work) for _ in range(4)]
for one in threads: one.start()
for one in threads: one.join()
if {small}:
    give_back_memory()
print((held() - before) // 2**20)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc only")
def test_freed_memory_goes_back_whichever_thread_used_it():
    def left(small: bool) -> int:
        script = _SCRIPT.format(small=small)
        return int(
            subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
        )

    assert left(small=True) < 20


def test_what_the_user_has_set_stays(monkeypatch):
    monkeypatch.setenv("MALLOC_ARENA_MAX", "3")
    monkeypatch.delenv("MALLOC_TRIM_THRESHOLD_", raising=False)
    monkeypatch.setenv("MALLOC_MMAP_THRESHOLD_", "2097152")
    monkeypatch.setenv("ARROW_DEFAULT_MEMORY_POOL", "jemalloc")
    import os

    keep_memory_small()
    assert os.environ["MALLOC_ARENA_MAX"] == "3"
    assert os.environ["MALLOC_TRIM_THRESHOLD_"] == str(16 * 2**20)
    assert os.environ["ARROW_DEFAULT_MEMORY_POOL"] == "jemalloc"
