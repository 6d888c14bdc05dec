"""Errors as RFC 9457 problem details with a stable `code`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.response import Response

from portal.rates import Throttle
from submissions.actions import Refused
from submissions.models import Upload
from submissions.sources import Fault, SourceError

MEDIA_TYPE = "application/problem+json"


class Problem(exceptions.APIException):
    """A problem with its own code, and the places it concerns."""

    def __init__(self, code: str, detail: str, status_code: int = 400, faults: Iterable[Fault] = ()) -> None:
        super().__init__(detail, code)
        self.status_code = status_code
        self.problem_code, self.problem_detail, self.faults = code, detail, list(faults)


def not_found(what: str) -> Problem:
    return Problem("not_found", what, 404)


TITLES = {
    400: gettext_lazy("The request cannot be read"),
    401: gettext_lazy("Sign in first"),
    403: gettext_lazy("Not allowed"),
    404: gettext_lazy("Not found"),
    405: gettext_lazy("Method not allowed"),
    406: gettext_lazy("Not acceptable"),
    409: gettext_lazy("Conflict"),
    412: gettext_lazy("The resource changed meanwhile"),
    413: gettext_lazy("Too large"),
    415: gettext_lazy("Media type not supported"),
    422: gettext_lazy("The request cannot be done"),
    428: gettext_lazy("A precondition is needed"),
    429: gettext_lazy("Too many requests"),
}


def problem(code: str, detail: str, status_code: int, faults: Iterable[Fault] = ()) -> dict[str, Any]:
    """The members of a problem."""
    return {
        "type": f"urn:problem:{code}",
        "title": str(TITLES.get(status_code, _("Error"))),
        "status": status_code,
        "detail": detail,
        "code": code,
        "errors": [{"pointer": f.pointer, "address": "", "code": f.code, "detail": f.told(_)} for f in faults],
    }


def problem_response(code: str, detail: str, status_code: int, faults: Iterable[Fault] = ()) -> Response:
    return Response(problem(code, detail, status_code, faults), status=status_code, content_type=MEDIA_TYPE)


REFUSALS = {
    "stale_edit": 412, "not_a_filer": 403, "not_a_reviewer": 403, "own_submission": 403, "revision_exists": 409,
    "nothing_to_replace": 409, "idempotency_key_reused": 409, "not_the_latest": 409, "decided_already": 409,
    "reason_missing": 422, "not_owed": 422, "not_checked": 422, "errors_stand": 422, "unknown_rule": 422,
    "explanation_too_long": 422, "too_many_webhooks": 422, "unknown_event": 422, "forbidden_address": 422,
}  # fmt: skip
"""Status of each code that actions refuse with."""


def of_refusal(refusal: Refused) -> dict[str, Any]:
    return problem(refusal.code, refusal.message, REFUSALS.get(refusal.code, 422))


def of_source(error: SourceError) -> dict[str, Any]:
    return problem("unreadable", "; ".join(f.told(_) for f in error.faults), 400, error.faults)


def of_upload(upload: Upload) -> dict[str, Any] | None:
    """Why an uploaded file was not filed: it could not be read, or what was read was refused."""
    faults = [Fault(**fault) for fault in upload.faults]
    if not faults:
        return None
    if faults[0].code in REFUSALS:
        return problem(faults[0].code, faults[0].told(_), REFUSALS[faults[0].code])
    return of_source(SourceError(*faults))


def told(body: dict[str, Any]) -> Response:
    return Response(body, status=body["status"], content_type=MEDIA_TYPE)


def as_problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF exception handler: every known error as a problem; None lets an unknown one be a logged 500."""
    request = context["request"]
    if not hasattr(request._request, "rate"):
        # Refused before it was counted, such as for a wrong token: nobody guesses tokens at any speed.
        throttle = Throttle()
        if not throttle.allow_request(request, context["view"]):
            error = exceptions.Throttled(throttle.wait())
    match error:
        case Problem():
            return problem_response(error.problem_code, error.problem_detail, error.status_code, error.faults)
        case SourceError():
            return told(of_source(error))
        case Refused():
            return told(of_refusal(error))
        case Http404():
            return problem_response("not_found", _("There is nothing here, or you may not see it."), 404)
        case PermissionDenied():
            return problem_response("permission_denied", _("You may not do this."), 403)
        case exceptions.APIException():
            response = problem_response(code_of(error), detail_of(error), error.status_code, faults_of(error.detail))
            for name, attribute in (("WWW-Authenticate", "auth_header"), ("Retry-After", "wait")):
                if value := getattr(error, attribute, None):
                    response[name] = str(int(value) if isinstance(value, float) else value)
            return response
    return None


def code_of(error: exceptions.APIException) -> str:
    return "invalid" if isinstance(error, exceptions.ValidationError) else error.default_code


def detail_of(error: exceptions.APIException) -> str:
    if isinstance(error, exceptions.ValidationError):
        return _("Some fields are wrong; see errors.")
    return str(error.detail)


def faults_of(detail: Any, pointer: str = "") -> list[Fault]:
    """Serializer errors, each with the JSON pointer of its field."""
    if isinstance(detail, dict):
        return [f for key, item in detail.items() for f in faults_of(item, f"{pointer}/{key}")]
    if isinstance(detail, list):
        return [f for item in detail for f in faults_of(item, pointer)]
    return [Fault(str(getattr(detail, "code", "invalid")), str(detail), pointer)] if pointer else []
