"""Statistics for everybody: what was released, with disclosure control applied, as pages, charts, CSV and JSON."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from portal.reader import language
from reporting import charts
from reporting.disclosure import SMALL
from reporting.published import figures, pictures
from reporting.published.figures import why
from reporting.published.serving import CSV, JSON, dated, file, page, public
from reporting.released import released
from reporting.statistics import Line, Statistics, UnionTotal
from submissions.presentation import in_language, missing_words, notes, number, shown_value, unit_label


def known(return_id: str, label: str) -> Statistics:
    found = released().get((return_id, label))
    if found is None:
        raise Http404
    return found


@dataclass(frozen=True)
class Shown:
    """A row of the page."""

    name: str
    value: str
    missing: str
    unit: str
    days: tuple[Any, Any] | None
    notes: list[str]


@dataclass(frozen=True)
class Block:
    """One data point: a figure of every Member State, then what they add up to."""

    label: str
    rows: list[Shown]
    totals: list[Shown]


@public
def statistics(request: HttpRequest) -> HttpResponse:
    """The newest release."""
    return statistics_page(request, next(iter(released().values()), None))


@public
def statistics_of(request: HttpRequest, return_id: str, label: str) -> HttpResponse:
    return statistics_page(request, known(return_id, label))


def statistics_page(request: HttpRequest, one: Statistics | None) -> HttpResponse:
    names, releases = pictures.names_by_code(), list(released().values())
    context: dict[str, Any] = {
        "heading": _("Statistics of the Member States"),
        "question": _("What did the Member States report?"),
        "releases": releases,
        "one": one,
        "pictures": pictures.pictures(one, names) if one else [],
        "sections": sections(one, names) if one else [],
        "small": why(SMALL, one.threshold) if one else "",
    }
    if one:
        title = {"title": in_language(one.definition.title), "period": one.label}
        context["heading"] = _("%(title)s, %(period)s") % title
    changed = max((other.released_at for other in releases), default=None)
    return page(request, "reporting/published_statistics.html", changed, **context)


def sections(one: Statistics, names: Mapping[str, str]) -> list[tuple[str, list[Block]]]:
    """Categories with the data points that anybody answered, in the order of the form."""
    lines: dict[str, dict[str, list[Line]]] = defaultdict(lambda: defaultdict(list))
    for line in one.lines:
        lines[line.code][line.address].append(line)
    totals = defaultdict(list)
    for total in one.totals:
        totals[total.address].append(total)
    blocks: dict[int, list[Block]] = defaultdict(list)
    for point in one.definition.points.values():
        for address, some in lines.get(point.code, {}).items():
            rows = [shown_line(one, line, names[line.entity]) for line in some]
            rows.sort(key=lambda row: row.name)
            sums = [shown_total(one, total) for total in totals[address]]
            blocks[point.category].append(Block(one.definition.label_of(address, language()), rows, sums))
    return [
        (f"{category.number}. {in_language(category.label)}", blocks[category.number])
        for category in one.definition.categories.values()
        if blocks[category.number]
    ]


def shown_line(one: Statistics, line: Line, name: str) -> Shown:
    point = one.definition.points[line.code]
    if line.withheld:
        value, missing = "", why(line.withheld, one.threshold)
    elif line.valued:
        value, missing = shown_value(one.definition, line, point, language()), ""
    else:
        value, missing = "", missing_words(one.definition, line, language())
    return Shown(
        name,
        value,
        missing,
        unit_label(one.definition, line.unit, language()),
        (line.start, line.end) if line.own_period else None,
        notes(one.definition, line, language()) if not line.withheld else [],
    )


def shown_total(one: Statistics, total: UnionTotal) -> Shown:
    count = {"n": len(total.entities), "all": one.bodies}
    return Shown(
        _("Sum of %(n)s of %(all)s that can be added") % count,
        number(total.number, language()),
        why(total.withheld, one.threshold),
        unit_label(one.definition, total.unit, language()),
        (total.start, total.end) if (total.start, total.end) != (one.start, one.end) else None,
        [", ".join(entity.upper() for entity in total.entities)],
    )


@public
def statistics_csv(request: HttpRequest, return_id: str, label: str) -> HttpResponse:
    one = known(return_id, label)
    return file(figures.as_csv(one), CSV, f"{return_id}-{label}.csv", one.released_at)


@public
def statistics_json(request: HttpRequest, return_id: str, label: str) -> HttpResponse:
    one = known(return_id, label)
    return file(figures.as_json(one), JSON, f"{return_id}-{label}.json", one.released_at)


@public
def statistics_svg(request: HttpRequest, return_id: str, label: str, panel_id: str) -> HttpResponse:
    """A picture of one panel: what can be compared, and nothing else."""
    one = known(return_id, label)
    found = next(
        (picture for picture in pictures.pictures(one, pictures.names_by_code()) if picture.panel.id == panel_id), None
    )
    if found is None:
        raise Http404
    width = charts.NARROW if request.GET.get("size") == "narrow" else charts.WIDE
    drawn = charts.svg(pictures.drawn(found, width))
    return dated(HttpResponse(drawn, content_type="image/svg+xml"), one.released_at)
