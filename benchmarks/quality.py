"""The whole data-quality report over generated filings: 50 entities, 10 years."""

from __future__ import annotations

import os
from statistics import median

from benchmarks.portal import timed
from portal.access import Role
from portal.models import User
from reporting.quality import quality
from reporting.quality.told import as_json, told
from submissions.generating import load_generated
from submissions.models import Observation

ENTITIES, YEARS, ROUNDS = 50, 10, 5


def run() -> None:
    filings = sum(1 for _one in load_generated(ENTITIES, YEARS, seed=1))
    reader = User.objects.filter(memberships__role=Role.REVIEWER)[0]
    seconds = {
        "found": median(timed(lambda: quality(reader)) for _ in range(ROUNDS)),
        "found, as a page says it": median(timed(lambda: told(quality(reader), 40)) for _ in range(ROUNDS)),
        "found, as JSON says it": median(timed(lambda: as_json(quality(reader))) for _ in range(ROUNDS)),
    }
    print(f"\nData-quality report, {filings} filings, {Observation.objects.count():,} figures, {os.cpu_count()} CPUs")
    for what, time in seconds.items():
        print(f"{what:44}{time:8.2f} s   goal < 10 s")
