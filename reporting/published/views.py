"""Published reports, the register of organisations, the catalogue and the dumps: pages and copies for machines."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import condition

from portal.reader import language
from reporting.published import catalogue, copies, dumps, register
from reporting.published.reports import Hit, Report, explanations, report_of, reports, said_last, search
from reporting.published.revisions import last_change
from reporting.published.serving import CSV, JSON, LICENCE_LINK, TEXT, dated, file, page, public
from submissions import actions
from submissions.definition import Definition
from submissions.models import Explanation, Observation, Revision
from submissions.presentation import as_filed, in_language, missing_words, shown_value
from submissions.views.common import news

REPORTS_A_PAGE, LINES_A_PAGE, HITS_SHOWN = 25, 400, 3


# Reports ------------------------------------------------------------------------------------------------------


@public
def published(request: HttpRequest) -> HttpResponse:
    """What did each provider report?"""
    words, provider, year = (request.GET.get(name, "").strip() for name in ("q", "provider", "year"))
    everything = reports()
    asked = [one for one in everything if provider in ("", one.entity.code) and year in ("", one.period.label)]
    found = Paginator(search(asked, words), REPORTS_A_PAGE).get_page(request.GET.get("page"))
    kept = request.GET.copy()
    kept.pop("page", None)
    return page(
        request,
        "reporting/published.html",
        newest_change(everything),
        heading=_("Published reports"),
        question=_("What did each provider report?"),
        words=words,
        provider=provider,
        year=year,
        providers=sorted({(one.entity.code, one.entity.name) for one in everything}, key=lambda one: one[1].casefold()),
        years=sorted({one.period.label for one in everything}, reverse=True),
        anything=bool(everything),
        page=found,
        query=kept.urlencode(),
        rows=[
            (hit, [in_short(line, hit) for line in hit.lines[:HITS_SHOWN]], len(hit.lines) - HITS_SHOWN)
            for hit in found
        ],
    )


def newest_change(among: list[Report]) -> datetime | None:
    return max((one.changed for one in among), default=None)


def in_short(line: Observation, hit: Hit) -> tuple[str, str]:
    """A line in which the words stand: its label and its answer."""
    definition = hit.report.newest.definition
    point = definition.points.get(line.code)
    if line.obs_status in definition.missing:
        said = missing_words(definition, line, language())
    else:
        said = shown_value(definition, line, point, language())
    return definition.label_of(line.address, language()), " – ".join(filter(None, [said, line.comment]))


def version_at(return_id: str, entity: str, label: str, number: int | None = None) -> tuple[Report, Revision]:
    """The version with this number, else the newest; 404 for what is not public."""
    report = report_of(return_id, entity, label)
    found = next((one for one in report.versions if number in (None, one.number)), None) if report else None
    if report is None or found is None:
        raise Http404
    return report, found


@public
def report_page(
    request: HttpRequest, return_id: str, entity: str, label: str, number: int | None = None
) -> HttpResponse:
    """What exactly was reported?"""
    report, version = version_at(return_id, entity, label, number)
    lines = Paginator(version.observations.all(), LINES_A_PAGE).get_page(request.GET.get("page"))
    said = explanations(version)
    before = report.before(version)
    title = {"title": in_language(version.definition.title), "who": report.entity, "period": report.period.label}
    kept = request.GET.copy()
    kept.pop("page", None)
    return page(
        request,
        "reporting/published_report.html",
        said_last(report),
        heading=_("%(title)s, %(who)s, %(period)s") % title,
        question=_("What exactly was reported?"),
        breadcrumb=[
            {"url": f"/published/?language={language()}", "label": _("Published reports")},
            {"url": "", "label": f"{report.entity}, {report.period.label}"},
        ],
        report=report,
        version=version,
        versions=[(one, copies.accepted_on(one)) for one in report.versions],
        facts=facts(report, version),
        groups=as_filed(version, lines.object_list, [], language()),
        page=lines,
        query=kept.urlencode(),
        explanations=[(one, labelled(version.definition, one)) for one in said],
        new=news_since(version, before) if before else None,
    )


def labelled(definition: Definition, said: Explanation) -> str:
    """What an explanation is about: a data point, or the report as a whole."""
    return definition.label_of(said.address, language()) if said.address else _("The report as a whole")


def news_since(version: Revision, before: Revision) -> dict[str, Any]:
    return news(version.definition, before, actions.canonical_lines(version))


def facts(report: Report, version: Revision) -> list[tuple[str, Any]]:
    def day(value: Any) -> str | None:
        return date_format(value, "DATE_FORMAT") if value else None

    period = report.period
    return [
        (_("Reporting period"), f"{day(period.start)} – {day(period.end)}"),
        (_("Filed on"), day(version.filed_on)),
        (_("Accepted on"), day(copies.accepted_on(version))),
        (_("Version"), f"{version.number}"),
        (_("Receipt"), version.receipt),
        *([(_("Source"), str(version.get_door_display()))] if version.door == "import" else []),
    ]


@public
def report_csv(request: HttpRequest, return_id: str, entity: str, label: str, number: int) -> HttpResponse:
    _report, version = version_at(return_id, entity, label, number)
    return file(copies.as_csv(version), CSV, copies.name(version, "csv"), version.decided_at)


@public
def report_json(request: HttpRequest, return_id: str, entity: str, label: str, number: int) -> HttpResponse:
    report, version = version_at(return_id, entity, label, number)
    return file(copies.as_json(report, version), JSON, copies.name(version, "json"), said_last(report))


@public
def report_content(request: HttpRequest, return_id: str, entity: str, label: str, number: int) -> HttpResponse:
    """The canonical content: its sha256 is that of the version. Exact, so text is not made safe for spreadsheets: it is
    served as plain text, which none of them opens by itself."""
    _report, version = version_at(return_id, entity, label, number)
    response = file(copies.canonical(version), TEXT, copies.name(version, "txt"), version.decided_at)
    response["ETag"] = f'"{version.content_hash}"'
    return response


# The register -------------------------------------------------------------------------------------------------


@public
def organisations(request: HttpRequest) -> HttpResponse:
    """Which organisations received data, or sent reports?"""
    found = register.organisations()
    count = ngettext("%(n)s organisation", "%(n)s organisations", len(found)) % {"n": len(found)}
    return page(
        request,
        "reporting/published_organisations.html",
        last_change(),
        heading=_("Register of organisations"),
        question=_("To which organisations was data reported, which sent reports, and who says so?"),
        organisations=found,
        count=count,
    )


@public
def organisations_csv(request: HttpRequest) -> HttpResponse:
    return file(register.as_csv(), CSV, "organisations.csv", last_change())


@public
def organisations_json(request: HttpRequest) -> HttpResponse:
    return file(register.as_json(), JSON, "organisations.json", last_change())


# The catalogue ------------------------------------------------------------------------------------------------


@public
def catalogue_file(request: HttpRequest, ending: str) -> HttpResponse:
    """What there is, for data portals: DCAT-AP 3."""
    form = catalogue.FORMS[ending]
    root = request.build_absolute_uri("/").rstrip("/")
    changed = max(filter(None, (last_change(), *(one.written_at for one in dumps.kept()[:1]))), default=None)
    found = catalogue.document(root, form.name, changed)
    headers = {"ETag": found.etag, "Link": LICENCE_LINK}
    return dated(HttpResponse(found.data, content_type=form.media_type, headers=headers), changed)


# Dumps --------------------------------------------------------------------------------------------------------


@public
def dumps_page(request: HttpRequest) -> HttpResponse:
    """How do I get everything at once?"""
    found = dumps.kept()
    return page(
        request,
        "reporting/published_dumps.html",
        found[0].written_at if found else None,
        heading=_("Everything in one file"),
        question=_("How do I get everything that is public at once?"),
        dumps=found,
    )


def dump_etag(request: HttpRequest, name: str) -> str | None:
    found = dumps.named(name)
    return f'"{found.sha256}"' if found else None


def dump_time(request: HttpRequest, name: str) -> datetime | None:
    found = dumps.named(name)
    return found.written_at if found else None


@public
@condition(etag_func=dump_etag, last_modified_func=dump_time)
def dump(request: HttpRequest, name: str) -> FileResponse:
    found = dumps.named(name)
    if found is None:
        raise Http404
    return FileResponse(found.path.open("rb"), as_attachment=True, filename=found.name, content_type="application/zip")


@public
def dump_checksum(request: HttpRequest, name: str) -> HttpResponse:
    """As `sha256sum --check` reads it."""
    found = dumps.named(name)
    if found is None:
        raise Http404
    return dated(HttpResponse(found.checksum_line, content_type=TEXT), found.written_at)
