"""Forms of the filing and review pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class PlainForm(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""


class ReasonForm(PlainForm):
    reason = forms.CharField(label=gettext_lazy("Reason"), widget=forms.Textarea(attrs={"rows": 3}))


class DecisionForm(PlainForm):
    """Accept is offered only where no error stands."""

    decision = forms.ChoiceField(label=gettext_lazy("Decision"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Needed for reservations and returns; the filer reads it."),
    )

    def __init__(self, *args: Any, errors: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [] if errors else [("accept", _("Accept"))]
        choices += [("accept_with_reservations", _("Accept with reservations")), ("return", _("Return for correction"))]
        field = self.fields["decision"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 -- declared above
        field.choices = choices


class UploadForm(PlainForm):
    """A workbook or a CSV file. What is in it is looked at by the scan."""

    file = forms.FileField(
        label=gettext_lazy("Your file"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.ods,.csv"}),
        allow_empty_file=True,
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        most = settings.MAX_UPLOAD_MB * 1024 * 1024
        if file.size > most:
            raise forms.ValidationError(_("The file is larger than %(size)s.") % {"size": filesizeformat(most)})
        return file


class SignForm(PlainForm):
    """The end of the way: statement, name, one button. What is missing is refused by the action, with its reason."""

    content = forms.CharField(required=False, widget=forms.HiddenInput)
    replaces = forms.IntegerField(required=False, widget=forms.HiddenInput)
    errors_known = forms.BooleanField(
        required=False,
        label=gettext_lazy("I know that errors stand"),
        widget=forms.CheckboxInput(attrs={"required": True}),
    )
    reason = forms.CharField(
        required=False,
        label=gettext_lazy("What changed since the last revision, and why?"),
        widget=forms.Textarea(attrs={"rows": 3, "required": True}),
    )
    name = forms.CharField(
        required=False,
        max_length=200,
        label=gettext_lazy("Your name"),
        widget=forms.TextInput(attrs={"required": True}),
    )
    certified = forms.BooleanField(
        required=False,
        label=gettext_lazy("I certify this statement"),
        widget=forms.CheckboxInput(attrs={"required": True}),
    )

    def __init__(self, *args: Any, errors: int, correction: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not correction:
            del self.fields["reason"]
        if not errors:
            del self.fields["errors_known"]
