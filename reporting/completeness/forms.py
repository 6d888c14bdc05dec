"""What the Commission fills in to exempt, to extend, and to take either back."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from submissions.forms import PlainForm
from submissions.models import ReliefKind


class ReliefForm(PlainForm):
    kind = forms.ChoiceField(label=_("What is granted"), choices=ReliefKind.choices, widget=forms.RadioSelect)
    due_on = forms.DateField(
        label=_("New due day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("For an extension."),
    )
    reason = forms.CharField(
        label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}), help_text=_("The filer reads it.")
    )


class TakeBackForm(PlainForm):
    reason = forms.CharField(
        label=_("Reason"), widget=forms.Textarea(attrs={"rows": 2}), help_text=_("The filer reads it.")
    )
