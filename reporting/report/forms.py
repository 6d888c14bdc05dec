"""What is asked to begin a report."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.reader import language
from reporting.report.outline import outline
from submissions.forms import PlainForm
from submissions.models import ReportingPeriod
from submissions.presentation import in_language

ASKED = ("providers", "member_states")


class PeriodsField(forms.ModelMultipleChoiceField[ReportingPeriod]):
    def label_from_instance(self, obj: ReportingPeriod) -> str:
        return told(obj)


def told(period: ReportingPeriod) -> str:
    return f"{in_language(period.definition.title)}, {period.label}"


class BeginForm(PlainForm):
    title = forms.CharField(label=_("Title"), max_length=200, widget=forms.TextInput(attrs={"class": "wide"}))
    periods = PeriodsField(
        queryset=ReportingPeriod.objects.none(), label=_("Periods"), widget=forms.CheckboxSelectMultiple,
        help_text=_("Of providers and Member States. Reference figures of the same days come with them."),
    )  # fmt: skip
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    as_of = forms.DateField(
        label=_("Figures as at the end of"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The report can be made again with the figures of this day, whatever is accepted later."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        returns = [outline().returns[name] for name in ASKED]
        found = ReportingPeriod.objects.filter(return_id__in=returns, start__lte=timezone.localdate())
        field = self.fields["periods"]
        assert isinstance(field, PeriodsField)  # noqa: S101 -- declared above
        field.queryset = found.order_by("return_id", "-start")
        self.initial = {
            **self.initial,
            "periods": [one.pk for one in newest(list(field.queryset))],
            "language": language(),
            "as_of": timezone.localdate(),
            "title": _("Report on the implementation of Regulation (EU) 2021/1232"),
        }


def newest(periods: list[ReportingPeriod]) -> list[ReportingPeriod]:
    """Of each return the newest period whose figures somebody has had accepted, else the newest."""
    filed = set(
        ReportingPeriod.objects.filter(pk__in=[one.pk for one in periods], filings__current__isnull=False)
        .values_list("pk", flat=True)
    )  # fmt: skip
    found: dict[str, ReportingPeriod] = {}
    for one in sorted(periods, key=lambda period: (period.pk not in filed, -period.start.toordinal())):
        found.setdefault(one.return_id, one)
    return list(found.values())
