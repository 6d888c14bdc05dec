"""Files that a worker writes: asked for, written once, kept for some hours."""

from __future__ import annotations

import logging
import tempfile
from datetime import timedelta

from django.conf import settings
from django.core.files import File
from django.core.signing import BadSignature, TimestampSigner
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.models import User
from portal.settling import give_back_memory
from reporting.exports.asking import Asked
from reporting.exports.contents import Contents
from reporting.exports.writing import FORMATS
from reporting.models import Export
from reporting.models.export import stored
from submissions import jobs
from submissions.actions import dispatching
from submissions.actions.refusals import Refused
from submissions.models import Stage

log = logging.getLogger(__name__)
TASK = "reporting.tasks.write_export"
MOST_FILES = 20
"""Of one user at a time."""


@transaction.atomic
def ask_export(*, asked: Asked, kind: str, language: str, by: User) -> Export:
    """A file of what stands now and this user may see, handed to a worker after the commit. Raises Refused."""
    if Export.objects.filter(made_by=by).count() >= MOST_FILES:
        raise Refused(
            "too_many_exports", _("There are %(most)s files already; wait until one is gone.") % {"most": MOST_FILES}
        )
    found = Contents.of(asked, by, language)
    export = Export.objects.create(
        made_by=by, query=asked.query, filters=found.lines, revisions=found.head["revision"].to_list(), kind=kind,
        language=language, rows_total=found.most,
    )  # fmt: skip
    transaction.on_commit(lambda: hand_out(export.pk))
    return export


def hand_out(export_id: int) -> None:
    dispatching.hint(TASK, export_id)


def write_export(*, export_id: int) -> bool:
    """Write a file that waits. False if it is not ours to write. What crashes is tried again, and fails visibly."""
    mine = jobs.claim_work(Export, export_id)
    if mine is None:
        return False
    try:
        with jobs.alive(mine):
            write_and_store(mine)
    except jobs.LostClaim:
        return False
    except Exception as problem:
        if not jobs.give_back(mine, problem):
            return False
        raise
    finally:
        give_back_memory()
    return True


def write_and_store(mine: jobs.Claim) -> None:
    """The file is whole before it has its name: whoever reads a name reads all of it."""
    export = Export.objects.get(pk=mine.job_id)
    with tempfile.TemporaryFile() as out:
        FORMATS[export.kind].write(out, Contents.of_export(export).frames(mine.done))
        mine.enter(Stage.STORING)
        size = out.seek(0, 2)
        out.seek(0)
        name = stored().save(f"{export.pk}-{mine.attempt}.{export.kind}", File(out))
    try:
        with transaction.atomic():
            jobs.finish(mine)
            Export.objects.filter(pk=export.pk).update(file=name, size=size)
    except BaseException:
        stored().delete(name)
        raise


def discard_export(*, export: Export, by: User) -> None:
    """Throw a file away before its time. A worker that writes it finds its row gone."""
    Export.objects.visible_to(by).filter(pk=export.pk).delete()
    if export.file:
        stored().delete(export.file)


def delete_expired() -> int:
    """Rows whose time is over, with their files; and files that no row names, left by workers that died. Returns how
    many rows."""
    gone = Export.objects.expired(timezone.now())
    names = set(gone.values_list("file", flat=True)) - {""}
    count = gone.delete()[0]
    kept = set(Export.objects.exclude(file="").values_list("file", flat=True))
    quiet = timezone.now() - timedelta(hours=settings.EXPORT_HOURS)
    storage = stored()
    names |= {name for name in listed() if name not in kept and storage.get_modified_time(name) < quiet}
    for name in names:
        storage.delete(name)
    return count


def listed() -> list[str]:
    """Files in the storage; none where nothing was ever stored."""
    try:
        return stored().listdir("")[1]
    except FileNotFoundError:
        return []


# Links ----------------------------------------------------------------------------------------------------

SIGNER = TimestampSigner(salt="reporting.exports")


def signed(export: Export) -> str:
    """What a link to the file carries: it ends with the file."""
    return SIGNER.sign(str(export.pk)).partition(":")[2]


def is_signed(export: Export, signature: str) -> bool:
    try:
        SIGNER.unsign(f"{export.pk}:{signature}", max_age=timedelta(hours=settings.EXPORT_HOURS))
    except BadSignature:
        return False
    return True
