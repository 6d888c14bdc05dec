"""After the start of a process: what was loaded stays for good, so the garbage collector need not look at it again."""

from __future__ import annotations

import gc

NEW_OBJECTS = 50_000
"""So many new objects between two looks; Python's 700 makes it look hundreds of times a request."""


def settle() -> None:
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, 20, 50)
