"""What waits for a decision."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.reader import user_of
from submissions.models import Revision, RevisionState


@require_safe
def review(request: HttpRequest) -> HttpResponse:
    """What waits for a decision?"""
    user = user_of(request)
    if not (user.access.commission or user.access.supervises_as):
        raise Http404
    filed = Revision.objects.visible_to(user).with_names()
    state = request.GET.get("state", "")
    if state and state not in RevisionState.values:
        raise Http404
    listed = filed.filter(state=state) if state else filed.exclude(pk__in=filed.waiting().values("pk"))
    return render(
        request,
        "submissions/review.html",
        {
            "heading": _("Review") if user.access.commission else _("Reports addressed to us"),
            "question": _("What waits for a decision?")
            if user.access.reviews
            else _("What was filed, and how does it stand?"),
            "waiting": filed.waiting().order_by("filing__period__due_on", "-errors", "submitted_at"),
            "page": Paginator(listed, 50).get_page(request.GET.get("page")),
            "state": state,
            "states": RevisionState.choices,
            "query": f"state={state}" if state else "",
            "reviews": user.access.reviews,
        },
    )
