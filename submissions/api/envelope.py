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
from submissions.canonical import canonical_text
from submissions.models import Door, Filing, Obligation, ReportingPeriod
from submissions.sources import JSON, Fault, SourceError, from_observations, in_ascii, load_json, read_source

HEAD = ("return", "entity", "period")
KNOWN = {*HEAD, "version", "replaces", "reason", "observations"}
LONGEST_KEY = 200


@dataclass(frozen=True)
class Target:
    """The filing that a request names, which nobody may have started yet, and what it corrects."""

    obligation: Obligation
    period: ReportingPeriod
    replaces: int | None
    reason: str

    def filing(self, user: User) -> Filing:
        """Not stored."""
        return Filing(obligation=self.obligation, period=self.period, sandbox=user.access.sandbox)


@dataclass(frozen=True)
class Envelope:
    """A submission that was read."""

    target: Target
    submission: Submission


def read_envelope(request: Request) -> Envelope:
    """The submission in a request: JSON with its head in the body; CSV, NDJSON with it in the query. Raises Problem,
    SourceError."""
    if not isinstance(request.data, Body):  # without a body no parser is asked
        raise SourceError(Fault("empty", _("The body is empty.")))
    body, user = request.data, user_of(request)
    if body.media_type != JSON:
        target = read_target(request.query_params, user)
        return Envelope(target, canonical_submission(target, read_source(body.data, body.media_type), body))
    head = load_json(body.data) if body.data else {}
    if not isinstance(head, dict):
        raise SourceError(Fault("not_an_object", _("A submission is a JSON object.")))
    target = read_target(head, user, set(head) - KNOWN)
    return Envelope(target, canonical_submission(target, from_observations(head.get("observations")), body))


def canonical_submission(target: Target, raw: pl.DataFrame, body: Body) -> Submission:
    return Submission(canonical_text(target.period.definition, raw), body.data, body.media_type, Door.API)


def read_target(head: Mapping[str, Any], user: User, unknown: Iterable[str] = ()) -> Target:
    """The filing a head names. Entities of others do not exist for this user (404)."""
    require_readable(head, unknown)
    obligation, period = find(head["return"], head["entity"], head["period"], user, str(head.get("version") or ""))
    return Target(obligation, period, whole_number(head), str(head.get("reason") or ""))


def require_readable(head: Mapping[str, Any], unknown: Iterable[str] = ()) -> None:
    faults = [
        Fault("required", _("This field is required."), f"/{key}")
        for key in HEAD
        if not isinstance(head.get(key), str) or not head[key]
    ]
    faults += [Fault("not_text", _("This is not text."), f"/{key}") for key in (*HEAD, "version", "reason")
               if not storable(head.get(key))]  # fmt: skip
    faults += [Fault("unknown_field", _("Nobody reads this field."), f"/{in_ascii(key)}") for key in sorted(unknown)]
    if faults:
        raise Problem("invalid", _("Some fields are wrong; see errors."), 400, faults)


def whole_number(head: Mapping[str, Any]) -> int | None:
    given = head.get("replaces")
    if given in (None, ""):
        return None
    if not re.fullmatch("[0-9]{1,9}", str(given)):
        raise Problem("invalid", _("Some fields are wrong; see errors."), 400,
                      [Fault("invalid", _("The number of a revision."), "/replaces")])  # fmt: skip
    return int(str(given))


def idempotency_key(request: Request) -> str | None:
    return checked_key(request.headers.get("Idempotency-Key"))


def checked_key(key: Any) -> str | None:
    if key is not None and not (isinstance(key, str) and 0 < len(key) <= LONGEST_KEY and storable(key)):
        raise Problem("bad_idempotency_key", _("An idempotency key has 1 to 200 characters."), 400)
    return key


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
    period = ReportingPeriod.objects.filter(return_id=return_id, label=period_label).first()
    return fitting(return_id, entity, period_label, version, obligation, period, user)


def fitting(
    return_id: str, entity: str, label: str, version: str, obligation: Obligation | None,
    period: ReportingPeriod | None, user: User,
) -> tuple[Obligation, ReportingPeriod]:  # fmt: skip
    """What was found for a head, if this user files it, it is owed, and it is meant for this version."""
    if obligation is None or not Filing(obligation=obligation).editable_by(user):
        raise not_found(_("You file no '%(return)s' for '%(entity)s'.") % {"return": return_id, "entity": entity})
    if period is None or not obligation.covers(period):
        raise not_found(_("'%(return)s' is not owed for period '%(period)s'.") % {"return": return_id, "period": label})
    if version and version != period.version:
        raise Problem(
            "other_version",
            _("Period %(period)s is filed in version %(version)s.") % {"period": label, "version": period.version},
            422,
        )
    return obligation, period
