"""The page of an entity's administrators: who acts for it, which programs do, and who is told of changes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from portal import clients
from portal.access import FILE, READ
from portal.models import ApiClient, ClientKey, ReportingEntity
from portal.reader import user_of
from submissions import actions
from submissions.catalogue import catalogue
from submissions.forms import PlainForm
from submissions.hooks import EVENTS
from submissions.models import Delivery, Obligation, Webhook
from submissions.presentation import in_language


class ClientForm(PlainForm):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=100, help_text=gettext_lazy("Which program is it?"))
    scopes = forms.MultipleChoiceField(label=gettext_lazy("It may"), widget=forms.CheckboxSelectMultiple)
    sandbox = forms.BooleanField(
        label=gettext_lazy("Sandbox: to try the portal out. What it files is checked and never counted."),
        required=False,
    )

    def __init__(self, *args: Any, entity: ReportingEntity, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes"].choices = scope_choices(entity)  # type: ignore[attr-defined]  # declared above


class WebhookForm(PlainForm):
    url = forms.CharField(label=gettext_lazy("Address"), max_length=500, help_text="https://…")
    events = forms.MultipleChoiceField(
        label=gettext_lazy("Tell it of"), choices=[(event, event) for event in EVENTS],
        widget=forms.CheckboxSelectMultiple, required=False, help_text=gettext_lazy("None chosen: all."),
    )  # fmt: skip
    sandbox = forms.BooleanField(label=gettext_lazy("Only of what sandbox clients file"), required=False)


class OverlapForm(PlainForm):
    overlap = forms.TypedChoiceField(
        label=gettext_lazy("Days for which the old keys still work"), coerce=int, initial=7,
        choices=[(days, days) for days in clients.OVERLAPS],
    )  # fmt: skip


def scope_choices(entity: ReportingEntity) -> list[tuple[str, str]]:
    """Every scope that a client of this entity can have, in words."""
    titles = {d.return_id: in_language(d.title) for d in catalogue().definitions.values()}
    owed = Obligation.objects.filter(entity=entity).order_by("return_id").values_list("return_id", flat=True)
    words = {FILE: _("file and read: %(title)s"), READ: _("only read: %(title)s")}
    return [
        (f"{action}:{return_id}@{entity.code}", words[action] % {"title": titles[return_id]})
        for return_id in owed
        for action in (FILE, READ)
    ]


def administered(request: HttpRequest, code: str) -> ReportingEntity:
    return get_object_or_404(ReportingEntity.objects.filter(pk__in=user_of(request).access.administers), code=code)


@require_safe
def entities(request: HttpRequest) -> HttpResponse:
    """The first entity this user administers."""
    first = ReportingEntity.objects.filter(pk__in=user_of(request).access.administers).first()
    if first is None:
        raise Http404
    return redirect("entity", first.code)


@require_safe
def entity(request: HttpRequest, code: str) -> HttpResponse:
    """Who acts for us, which programs file for us?"""
    return page(request, administered(request, code))


def page(request: HttpRequest, found: ReportingEntity, status: int = 200, **shown: Any) -> HttpResponse:
    """The page, perhaps with a secret that is shown this once, or with a form that was filled in wrongly."""
    user = user_of(request)
    members = found.memberships.filter(user__client=None, user__is_active=True).select_related("user")
    programs = found.clients.filter(revoked_at=None).prefetch_related("keys__created_by").select_related("created_by")
    context = {
        "heading": str(found),
        "question": _("Who acts for us, which programs file for us, and who is told of changes?"),
        "entity": found,
        "others": ReportingEntity.objects.filter(pk__in=user.access.administers).exclude(pk=found.pk),
        "members": members.order_by("user__name", "role"),
        "clients": programs,
        "webhooks": Webhook.objects.visible_to(user).filter(entity=found).select_related("created_by"),
        "client_form": ClientForm(entity=found),
        "webhook_form": WebhookForm(),
        "overlap_form": OverlapForm(auto_id=False),
    }
    return render(request, "submissions/entity.html", context | shown, status=status)


@require_POST
def make_client(request: HttpRequest, code: str) -> HttpResponse:
    found = administered(request, code)
    form = ClientForm(request.POST, entity=found)
    if not form.is_valid():
        return page(request, found, 422, client_form=form)
    client, secret = clients.make_client(entity=found, by=user_of(request), **form.cleaned_data)
    return page(request, found, secret=secret, secret_client=client)


def client_of(found: ReportingEntity, pk: int) -> ApiClient:
    return get_object_or_404(found.clients.filter(revoked_at=None), pk=pk)


@require_POST
def renew_key(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    found = administered(request, code)
    client, form = client_of(found, pk), OverlapForm(request.POST)
    if not form.is_valid():
        raise Http404
    _key, secret = clients.renew_key(client=client, overlap_days=form.cleaned_data["overlap"], by=user_of(request))
    return page(request, found, secret=secret, secret_client=client)


@require_POST
def revoke_key(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    found = administered(request, code)
    key = get_object_or_404(ClientKey.objects.filter(client__entity=found, client__revoked_at=None), pk=pk)
    clients.revoke_key(key=key, by=user_of(request))
    messages.success(request, _("The key and every token of its client no longer work."))
    return redirect("entity", code)


@require_POST
def revoke_client(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    found = administered(request, code)
    clients.revoke_client(client=client_of(found, pk), by=user_of(request))
    messages.success(request, _("The client no longer works. What it filed stays."))
    return redirect("entity", code)


# Webhooks -------------------------------------------------------------------------------------------------


@require_POST
def subscribe(request: HttpRequest, code: str) -> HttpResponse:
    found = administered(request, code)
    form = WebhookForm(request.POST)
    if form.is_valid():
        try:
            webhook = actions.subscribe(entity=found, by=user_of(request), **form.cleaned_data)
        except actions.Refused as refusal:
            form.add_error("url", refusal.message)
        else:
            return page(request, found, secret=webhook.secret, secret_webhook=webhook)
    return page(request, found, 422, webhook_form=form)


def visible_webhook(request: HttpRequest, code: str, pk: int) -> Webhook:
    found = administered(request, code)
    return get_object_or_404(Webhook.objects.visible_to(user_of(request)).filter(entity=found), pk=pk)


@require_safe
def webhook(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """What was sent there?"""
    found = visible_webhook(request, code, pk)
    context = {
        "heading": _("Webhook"),
        "question": _("What was sent, and did it arrive?"),
        "breadcrumb": [{"url": f"/entity/{code}/", "label": str(found.entity)}, {"url": "", "label": _("Webhook")}],
        "webhook": found,
        "page": Paginator(found.deliveries.all(), 50).get_page(request.GET.get("page")),
        "query": "",
    }
    return render(request, "submissions/webhook.html", context)


@require_POST
def renew_secret(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    renewed = actions.renew_secret(webhook=visible_webhook(request, code, pk), by=user_of(request))
    return page(request, administered(request, code), secret=renewed.secret, secret_webhook=renewed)


@require_POST
def unsubscribe(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    actions.unsubscribe(webhook=visible_webhook(request, code, pk), by=user_of(request))
    messages.success(request, _("Nothing more is sent there."))
    return redirect("entity", code)


@require_POST
def send_again(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    administered(request, code)
    deliveries = Delivery.objects.visible_to(user_of(request)).filter(webhook__entity__code=code)
    found = get_object_or_404(deliveries.select_related("webhook"), pk=pk)
    actions.send_again(delivery=found, by=user_of(request))
    messages.success(request, _("The message is sent again."))
    return redirect("webhook", code, found.webhook_id)
