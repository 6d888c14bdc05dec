"""Every write on reports: beginning one, and writing into its sections."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.models import User
from reporting.models import Report, SectionText
from submissions.actions.refusals import Conflict, Refused
from submissions.models import ReportingPeriod


@transaction.atomic
def begin_report(*, title: str, language: str, as_of: date, periods: Iterable[ReportingPeriod], by: User) -> Report:
    may_write(by)
    chosen = list(periods)
    if not chosen:
        raise Refused("no_period", _("Choose at least one period."))
    if as_of > timezone.localdate():
        raise Refused("day_to_come", _("The day may not lie in the future."))
    report = Report.objects.create(title=title, language=language, as_of=as_of, made_by=by)
    report.periods.set(chosen)
    return report


@transaction.atomic
def write_section(*, report: Report, section: str, text: str, after: int, by: User) -> SectionText:
    """The next version of a section's text. `after`: the number of the version that the writer saw, 0 for none; where
    another one has come since, nothing is written."""
    return add_version(report, section, text, after, by)


@transaction.atomic
def restore_section(*, report: Report, section: str, number: int, after: int, by: User) -> SectionText:
    """An older version becomes the next one."""
    old = report.texts.filter(section=section, number=number).first()
    if old is None:
        raise Refused("no_such_version", _("There is no such version."))
    return add_version(report, section, old.text, after, by, restored_from=number)


def add_version(
    report: Report, section: str, text: str, after: int, by: User, restored_from: int | None = None
) -> SectionText:
    may_write(by)
    # Two writers queue up here, so that the second sees the version of the first.
    Report.objects.select_for_update().get(pk=report.pk)
    last = report.texts.filter(section=section).order_by("number").last()
    number = last.number if last else 0
    if number != after:
        raise Conflict("changed_meanwhile", _("Somebody else has changed this section since you opened it."))
    if last and last.text == text:
        return last
    return report.texts.create(
        section=section, number=number + 1, text=text, restored_from=restored_from, written_by=by
    )


def may_write(by: User) -> None:
    if not by.access.reviews:
        raise Refused("not_a_reviewer", _("Only reviewers of the Commission may write reports."))
