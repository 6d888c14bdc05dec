"""`/vintages/`: what changed between the figures as they stood then and as they stood later?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Any, Self, overload
from urllib.parse import urlencode

import polars as pl
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from portal.models import User
from portal.reader import language, user_of
from reporting.exports.asking import Asked, Misasked, past_day
from reporting.exports.views import filters
from reporting.exports.writing import as_csv
from reporting.vintages.comparing import ADDED, CHANGED, GONE, KINDS, TOLD, Moved, Vintages, as_table, vintages
from submissions.catalogue import catalogue
from submissions.definition import Definition
from submissions.presentation import in_language, missing_words, shown_value, unit_label

KIND_LABELS = {CHANGED: gettext_lazy("Changed"), ADDED: gettext_lazy("Added"), GONE: gettext_lazy("Gone")}
FIELD_LABELS = {
    "value": gettext_lazy("value"), "obs_status": gettext_lazy("status"), "unit": gettext_lazy("unit"),
    "qualifier": gettext_lazy("precision"), "low": gettext_lazy("lowest"), "high": gettext_lazy("highest"),
    "reason": gettext_lazy("reason"), "flags": gettext_lazy("flags"), "comment": gettext_lazy("comment"),
}  # fmt: skip
A_PAGE, FILINGS_SHOWN = 100, 200
LOOKED_BACK = timedelta(days=30)


@dataclass(frozen=True)
class Question:
    """Two days, and which figures."""

    since: date
    until: date
    asked: Asked
    kind: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        """The last thirty days, unless told otherwise. Raises Misasked."""
        given, today = request.GET, timezone.localdate()
        until = past_day(given, "to") or today
        since = past_day(given, "from") or until - LOOKED_BACK
        if since > until:
            raise Misasked("to", _("The later day lies before the earlier one."))
        if (kind := given.get("kind", "")) not in ("", *KINDS):
            raise Misasked("kind", _("One of: %(choices)s") % {"choices": ", ".join(KINDS)})
        return cls(since, until, Asked.of(given), kind)

    @property
    def query(self) -> str:
        days = [("from", str(self.since)), ("to", str(self.until)), ("kind", self.kind)]
        return "&".join(filter(None, [urlencode([pair for pair in days if pair[1]]), self.asked.query]))


def require_commission(request: Any) -> User:
    user = user_of(request)
    if not user.access.commission:
        raise Http404
    return user


@require_safe
def vintages_page(request: HttpRequest) -> HttpResponse:
    user, fault = require_commission(request), ""
    try:
        question = Question.of(request)
    except Misasked as wrong:
        today = timezone.localdate()
        question, fault = Question(today - LOOKED_BACK, today, Asked()), wrong.message
    found = vintages(user, question.since, question.until, question.asked)
    rows = found.rows.filter(pl.col("kind") == question.kind) if question.kind else found.rows
    page = Paginator(Shown(rows, found), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "heading": _("Vintages"),
        "question": _("What changed between the figures as they stood on two days, by whom, and why?"),
        "asked": question,
        "fault": fault,
        "filters": filters(question.asked, user),
        "kinds": [(kind, label, kind == question.kind) for kind, label in KIND_LABELS.items()],
        "today": timezone.localdate(),
        "counts": {kind: found.count(kind) for kind in KINDS},
        "moved": len(found.moved),
        "filings": [shown_filing(found, pair) for pair in islice(found.moved.values(), FILINGS_SHOWN)],
        "more": max(0, len(found.moved) - FILINGS_SHOWN),
        "page": page,
        "query": question.query,
    }
    return render(request, "reporting/vintages.html", context, status=400 if fault else 200)


def shown_filing(found: Vintages, pair: Moved) -> dict[str, Any]:
    filing = pair.now.filing
    counts = [(KIND_LABELS[kind], found.counts.get((filing.pk, kind), 0)) for kind in KIND_LABELS]
    return {"now": pair.now, "then": pair.then, "filing": filing, "counts": counts,
            "title": in_language(pair.now.definition.title)}  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """One side of a change, as `presentation` reads it."""

    value: str
    number: float | None
    low: float | None
    high: float | None
    obs_status: str
    unit: str
    qualifier: str
    reason: str
    flags: str
    comment: str

    @classmethod
    def of(cls, row: dict[str, Any], before: str) -> Self:
        return cls(**{name: row[f"{before}{name}"] for name in TOLD})

    def told(self, definition: Definition, code: str) -> str:
        """With its unit; the reason where there is no value."""
        if self.obs_status in definition.missing:
            return missing_words(definition, self, language())
        shown = shown_value(definition, self, definition.points.get(code), language())
        return f"{shown} {unit_label(definition, self.unit, language())}".strip()


@dataclass(frozen=True)
class Change:
    """A row of the page."""

    pair: Moved
    label: str
    address: str
    kind: str
    start: date
    end: date
    was: str
    now: str
    fields: tuple[str, ...]
    comments: tuple[str, str] | None

    @property
    def kind_label(self) -> str:
        return str(KIND_LABELS[self.kind])


@dataclass(frozen=True)
class Shown(Sequence[Change]):
    """The rows of a frame; only those that are looked at are put into words."""

    rows: pl.DataFrame
    found: Vintages

    def __len__(self) -> int:
        return self.rows.height

    @overload
    def __getitem__(self, place: int) -> Change: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Change]: ...
    def __getitem__(self, place: int | slice) -> Change | Sequence[Change]:
        if isinstance(place, int):
            return self.change(self.rows.row(place, named=True))
        return [self.change(row) for row in self.rows[place].iter_rows(named=True)]

    def change(self, row: dict[str, Any]) -> Change:
        pair = self.found.moved[row["filing"]]
        definition = catalogue().get(pair.now.filing.period.return_id, pair.now.version)
        kind = row["kind"]
        was = "" if kind == ADDED else Answer.of(row, "was_").told(definition, row["code"])
        now = "" if kind == GONE else Answer.of(row, "").told(definition, row["code"])
        fields = tuple(str(FIELD_LABELS[name]) for name in row["fields"].split(";") if name)
        comments = (row["was_comment"], row["comment"]) if "comment" in row["fields"].split(";") else None
        return Change(
            pair, definition.label_of(row["address"], language()), row["address"], kind, row["start"], row["end"], was, now,
            fields, comments,
        )  # fmt: skip


@require_safe
def vintages_csv(request: HttpRequest) -> HttpResponse:
    user = require_commission(request)
    try:
        question = Question.of(request)
    except Misasked as wrong:
        raise Http404 from wrong
    table = as_table(vintages(user, question.since, question.until, question.asked), language())
    chosen = table.filter(pl.col("kind") == question.kind) if question.kind else table
    response = HttpResponse(b"".join(as_csv([chosen])), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="vintages-{question.since}-{question.until}.csv"'
    return response
