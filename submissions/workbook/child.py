"""The process that opens workbooks: `python -m submissions.workbook.child TASK MEMORY_MB CPU_SECONDS`.

It takes one packed message on standard input, gives one back on standard output, and ends. It limits its own memory
and time before it looks at the file, so a file that breaks or floods the parser ends this process and nothing else.
It knows neither settings nor database, and imports only what its task needs.
"""

from __future__ import annotations

import gc
import importlib
import json
import resource
import sys

from submissions.workbook.frames import Fault, pack, unpack

MEGABYTE = 1024 * 1024


def limit(memory_mb: int, cpu_seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory_mb * MEGABYTE, memory_mb * MEGABYTE))


def main(task: str, memory_mb: str, cpu_seconds: str) -> int:
    limit(int(memory_mb), int(cpu_seconds))
    gc.disable()  # the process is short-lived, and millions of cells make collecting dear
    options, *blobs = unpack(sys.stdin.buffer.read())
    try:
        answer = importlib.import_module(f"submissions.workbook.{task}").answer(json.loads(options), *blobs)
    except Fault as fault:
        answer = [json.dumps({"fault": fault.told}).encode()]
    except MemoryError:
        answer = [json.dumps({"fault": {"code": "workbook_too_large", "values": {}}}).encode()]
    sys.stdout.buffer.write(pack(answer))
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
