"""At the start of a process: how Polars keeps memory. After it: what was loaded stays for good, so the garbage collector
need not look at it again."""

from __future__ import annotations

import ctypes
import gc
import os

# Polars' allocator (jemalloc) reads this once, when Polars is loaded. Left alone, it keeps what was freed for half a second
# and longer, apart for each thread: half as much again as is in use, while a large file is worked on.
os.environ.setdefault("_RJEM_MALLOC_CONF", "background_thread:false,narenas:1,dirty_decay_ms:0,muzzy_decay_ms:0")

NEW_OBJECTS = 50_000
"""So many new objects between two looks; Python's 700 makes it look hundreds of times a request."""
M_MMAP_THRESHOLD, MAPPED_FROM = -3, 1024 * 1024
"""Of glibc: what is so large is memory of its own and given back at once, however often it is asked for."""


def settle() -> None:
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, 20, 50)
    of_the_c_library("mallopt", M_MMAP_THRESHOLD, MAPPED_FROM)


def give_back_memory() -> None:
    """After a large piece of work: what it left goes back to the system, or the next one would stand on top of it."""
    gc.collect()
    of_the_c_library("malloc_trim", 0)


def of_the_c_library(name: str, *arguments: int) -> None:
    """Calls a function that only glibc has."""
    if function := getattr(ctypes.CDLL(None), name, None):
        function(*arguments)
