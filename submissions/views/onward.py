"""After a section is saved: where the pressed button leads."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.reader import language
from submissions.entry.lines import is_member, place_of
from submissions.entry.rows import anchor
from submissions.entry.sections import blocks, member_choices, pages
from submissions.models import Filing
from submissions.views.saving import number
from submissions.views.standing import Standing, form_of, note_check


def onward(request: HttpRequest, standing: Standing, category: int) -> HttpResponseRedirect:
    """Where the pressed button leads; the page looks the same again, with rows that were added and not yet filled."""
    filing, post = standing.filing, request.POST
    here = {"page": number(post.get("page")) or None, "group": post.getlist("opened")}
    if turned := number(post.get("turn")):
        return redirect(section_url(filing, category, page=turned))
    if post.get("go") == "check":
        note_check(request, filing)
        return redirect(section_url(filing, category, **here, to="findings"))
    if post.get("go") == "next":
        return redirect(next_url(request, standing, category))
    if "add" in post:
        return added(request, filing, category, here)
    if again := post.get("again", ""):
        return redirect(section_url(filing, category, **here, again=again, at=again, to=anchor(again)))
    accepted = next((name.split(".", 2)[2] for name in post if name.startswith("accept.")), "")
    return redirect(section_url(filing, category, **here, to=anchor(accepted)))


def next_url(request: HttpRequest, standing: Standing, category: int) -> str:
    """The next page or section; where a figure must be confirmed, that figure."""
    filing = standing.filing
    cut = pages(blocks(form_of(standing, category)))
    asked = [row for page in cut for block in page.blocks for group in block.groups for row in group.rows if row.asked]
    if asked:
        messages.warning(
            request, _("Some figures were not understood for certain. Say whether they are meant so, or mend them.")
        )
        return section_url(filing, category, at=asked[0].address, to=asked[0].anchor)
    page = number(request.POST.get("page")) or 1
    if page < len(cut):
        return section_url(filing, category, page=page + 1)
    later = [known for known in filing.definition.categories if known > category]
    return section_url(filing, later[0]) if later and category else reverse("check-draft", args=[filing.pk])


def added(request: HttpRequest, filing: Filing, category: int, here: dict[str, Any]) -> HttpResponseRedirect:
    """A new group of members, empty still: it lives in the address of the page until something is filled in."""
    name = request.POST["add"]
    dimensions = name.removeprefix("every ").split(";")
    if not set(dimensions) <= filing.definition.dimensions.keys():
        raise Http404
    if name.startswith("every "):
        combinations = [{dimensions[0]: member} for member in every_member(filing, dimensions[0])]
    else:
        chosen = {dim: request.POST.get(f"new.{name}.{dim}", "").strip() for dim in dimensions}
        if refusal := unfit(filing, chosen):
            messages.error(request, refusal)
            return redirect(section_url(filing, category, **here))
        combinations = [chosen]
    places = [place_of(dimensions, suffix_of(filing, members)) for members in combinations]
    groups = list(dict.fromkeys([*here["group"], *places]))
    return redirect(section_url(filing, category, group=groups, at=places[0], to=anchor(places[0])))


def unfit(filing: Filing, chosen: dict[str, str]) -> str:
    """Why these members make no group; empty where they do. A single dimension must be chosen; `_U` leaves it open."""
    names = {dim: filing.definition.dimensions[dim].label[language()].lower() for dim in chosen}
    if len(chosen) == 1 and not any(chosen.values()):
        return _("Choose what to add: %(dimension)s.") % {"dimension": ", ".join(names.values())}
    for dim, member in chosen.items():
        if member not in ("", "_U") and not is_member(filing.definition, dim, member):
            return _("“%(member)s” is no %(dimension)s of this form.") % {"member": member, "dimension": names[dim]}
    return ""


def every_member(filing: Filing, dimension: str) -> list[str]:
    known = filing.definition.dimensions[dimension]
    return [code for code, _label in member_choices(filing.definition, known, filing.head, language())]


def suffix_of(filing: Filing, members: dict[str, str]) -> str:
    stated = [
        f"{name}={members[name]}" for name in filing.definition.dimensions if members.get(name) not in (None, "", "_U")
    ]
    return f"[{','.join(stated)}]" if stated else ""


def section_url(filing: Filing, category: int, *, to: str = "", **query: Any) -> str:
    """The address of a section: page, rows that are open, and the place to jump to."""
    given = [(name, value) for name, values in query.items() if values
             for value in (values if isinstance(values, list) else [values])]  # fmt: skip
    asked = f"?{urlencode(given)}" if given else ""
    return reverse("edit-section", args=[filing.pk, category]) + asked + (f"#{to}" if to else "")
