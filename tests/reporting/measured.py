"""A measurement series small enough to be added up by hand, and how it is filed and accepted."""

from __future__ import annotations

from portal.models import User
from submissions import actions
from submissions.models import Revision
from tests.pages.world import file_csv, start

SERIES = """address,value,obs_status,period,qualifier,reason
method.description,Made up for a test.,,,,
"observed.locations[month=2025-01,hosting_country=NL]",100,,,,
"observed.locations[month=2025-02,hosting_country=NL]",50,P,,,
"observed.locations[month=2025-01,hosting_country=GR]",30,,,rounded,
"observed.locations[month=2025-02,hosting_country=GR]",7,,2025-02-01/2025-02-14,,
"observed.locations[month=2025-03,hosting_country=GR]",,L,,,not_collected
"removed.locations[month=2025-01,hosting_country=NL]",80,,,,
"removed.locations[month=2025-01,hosting_country=GR]",10,,,,
"removed.median_time[month=2025-01,hosting_country=NL]",2.5,,,,
"removed.median_time[month=2025-02,hosting_country=NL]",40,,,,
"displaced.locations[month=2025-01,hosting_country=NL,moved_to=GR]",15,,,,
"displaced.locations[month=2025-02,hosting_country=NL,moved_to=GR]",5,,,,
"displaced.locations[month=2025-01,hosting_country=NL,moved_to=DE]",4,,,,
"""


def accepted(entity: str, filer: User, reviewer: User, data: str = SERIES, **correction: object) -> Revision:
    filing = start("measurement_series", entity, "2025", filer)
    revision = file_csv(filing, data.encode(), filer, **correction)
    decision = "accept_with_reservations" if revision.errors else "accept"
    return actions.decide_revision(revision=revision, decision=decision, reason="A test.", by=reviewer)
