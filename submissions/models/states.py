"""Words for where things stand."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Severity(models.TextChoices):
    ERROR = "error", _("Error")
    WARNING = "warning", _("Warning")
    INFO = "info", _("Information")


class RevisionState(models.TextChoices):
    RECEIVED = "received", _("Received, being checked")
    CHECKED = "checked", _("Checked, waits for a decision")
    ACCEPTED = "accepted", _("Accepted")
    ACCEPTED_WITH_RESERVATIONS = "accepted_with_reservations", _("Accepted with reservations")
    RETURNED = "returned", _("Returned for correction")
    WITHDRAWN = "withdrawn", _("Withdrawn")


ACCEPTED = (RevisionState.ACCEPTED, RevisionState.ACCEPTED_WITH_RESERVATIONS)
UNDECIDED = (RevisionState.RECEIVED, RevisionState.CHECKED)


class Door(models.TextChoices):
    FORM = "form", _("Form")
    UPLOAD = "upload", _("Uploaded file")
    API = "api", _("API")
    IMPORT = "import", _("Transcribed from a published report")


class JobState(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    SUCCEEDED = "succeeded", _("Done")
    FAILED = "failed", _("Failed")


class Stage(models.TextChoices):
    WAITING = "waiting", _("Waiting for a worker")
    READING = "reading", _("Reading what was filed")
    CHECKING = "checking", _("Checking every rule")
    STORING = "storing", _("Storing figures and findings")
    DONE = "done", _("Done")


class Purpose(models.TextChoices):
    """What an uploaded file is for."""

    PREPARE = "prepare", _("To be read over, then signed")
    FILE = "file", _("To be filed at once")
