"""Doing a job: claimed once, alive while it is worked on, given back when it crashes."""

from __future__ import annotations

from submissions import jobs
from submissions.actions import checking, uploads


def run_job(*, job_id: int) -> bool:
    """Do the work of a job, once. False if the job is not ours to do.

    A crash of a rule is our fault: the job goes back to the queue or fails visibly; it never becomes a finding.
    """
    mine = jobs.claim(job_id)
    if mine is None:
        return False
    try:
        with jobs.alive(mine):
            if mine.upload_id:
                uploads.run_upload(mine)
            else:
                checking.check_revision(mine)
    except jobs.LostClaim:
        return False
    except Exception as problem:
        if not jobs.give_back(mine, problem):
            return False  # given to another worker meanwhile, whose rows ours ran into
        raise
    return True
