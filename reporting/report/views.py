"""`/report/`: is the implementation report ready? For the Commission; everybody else gets a 404."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.reader import user_of
from reporting.models import Report
from reporting.report import actions, pictures, standing
from reporting.report.document import of_report
from reporting.report.forms import BeginForm, told
from reporting.report.outline import outline
from reporting.report.page import Part, parts, report_html
from reporting.report.pdf import report_pdf
from reporting.report.tree import Chart, Document, Section, Staff
from reporting.report.word import report_docx
from submissions.actions.refusals import Conflict, Refused
from submissions.duties import duties

KEPT_SECONDS = 120
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FORMATS: dict[str, tuple[str, str, Callable[[Document], bytes]]] = {
    "html": ("HTML", "text/html; charset=utf-8", report_html),
    "pdf": ("PDF", "application/pdf", report_pdf),
    "docx": ("DOCX", DOCX, report_docx),
}


def seen(request: HttpRequest, pk: int) -> Report:
    return get_object_or_404(Report.objects.visible_to(user_of(request)), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def reports(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    if not user.access.commission or (request.method == "POST" and not user.access.reviews):
        raise Http404
    form = BeginForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            report = actions.begin_report(**form.cleaned_data, by=user)
        except Refused as refusal:
            form.add_error(None, refusal.message)
        else:
            return redirect("report", report.pk)
    found = list(Report.objects.visible_to(user).select_related("made_by").prefetch_related("periods"))
    for one in found:
        one.told_periods = [told(period) for period in one.periods.all()]  # type: ignore[attr-defined]  # for the page
    context = {
        "heading": _("Implementation reports"),
        "question": _("Which reports under Article 9 are being written?"),
        "reports": found,
        "form": form,
        "may_write": user.access.reviews,
    }
    return render(request, "reporting/reports.html", context, status=422 if form.errors else 200)


@require_safe
def report(request: HttpRequest, pk: int) -> HttpResponse:
    user, found = user_of(request), seen(request, pk)
    document = of_report(found, user)
    rows = standing.section_rows(document, found.current_texts())
    periods = list(found.periods.all())
    owed = [one for one in duties(user, on=found.as_of) if one.period in periods]
    hindrances = list(standing.hindrances(found, owed, rows, found.as_of >= timezone.localdate()))
    context = frame(found, found.title, _("Is the implementation report ready?")) | {
        "answer": standing.answer(hindrances),
        "open": hindrances,
        "periods": [told(one) for one in periods],
        "sections": rows,
        "formats": [(kind, label) for kind, (label, _type, _write) in FORMATS.items()],
    }
    return render(request, "reporting/report.html", context)


@require_safe
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    found = seen(request, pk)
    document = of_report(found, user_of(request))
    cache.set(kept(found), document, KEPT_SECONDS)
    context = frame(found, found.title, document.subtitle, _("Preview")) | {
        "document": document,
        "parts": parts(document, source(found)),
    }
    return render(request, "reporting/report_preview.html", context)


def source(found: Report) -> Callable[[Chart], str]:
    return lambda chart: reverse("report-chart", args=[found.pk, chart.id])


@require_http_methods(["GET", "HEAD", "POST"])
def section(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One section: its text, the versions of it, and what is generated."""
    user, found = user_of(request), seen(request, pk)
    if name not in outline().sections or (request.method == "POST" and not user.access.reviews):
        raise Http404
    clash = ""
    if request.method == "POST":
        try:
            write(request, found, name)
        except Conflict as conflict:
            clash = conflict.message
        except (Refused, ValueError) as refused:
            raise Http404 from refused
        else:
            messages.success(request, _("Saved."))
            return redirect("report-section", found.pk, name)
    versions = list(found.texts.filter(section=name).select_related("written_by"))
    current = versions[0] if versions else None
    written = request.POST.get("text") if clash else None
    shown = next(one for one in of_report(found, user).all_sections() if one.id == name)
    context = frame(found, shown.heading, _("What does this section say?"), shown.heading) | {
        "versions": versions,
        "current": current,
        "number": current.number if current else 0,
        "text": written if written is not None else current.text if current else "",
        "clash": clash,
        "may_write": user.access.reviews,
        "parts": generated(shown, found),
    }
    return render(request, "reporting/report_section.html", context, status=409 if clash else 200)


def write(request: HttpRequest, found: Report, name: str) -> None:
    seen_number = int(request.POST.get("number", ""))
    if "restore" in request.POST:
        number = int(request.POST["restore"])
        actions.restore_section(report=found, section=name, number=number, after=seen_number, by=user_of(request))
    else:
        text = request.POST.get("text", "")
        actions.write_section(report=found, section=name, text=text, after=seen_number, by=user_of(request))


def generated(shown: Section, found: Report) -> list[Part]:
    blocks = [one for one in shown.blocks if not isinstance(one, Staff)]
    draw = source(found)
    return [Part(one.kind, one, draw(one) if isinstance(one, Chart) else "") for one in blocks]


@require_safe
def download(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    found = seen(request, pk)
    if kind not in FORMATS:
        raise Http404
    _label, media_type, written = FORMATS[kind]
    document = of_report(found, user_of(request))
    with translation.override(found.language):
        response = HttpResponse(written(document), content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="report-{found.pk}-{found.language}.{kind}"'
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def chart(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """A picture of the preview; the document that the page was made from is kept for the pictures it asks for."""
    found = seen(request, pk)
    document: Document = cache.get(kept(found)) or of_report(found, user_of(request))
    cache.set(kept(found), document, KEPT_SECONDS)
    drawn = document.charts().get(name)
    if drawn is None:
        raise Http404
    with translation.override(found.language):
        response = HttpResponse(pictures.svg(drawn), content_type="image/svg+xml")
    response["Cache-Control"] = "private, no-cache"
    return response


def kept(found: Report) -> str:
    return f"report-{found.pk}"


def frame(found: Report, heading: str, question: str, step: str = "") -> dict[str, Any]:
    steps = [{"label": _("Implementation reports"), "url": reverse("reports")}]
    steps += [{"label": found.title, "url": reverse("report", args=[found.pk])}]
    return {
        "report": found,
        "heading": heading,
        "question": question,
        "breadcrumb": [*steps, {"label": step}] if step else steps,
    }
