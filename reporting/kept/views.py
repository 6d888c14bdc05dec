"""`/views/`: which pages do I keep, and of which am I told what changed?"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.reader import language, user_of
from reporting.kept import actions
from reporting.models import KeptView
from reporting.models.kept import Rhythm
from reporting.vintages.views import require_commission
from submissions.actions.refusals import Refused


@require_safe
def views_page(request: HttpRequest) -> HttpResponse:
    user = require_commission(request)
    context = {
        "heading": _("My views"),
        "question": _("Which pages do I keep, and of which am I told what changed?"),
        "views": KeptView.objects.visible_to(user),
        "rhythms": Rhythm.choices,
    }
    return render(request, "reporting/views.html", context)


def mine(request: HttpRequest, pk: int) -> KeptView:
    return get_object_or_404(KeptView.objects.visible_to(user_of(request)), pk=pk)


@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Back to the page that was kept."""
    user, address = require_commission(request), request.POST.get("address", "")
    try:
        view = actions.keep_view(name=request.POST.get("name", ""), address=address, language=language(), by=user)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("views")
    messages.success(request, _("“%(name)s” is kept under My views.") % {"name": view.name})
    return redirect(view.address)


@require_POST
def rename(request: HttpRequest, pk: int) -> HttpResponse:
    view = mine(request, pk)
    return done(
        request,
        lambda: actions.rename_view(view=view, name=request.POST.get("name", ""), by=user_of(request)),
        _("The view has another name."),
    )


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    view = mine(request, pk)
    return done(request, lambda: actions.delete_view(view=view, by=user_of(request)), _("The view is gone."))


@require_POST
def subscribe(request: HttpRequest, pk: int) -> HttpResponse:
    view, rhythm = mine(request, pk), request.POST.get("rhythm", "")
    said = _("You will get a mail when something changes there.") if rhythm else _("You get no more mails of it.")
    return done(
        request,
        lambda: actions.subscribe_view(view=view, rhythm=rhythm, language=language(), by=user_of(request)),
        said,
    )


def done(request: HttpRequest, action: Any, said: str) -> HttpResponse:
    try:
        action()
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, said)
    return redirect("views")


@csrf_exempt  # mail programs send it without a session or a form (RFC 8058); the key is the right to do so
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def stop_digest(request: HttpRequest, key: str) -> HttpResponse:
    """End the mails of a view. Asked for first: programs that look into mails follow links."""
    view = actions.view_with(key)
    if view is None:
        raise Http404
    if request.method == "POST":
        actions.stop(view.pk)
    context = {"heading": _("No more mails"), "view": view, "stopped": request.method == "POST"}
    return render(request, "reporting/stop_digest.html", context)
