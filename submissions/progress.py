"""How far a job is, and how long it may still take."""

from __future__ import annotations

from datetime import datetime

from submissions.models import Job, JobState, Upload

LOOKED_AT = 10
"""So many earlier files say how fast files are read here."""


def seconds_left(job: Job, upload: Upload, now: datetime) -> int | None:
    """Seconds until an upload is read and checked: from the rows done so far, else from how long earlier files took for
    their size; None while nobody can tell."""
    if job.state != JobState.RUNNING or job.started_at is None:
        return None
    spent = (now - job.started_at).total_seconds()
    if job.rows_done and job.rows_total:
        whole = spent * job.rows_total / job.rows_done
    elif pace := seconds_a_byte():
        whole = pace * upload.size
    else:
        return None
    return max(1, round(whole - spent))


def seconds_a_byte() -> float | None:
    done = (
        Job.objects.filter(state=JobState.SUCCEEDED, upload__isnull=False, upload__size__gt=0, started_at__isnull=False)
        .order_by("-pk")
        .values_list("started_at", "finished_at", "upload__size")[:LOOKED_AT]
    )
    paces = sorted((end - start).total_seconds() / size for start, end, size in done if start and end)
    return paces[len(paces) // 2] if paces else None
