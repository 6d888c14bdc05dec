"""Runs a task on a workbook in a process of its own, with limits on memory and time.

A file that breaks, floods or stalls the parser ends that process; here it becomes a refusal that says so. The process
gets the file on standard input, an environment of two names, and an empty folder for scratch that is removed after.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
from math import ceil
from pathlib import Path
from typing import Any

from submissions.sources import gettext_noop, refusal
from submissions.workbook.frames import pack, unpack

log = logging.getLogger(__name__)
ROOT = Path(__file__).parent.parent.parent
MEMORY_MB = 600
SECONDS = 60
UNREADABLE = gettext_noop(
    "The workbook cannot be opened: it is damaged, or not built as its name says. Open it, save it anew as .xlsx or "
    ".ods, and send that."
)
OUT_OF_MEMORY = (b"memory allocation", b"MemoryError", b"PyObject pointer is null")
"""How Rust, Python and the bridge between them say that there is none left."""
BROKEN = {"fault": {"code": "unreadable_workbook", "values": {}}}
SENTENCES = {
    "unreadable_workbook": UNREADABLE,
    "workbook_too_large": gettext_noop(
        "The workbook holds more than can be opened at once. Send the figures as CSV, or spread them over several files."
    ),
    "workbook_too_slow": gettext_noop(
        "The workbook could not be read within %(seconds)s seconds. Remove what is no figure, or send the figures as CSV."
    ),
    "encrypted": gettext_noop("The workbook is protected by a password for opening. Save it without one."),
    "hidden_sheet": gettext_noop(
        "Sheet %(sheet)s is hidden and holds figures. Nothing is filed that you cannot see: show the sheet, or delete it."
    ),
}


def run(
    task: str, options: dict[str, Any], *blobs: bytes, memory_mb: int = MEMORY_MB, seconds: float = SECONDS
) -> list[bytes]:
    """What the task answers. Raises SourceError: the fault the task tells, or that it was ended by a limit."""
    message = pack([json.dumps(options).encode(), *blobs])
    command = [sys.executable, "-E", "-s", "-m", "submissions.workbook.child", task, str(memory_mb), str(ceil(seconds))]
    with tempfile.TemporaryDirectory(prefix="workbook-") as scratch:
        process = subprocess.Popen(  # noqa: S603 -- our own interpreter and module; the file goes in by a pipe
            command, cwd=ROOT, env={"LANG": "C.UTF-8", "TMPDIR": scratch}, start_new_session=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        try:
            answer, complaint = process.communicate(message, timeout=seconds)
        except subprocess.TimeoutExpired as problem:
            raise refusal("workbook_too_slow", SENTENCES["workbook_too_slow"], seconds=seconds) from problem
        finally:
            end(process)
    if process.returncode:
        log.warning("Task %s ended with %s: %s", task, process.returncode, complaint[-1000:].decode(errors="replace"))
    return understood(process.returncode, answer, complaint, seconds)


def end(process: subprocess.Popen[bytes]) -> None:
    """Ends the process and whatever it may have started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe:
            pipe.close()


def understood(code: int, answer: bytes, complaint: bytes, seconds: float) -> list[bytes]:
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        raise refusal("workbook_too_slow", SENTENCES["workbook_too_slow"], seconds=seconds)
    if code and any(said in complaint for said in OUT_OF_MEMORY):
        raise refusal("workbook_too_large", SENTENCES["workbook_too_large"])
    try:
        parts = unpack(answer)
        told: dict[str, Any] = json.loads(parts[0]) if code == 0 and parts else BROKEN
    except ValueError as problem:
        raise refusal("unreadable_workbook", UNREADABLE) from problem
    if fault := told.get("fault"):
        raise refusal(fault["code"], SENTENCES[fault["code"]], **fault["values"])
    return parts
