"""What is owed, filed, checked and decided. Rows only; every write goes through `actions`."""

from submissions.models.filing import STATE_LABELS, Draft, DraftSection, Filing
from submissions.models.hooks import Delivery, DeliveryState, Webhook
from submissions.models.owed import Obligation, ReportingPeriod
from submissions.models.release import Release
from submissions.models.relief import Relief, ReliefKind
from submissions.models.revision import Revision, Source
from submissions.models.states import (
    ACCEPTED,
    UNDECIDED,
    Door,
    JobState,
    Purpose,
    RevisionState,
    Severity,
    Stage,
)
from submissions.models.verdict import Explanation, Finding, Observation, subject
from submissions.models.work import FINISHED_HAVE_AN_END, Job, Upload, Work

__all__ = [
    "ACCEPTED", "FINISHED_HAVE_AN_END", "STATE_LABELS", "UNDECIDED", "Delivery", "DeliveryState", "Door", "Draft",
    "DraftSection", "Explanation", "Filing", "Finding", "Job", "JobState", "Obligation", "Observation", "Purpose",
    "Release", "Relief", "ReliefKind", "ReportingPeriod", "Revision", "RevisionState", "Severity", "Source", "Stage",
    "Upload", "Webhook", "Work", "subject",
]  # fmt: skip
