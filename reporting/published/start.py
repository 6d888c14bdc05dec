"""The start page: what was published last, in three sentences and a chart."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from reporting.published.pictures import Picture, names_by_code, pictures
from reporting.published.reports import Report, reports
from reporting.published.serving import free_to_use
from reporting.released import released


@dataclass(frozen=True)
class Sentence:
    text: str
    url: str
    link: str


@require_safe
@login_not_required
def start(request: HttpRequest) -> HttpResponse:
    """What is this, what has been published?"""
    newest = next(iter(released().values()), None)
    drawn = pictures(newest, names_by_code()) if newest else []
    heading = _("Reports on online child sexual abuse, filed once and comparable")
    return render(
        request,
        "start.html",
        {
            "heading": heading,
            "sentences": sentences(drawn, reports()),
            "picture": drawn[0] if drawn else None,
            **free_to_use(),
        },
    )


def sentences(drawn: list[Picture], published: list[Report]) -> list[Sentence]:
    """Two sums of Member States, as far as they are open, and what there is of providers; each with where it stands."""
    sums = [of_states(one) for one in drawn if one.sum][:2]
    return [*sums, of_providers(published)] if published else sums


def of_states(picture: Picture) -> Sentence:
    one = picture.one
    return Sentence(
        picture.sum,
        reverse("statistics-of", args=[one.definition.return_id, one.label]),
        _("Statistics of the Member States"),
    )


def of_providers(published: list[Report]) -> Sentence:
    newest, count = published[0], len(published)
    text = ngettext(
        "%(n)s report of a provider is published, the newest by %(who)s for %(period)s.",
        "%(n)s reports of providers are published, the newest by %(who)s for %(period)s.",
        count,
    ) % {"n": count, "who": newest.entity, "period": newest.period.label}
    return Sentence(text, reverse("published"), _("Published reports"))
