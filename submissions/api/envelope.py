"""What surrounds the observations of a submission: for which filing, replacing what, and why."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.utils.translation import gettext as _
from rest_framework.request import Request

from portal.models import User
from portal.reader import user_of
from submissions.actions import Submission
from submissions.api.parsers import Body
from submissions.api.problems import Problem, not_found
from submissions.canonical import canonicalise
from submissions.models import Door, Filing, Obligation, ReportingPeriod
from submissions.sources import CSV, Fault, SourceError, from_csv, from_observations, load_json

HEAD = ("return", "entity", "period")
KNOWN = {*HEAD, "version", "replaces", "reason", "observations"}


@dataclass(frozen=True)
class Envelope:
    """A submission that was read: its filing is not made yet where nobody started it."""

    obligation: Obligation
    period: ReportingPeriod
    submission: Submission
    replaces: int | None
    reason: str


def read_envelope(request: Request) -> Envelope:
    """The submission in a request, JSON in the body or CSV with its head in the query. Raises Problem, SourceError."""
    if not isinstance(request.data, Body):  # without a body no parser is asked
        raise SourceError(Fault("empty", _("The body is empty.")))
    body = request.data
    user = user_of(request)
    if body.media_type == CSV:
        head: Mapping[str, Any] = request.query_params
        unknown: set[str] = set()
    else:
        head = load_json(body.data) if body.data else {}
        if not isinstance(head, dict):
            raise SourceError(Fault("not_an_object", _("A submission is a JSON object.")))
        unknown = set(head) - KNOWN
    obligation, period = locate(head, user, unknown)
    raw = from_csv(body.data) if body.media_type == CSV else from_observations(head.get("observations"))
    return Envelope(
        obligation,
        period,
        canonical_submission(obligation, period, raw, body),
        whole_number(head),
        str(head.get("reason") or ""),
    )


def canonical_submission(obligation: Obligation, period: ReportingPeriod, raw: pl.DataFrame, body: Body) -> Submission:
    filing = Filing(obligation=obligation, period=period)
    return Submission(canonicalise(period.definition, raw, filing.head), body.data, body.media_type, Door.API)


def whole_number(head: Mapping[str, Any]) -> int | None:
    given = head.get("replaces")
    if given in (None, ""):
        return None
    if not re.fullmatch("[0-9]{1,9}", str(given)):
        raise Problem("invalid", _("Some fields are wrong; see errors."), 400,
                      [Fault("invalid", _("The number of a revision."), "/replaces")])  # fmt: skip
    return int(str(given))


def locate(head: Mapping[str, Any], user: User, unknown: Iterable[str] = ()) -> tuple[Obligation, ReportingPeriod]:
    """The obligation and period a submission names. Entities of others do not exist for this user (404)."""
    faults = [
        Fault("required", _("This field is required."), f"/{key}")
        for key in HEAD
        if not isinstance(head.get(key), str) or not head[key]
    ]
    faults += [Fault("not_text", _("This is not text."), f"/{key}") for key in (*HEAD, "version", "reason")
               if not storable(head.get(key))]  # fmt: skip
    faults += [Fault("unknown_field", _("Nobody reads this field."), f"/{key}") for key in sorted(unknown)]
    if faults:
        raise Problem("invalid", _("Some fields are wrong; see errors."), 400, faults)
    return find(head["return"], head["entity"], head["period"], user, str(head.get("version") or ""))


def storable(text: Any) -> bool:
    """No NUL and no half of a surrogate pair: no database holds them."""
    return text is None or (isinstance(text, str) and not any(c == "\0" or "\ud800" <= c <= "\udfff" for c in text))


def storable_line(line: Mapping[str, Any]) -> bool:
    """Plain values, or lists of them, of text that a database holds."""
    values = (item for value in line.values() for item in (value if isinstance(value, list) else [value]))
    return all(isinstance(item, bool) or storable(item) for item in (*line, *values))


def find(
    return_id: str, entity: str, period_label: str, user: User, version: str = ""
) -> tuple[Obligation, ReportingPeriod]:
    obligation = (
        Obligation.objects.visible_to(user)
        .select_related("entity")
        .filter(entity__code__iexact=entity, return_id=return_id)
        .first()
    )
    if obligation is None or not Filing(obligation=obligation).editable_by(user):
        raise not_found(_("You file no '%(return)s' for '%(entity)s'.") % {"return": return_id, "entity": entity})
    period = ReportingPeriod.objects.filter(return_id=return_id, label=period_label).first()
    if period is None or not obligation.covers(period):
        raise not_found(
            _("'%(return)s' is not owed for period '%(period)s'.") % {"return": return_id, "period": period_label}
        )
    if version and version != period.version:
        raise Problem(
            "other_version",
            _("Period %(period)s is filed in version %(version)s.")
            % {"period": period_label, "version": period.version},
            422,
        )
    return obligation, period
