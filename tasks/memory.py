"""Memory of a long run kept near what it uses: one heap per process, freed pages given back to the system.

glibc keeps a heap per thread and does not give back what lies below a living block: a run of four archives held 100 MB
more than it used in its own process, and as much again in two workers.  A heap that shrinks at every chance is faulted
in again at every need: kept to 256 KiB it cost enrichment a tenth of its CPU (933,000 page faults for 389 articles, with
16 MiB 130,000).  Elsewhere than on glibc nothing happens here.
Constants: ``malloc.h`` of glibc 2.36, ``mallopt(3)``.
"""

from __future__ import annotations

import ctypes
import os
import sys

_ARENA_MAX, _TRIM_THRESHOLD, _MMAP_THRESHOLD = -8, -1, -3
_ONE_HEAP, _KEPT_BYTES, _OWN_MAPPING_BYTES = 1, 16 * 1024 * 1024, 16 * 1024 * 1024

_FOR_CHILDREN = {
    "MALLOC_ARENA_MAX": str(_ONE_HEAP),
    "MALLOC_TRIM_THRESHOLD_": str(_KEPT_BYTES),
    "MALLOC_MMAP_THRESHOLD_": str(_OWN_MAPPING_BYTES),
    "ARROW_DEFAULT_MEMORY_POOL": "system",
}


def keep_memory_small() -> None:
    """Set this process and those it starts to one heap that shrinks; what the user has set stays.

    Call it before threads are started; heaps that exist already stay.
    """
    for name, value in _FOR_CHILDREN.items():
        os.environ.setdefault(name, value)
    if "pyarrow" in sys.modules and os.environ["ARROW_DEFAULT_MEMORY_POOL"] == "system":
        arrow = sys.modules["pyarrow"]
        arrow.set_memory_pool(arrow.system_memory_pool())
    libc = _glibc()
    if libc is not None:
        libc.mallopt(_ARENA_MAX, int(os.environ["MALLOC_ARENA_MAX"]))
        libc.mallopt(_TRIM_THRESHOLD, int(os.environ["MALLOC_TRIM_THRESHOLD_"]))
        libc.mallopt(_MMAP_THRESHOLD, int(os.environ["MALLOC_MMAP_THRESHOLD_"]))


def give_back_memory() -> None:
    """Return freed pages to the system, wherever in the heap they lie; takes a few milliseconds."""
    libc = _glibc()
    if libc is not None:
        libc.malloc_trim(0)


def _glibc() -> ctypes.CDLL | None:
    """The C library, when it is glibc."""
    libc = ctypes.CDLL(None)
    return libc if hasattr(libc, "gnu_get_libc_version") else None
