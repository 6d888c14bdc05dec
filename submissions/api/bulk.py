"""`/revisions/bulk/`: many filings in one request, each with its own answer, or all of them or none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import polars as pl
from django.db import transaction
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from portal.models import User
from portal.reader import user_of
from submissions import actions
from submissions.actions import Refused, Submission
from submissions.api.envelope import KNOWN, Target, checked_key, fitting, require_readable, whole_number
from submissions.api.inputs import BulkIn
from submissions.api.parsers import ExactJSONParser
from submissions.api.problems import Problem, of_refusal, of_source, problem
from submissions.api.proof import ProblemShape
from submissions.api.serializers import RevisionShape
from submissions.canonical import canonical_text
from submissions.models import Door, Obligation, ReportingPeriod, Revision
from submissions.sources import JSON, Fault, SourceError, from_observations

MOST_FILINGS = 500
UNDONE = 424
"""Of a filing that was sound, in a request that was all or nothing."""


class BulkItemShape(serializers.Serializer[Any]):
    status = serializers.IntegerField(help_text="As if it had been sent alone.")
    revision = RevisionShape(allow_null=True)
    problem = ProblemShape(allow_null=True)


class BulkShape(serializers.Serializer[Any]):
    filed = serializers.IntegerField()
    replayed = serializers.IntegerField(help_text="Had been filed before with the same content.")
    refused = serializers.IntegerField()
    results = BulkItemShape(many=True, help_text="In the order of the filings.")


@dataclass(frozen=True)
class Item:
    """One filing of the request, read."""

    target: Target
    lines: pl.DataFrame
    """As sent; canonical once all are read."""
    source: bytes
    key: str | None


@dataclass
class Result:
    """How a filing ended: a revision, or a problem."""

    revision: int | None = None
    created: bool = False
    problem: dict[str, Any] | None = None

    @property
    def status(self) -> int:
        return self.problem["status"] if self.problem else 201 if self.created else 200


class BulkView(APIView):
    parser_classes = [ExactJSONParser]

    @extend_schema(operation_id="revisions_file_many", request=BulkIn, responses={200: BulkShape, 422: BulkShape})
    def post(self, request: Request) -> Response:
        """File up to 500 at once. Every filing gets its own status, with the revision or the problem, in the order they
        were sent. With "atomic": true one refusal leaves all of them out, and the answer is 422."""
        body, user = request.data, user_of(request)
        filings, atomic = envelope_of(body)
        items, results = read_items(filings, user)
        if not atomic:
            for index, item in items.items():
                with noted(results[index]):
                    results[index] = file_one(item, user)
            return Response(summary(results))
        if not any(result.problem for result in results):
            file_all_or_none(items, results, user)
        if any(result.problem for result in results):
            undo(results)
            return Response(summary(results), status=422)
        return Response(summary(results))


def envelope_of(body: Any) -> tuple[list[Any], bool]:
    if not isinstance(body, dict):
        raise SourceError(Fault("not_an_object", _("The body is a JSON object with a list of filings.")))
    filings, atomic = body.get("filings"), body.get("atomic", False)
    faults = []
    if not isinstance(filings, list) or not filings:
        faults.append(Fault("required", _("A list of filings."), "/filings"))
    elif len(filings) > MOST_FILINGS:
        sentence = _("At most %(most)s filings at once.") % {"most": MOST_FILINGS}
        faults.append(Fault("too_many", sentence, "/filings"))
    if not isinstance(atomic, bool):
        faults.append(Fault("invalid", _("true or false"), "/atomic"))
    if faults:
        raise Problem("invalid", _("Some fields are wrong; see errors."), 400, faults)
    return filings or [], atomic


def read_items(filings: list[Any], user: User) -> tuple[dict[int, Item], list[Result]]:
    """What can be read of a request, by its place, and what cannot, as a result."""
    known = Known.of(filings, user)
    items: dict[int, Item] = {}
    results = [Result() for _filing in filings]
    for index, filing in enumerate(filings):
        with noted(results[index]):
            items[index] = read_item(filing, known, user)
    return canonical(items), results


def canonical(items: dict[int, Item]) -> dict[int, Item]:
    """All filings of one definition in one pass: what a pass costs does not depend on the lines."""
    found: dict[int, Item] = {}
    by_definition = groupby(sorted(items, key=lambda index: definition_of(items[index])),
                            key=lambda index: definition_of(items[index]))  # fmt: skip
    for _definition, group in by_definition:
        indices = list(group)
        definition = items[indices[0]].target.period.definition
        raw = pl.concat(items[index].lines.with_columns(pl.lit(index).alias("item")) for index in indices)
        lines = canonical_text(definition, raw)
        parts = lines.partition_by("item", as_dict=True, include_key=False)
        for index in indices:
            found[index] = replace(items[index], lines=parts.get((index,), lines.clear().drop("item")))
    return found


def definition_of(item: Item) -> tuple[str, str]:
    return item.target.period.return_id, item.target.period.version


@dataclass(frozen=True)
class Known:
    """Obligations and periods that the filings name, fetched together."""

    obligations: dict[tuple[str, str], Obligation]
    periods: dict[tuple[str, str], ReportingPeriod]

    @classmethod
    def of(cls, filings: list[Any], user: User) -> Known:
        returns = {str(f.get("return")) for f in filings if isinstance(f, dict) and isinstance(f.get("return"), str)}
        named = [name for name in returns if name.isascii() and name.isprintable()]
        owed = Obligation.objects.visible_to(user).select_related("entity").filter(return_id__in=named)
        periods = ReportingPeriod.objects.filter(return_id__in=named)
        return cls(
            {(one.return_id, one.entity.code.lower()): one for one in owed},
            {(one.return_id, one.label): one for one in periods},
        )


def read_item(filing: Any, known: Known, user: User) -> Item:
    if not isinstance(filing, dict):
        raise SourceError(Fault("not_an_object", _("A submission is a JSON object.")))
    require_readable(filing, set(filing) - KNOWN - {"idempotency_key"})
    return_id, entity, label = filing["return"], filing["entity"], filing["period"]
    obligation, period = fitting(
        return_id, entity, label, str(filing.get("version") or ""),
        known.obligations.get((return_id, entity.lower())), known.periods.get((return_id, label)), user,
    )  # fmt: skip
    target = Target(obligation, period, whole_number(filing), str(filing.get("reason") or ""))
    raw = from_observations(filing.get("observations"))
    return Item(
        target, raw, json.dumps(filing, ensure_ascii=False).encode(), checked_key(filing.get("idempotency_key"))
    )


@contextmanager
def noted(result: Result) -> Iterator[None]:
    """A refusal becomes the result of its filing."""
    try:
        yield
    except Problem as refusal:
        result.problem = problem(refusal.problem_code, refusal.problem_detail, refusal.status_code, refusal.faults)
    except SourceError as error:
        result.problem = of_source(error)
    except Refused as refusal:
        result.problem = of_refusal(refusal)


def file_one(item: Item, user: User) -> Result:
    target, submission = item.target, Submission(item.lines, item.source, JSON, Door.API)
    revision, created = actions.file_revision(
        obligation=target.obligation, period=target.period, submission=submission, by=user, replaces=target.replaces,
        reason=target.reason, idempotency_key=item.key,
    )  # fmt: skip
    return Result(revision.pk, created)


def file_all_or_none(items: dict[int, Item], results: list[Result], user: User) -> None:
    """In one transaction. Filings are locked in one order whatever the request's, so that two requests never wait for
    each other."""
    order = sorted(items, key=lambda index: (items[index].target.obligation.pk, items[index].target.period.pk))
    with transaction.atomic():
        for index in order:
            with noted(results[index]):
                results[index] = file_one(items[index], user)
        if any(result.problem for result in results):
            transaction.set_rollback(True)


def undo(results: list[Result]) -> None:
    for result in results:
        if result.problem is None:
            result.revision, result.created = None, False
            result.problem = problem("not_filed", _("Another filing of this request was refused."), UNDONE)


def summary(results: list[Result]) -> dict[str, Any]:
    rows = Revision.objects.for_machines().filter(pk__in=[r.revision for r in results if r.revision])
    shown = {one["id"]: one for one in RevisionShape(rows, many=True).data}
    return {
        "filed": sum(r.created for r in results),
        "replayed": sum(r.revision is not None and not r.created for r in results),
        "refused": sum(r.problem is not None for r in results),
        "results": [
            {
                "status": r.status,
                "revision": shown[r.revision] if r.revision else None,
                "problem": r.problem,
            }
            for r in results
        ],
    }
