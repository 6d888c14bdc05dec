"""Doing a job: claimed once, alive while it is worked on, given back when it crashes."""

from __future__ import annotations

import logging
import time

from portal.settling import give_back_memory
from submissions import jobs
from submissions.actions import checking, uploads

log = logging.getLogger(__name__)

CHECKS_TOGETHER = 40
"""Judging forty small filings takes about as long as judging six by themselves."""
LINGER_SECONDS = 0.15
"""Where one check waits beside another, more are on their way: so long they are waited for."""


def run_job(*, job_id: int) -> bool:
    """Do the work of a job, once, and with the check of a small filing the checks of others that wait. False if the job
    is not ours to do.

    A crash of a rule is our fault: the job goes back to the queue or fails visibly; it never becomes a finding.
    """
    mine = jobs.claim(job_id)
    if mine is None:
        return False
    others = claim_beside(mine)
    if not others:
        return run(mine)
    with jobs.alive(mine, *others):
        try:
            checking.check_revisions([mine, *others])
        except Exception:  # each by itself, so that what is wrong with one keeps no other from its verdict
            log.warning("%s checks together failed; each is done by itself", len(others) + 1, exc_info=True)
        else:
            return True
        for one in [mine, *others]:
            one.restart()
        for other in others:
            try:
                run(other)
            except Exception:
                log.exception("job %s failed", other.job_id)
        return run(mine)


def claim_beside(mine: jobs.Claim) -> list[jobs.Claim]:
    """Small checks to be done with this one; none at once if none waits, so that a single filing is never held up."""
    found = jobs.claim_small_checks(CHECKS_TOGETHER - 1) if mine.is_small_check else []
    if found and len(found) < CHECKS_TOGETHER - 1:
        time.sleep(LINGER_SECONDS)
        found += jobs.claim_small_checks(CHECKS_TOGETHER - 1 - len(found))
    return found


def run(mine: jobs.Claim) -> bool:
    """The work of a job by itself."""
    try:
        with jobs.alive(mine):
            if mine.upload_id:
                uploads.run_upload(mine)
            else:
                checking.check_revisions([mine])
    except jobs.LostClaim:
        return False
    except Exception as problem:
        if not jobs.give_back(mine, problem):
            return False  # given to another worker meanwhile, whose rows ours ran into
        raise
    finally:
        if mine.rows_total > jobs.SMALL:
            give_back_memory()
    return True
