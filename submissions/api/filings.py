"""`/revisions/`, `/check/`, `/filings/`, `/jobs/`, `/obligations/`: file, follow, correct, decide."""

from __future__ import annotations

import json
from typing import Any, cast

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from portal.reader import language, user_of
from submissions import actions
from submissions.api import pagination, serializers
from submissions.api.envelope import find, read_envelope, storable_line
from submissions.api.filters import RevisionFilter
from submissions.api.parsers import ExactJSONParser, SubmissionCSVParser, SubmissionJSONParser
from submissions.api.problems import Problem
from submissions.canonical import canonicalise, content
from submissions.duties import duties
from submissions.models import Door, Draft, Filing, Finding, Job, Observation, Revision
from submissions.sources import JSON, Fault, SourceError, from_observations

PROBLEM = OpenApiResponse(serializers.ProblemShape, description="Problem details")
CSV_HEAD = [
    OpenApiParameter(name, str, description="For CSV bodies: what a JSON body says in this field.")
    for name in ("return", "version", "entity", "period", "replaces", "reason")
]
KEY = OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, description="Makes a repeated POST harmless.")
IF_MATCH = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, description="ETag of the draft that is replaced.")
SUBMISSION = {"application/json": serializers.SubmissionIn, "text/csv": OpenApiTypes.STR}
LONGEST_KEY = 200


class CheckView(APIView):
    parser_classes = [SubmissionJSONParser, SubmissionCSVParser]

    @extend_schema(operation_id="check", request=SUBMISSION, parameters=CSV_HEAD,
                   responses={200: OpenApiTypes.OBJECT, 400: PROBLEM, 404: PROBLEM})  # fmt: skip
    def post(self, request: Request) -> Response:
        """Judge without filing: everything that is wrong, in one answer. Nothing is stored."""
        envelope = read_envelope(request)
        filing = Filing(obligation=envelope.obligation, period=envelope.period)
        definition = envelope.period.definition
        verdict = actions.judge(filing, envelope.submission.lines)
        media_type = envelope.submission.media_type
        return Response(
            {
                "counts": {severity: verdict.count(severity) for severity in ("error", "warning", "info")}
                | {"not_evaluated": sum(bool(f.blocked_by) for f in verdict.findings)},
                "findings": [serializers.finding_json(definition, f, media_type, language()) for f in verdict.findings],
                "computed": [{"address": c.address, "value": c.value, "filed": c.filed} for c in verdict.computed],
            }
        )


class RevisionList(generics.ListAPIView[Revision]):
    """Revisions this user may see, newest first."""

    queryset = Revision.objects.none()
    serializer_class = serializers.RevisionShape
    filterset_class = RevisionFilter
    parser_classes = [SubmissionJSONParser, SubmissionCSVParser]

    def get_queryset(self) -> Any:
        return Revision.objects.visible_to(user_of(self.request)).with_names().select_related("source")

    @extend_schema(operation_id="revisions_file", request=SUBMISSION, parameters=[*CSV_HEAD, KEY],
                   responses={201: serializers.RevisionShape, 200: serializers.RevisionShape, 400: PROBLEM,
                              404: PROBLEM, 409: PROBLEM, 422: PROBLEM})  # fmt: skip
    def post(self, request: Request) -> Response:
        """File. 201 with the receipt and the job that checks it; the same content again gives 200 and the first receipt."""
        envelope, key = read_envelope(request), idempotency_key(request)
        with transaction.atomic():  # a refused revision starts no filing
            filing = actions.start_filing(obligation=envelope.obligation, period=envelope.period, by=user_of(request))
            revision, created = actions.submit_revision(
                filing=filing,
                submission=envelope.submission,
                by=user_of(request),
                replaces=envelope.replaces,
                reason=envelope.reason,
                idempotency_key=key,
            )
        return answer(revision, created)


def idempotency_key(request: Request) -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is not None and not 0 < len(key) <= LONGEST_KEY:
        raise Problem("bad_idempotency_key", _("An idempotency key has 1 to 200 characters."), 400)
    return key


def answer(revision: Revision, created: bool) -> Response:
    revision = Revision.objects.with_names().select_related("source").get(pk=revision.pk)
    response = Response(serializers.RevisionShape(revision).data, status=201 if created else 200)
    response["Location"] = f"/api/v1/revisions/{revision.pk}/"
    return response


class RevisionDetail(generics.RetrieveAPIView[Revision]):
    """One revision with receipt, job and counts of findings."""

    serializer_class = serializers.RevisionShape

    def get_queryset(self) -> Any:
        return Revision.objects.visible_to(user_of(self.request)).with_names().select_related("source")


class OfRevision(APIView):
    """Loads the revision of the URL if this user may see it; others answer 404."""

    def revision(self, request: Request, pk: int) -> Revision:
        queryset = Revision.objects.visible_to(user_of(request)).with_names().select_related("source")
        return get_object_or_404(queryset, pk=pk)


class RevisionObservations(generics.ListAPIView[Observation]):
    """What was filed, line by line."""

    queryset = Observation.objects.none()
    serializer_class = serializers.ObservationShape
    pagination_class = pagination.ByLine

    def get_queryset(self) -> Any:
        return Observation.objects.visible_to(user_of(self.request)).filter(revision=self.kwargs["pk"])

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        get_object_or_404(Revision.objects.visible_to(user_of(request)), pk=kwargs["pk"])
        return super().list(request, *args, **kwargs)


class RevisionFindings(OfRevision):
    @extend_schema(operation_id="revisions_findings", responses=serializers.FindingShape(many=True))
    def get(self, request: Request, pk: int) -> Response:
        """What the rules say of it, in the language asked for (Accept-Language)."""
        revision = self.revision(request, pk)
        pages = pagination.ByPosition()
        found = pages.paginate_queryset(Finding.objects.filter(revision=revision), request, view=self) or []
        definition, media_type = revision.definition, revision.source.media_type
        explained = revision.filing.explanations.by_finding()
        return pages.get_paginated_response(
            [
                serializers.finding_json(definition, finding, media_type, language(), revision.source.layout, explained)
                for finding in found
            ]
        )


class RevisionReceipt(OfRevision):
    @extend_schema(operation_id="revisions_receipt", responses=serializers.ReceiptShape)
    def get(self, request: Request, pk: int) -> Response:
        """Proof of what was filed: number, time, sha256 of the canonical content, definition and its fingerprint."""
        return Response(serializers.ReceiptShape(self.revision(request, pk)).data)


class RevisionContent(OfRevision):
    @extend_schema(operation_id="revisions_content", responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, request: Request, pk: int) -> HttpResponse:
        """The canonical content: its sha256 is the one on the receipt."""
        revision = self.revision(request, pk)
        response = HttpResponse(
            content(actions.canonical_lines(revision), revision.filing.head), content_type="text/csv; charset=utf-8"
        )
        response["Content-Disposition"] = f'attachment; filename="{revision.receipt}.csv"'
        return response


class RevisionDecision(OfRevision):
    parser_classes = [ExactJSONParser]

    @extend_schema(operation_id="revisions_decide", request=serializers.DecisionIn,
                   responses={200: serializers.RevisionShape, 403: PROBLEM, 409: PROBLEM, 422: PROBLEM})  # fmt: skip
    def post(self, request: Request, pk: int) -> Response:
        """Accept, accept with reservations, or return (Commission)."""
        shape = serializers.DecisionIn(data=request.data)
        shape.is_valid(raise_exception=True)
        return answer(
            actions.decide_revision(revision=self.revision(request, pk), by=user_of(request), **shape.validated_data),
            False,
        )


class RevisionWithdrawal(OfRevision):
    parser_classes = [ExactJSONParser]

    @extend_schema(operation_id="revisions_withdraw", request=serializers.ReasonIn,
                   responses={200: serializers.RevisionShape, 403: PROBLEM, 409: PROBLEM, 422: PROBLEM})  # fmt: skip
    def post(self, request: Request, pk: int) -> Response:
        """Take back a revision that nobody decided on yet."""
        shape = serializers.ReasonIn(data=request.data)
        shape.is_valid(raise_exception=True)
        return answer(
            actions.withdraw_revision(revision=self.revision(request, pk), by=user_of(request), **shape.validated_data),
            False,
        )


class JobDetail(generics.RetrieveAPIView[Job]):
    """State, stage and progress of the checks of a revision."""

    serializer_class = serializers.JobShape

    def get_queryset(self) -> Any:
        return Job.objects.visible_to(user_of(self.request))


class ObligationList(APIView):
    @extend_schema(operation_id="obligations_list", responses=serializers.ObligationShape(many=True),
                   parameters=[OpenApiParameter(n, str) for n in ("entity", "return", "period", "state")])  # fmt: skip
    def get(self, request: Request) -> Response:
        """What is owed, for when, and how it stands."""
        wanted = request.query_params
        found = [
            duty
            for duty in duties(user_of(request))
            if wanted.get("entity", duty.obligation.entity.code).lower() == duty.obligation.entity.code.lower()
            and wanted.get("return") in (None, duty.period.return_id)
            and wanted.get("period") in (None, duty.period.label)
            and wanted.get("state") in (None, duty.state)
        ]
        return Response({"next": None, "previous": None, "results": serializers.ObligationShape(found, many=True).data})


class FilingList(generics.ListAPIView[Filing]):
    """Filings this user may see; POST starts one."""

    queryset = Filing.objects.none()
    serializer_class = serializers.FilingShape
    pagination_class = pagination.ByKey

    def get_queryset(self) -> Any:
        return Filing.objects.visible_to(user_of(self.request)).with_names()

    @extend_schema(
        operation_id="filings_start",
        request=serializers.FilingIn,
        responses={200: serializers.FilingShape, 404: PROBLEM},
    )
    def post(self, request: Request) -> Response:
        shape = serializers.FilingIn(data=request.data)
        shape.is_valid(raise_exception=True)
        asked = shape.validated_data
        obligation, period = find(asked["return"], asked["entity"], asked["period"], user_of(request))
        filing = actions.start_filing(obligation=obligation, period=period, by=user_of(request))
        return Response(serializers.FilingShape(filing).data)


class OfFiling(APIView):
    def filing(self, request: Request, pk: int) -> Filing:
        """A filing this user may edit; drafts of others do not exist for anybody else."""
        filing = get_object_or_404(Filing.objects.visible_to(user_of(request)).with_names(), pk=pk)
        if not filing.editable_by(user_of(request)):
            raise Problem("not_found", _("There is nothing here, or you may not see it."), 404)
        return filing


class FilingDetail(generics.RetrieveAPIView[Filing]):
    """Where a filing stands."""

    serializer_class = serializers.FilingShape

    def get_queryset(self) -> Any:
        return Filing.objects.visible_to(user_of(self.request)).with_names()


class FilingDraft(OfFiling):
    @extend_schema(operation_id="filings_draft_read", responses={200: serializers.DraftShape, 404: PROBLEM})
    def get(self, request: Request, pk: int) -> Response:
        """The draft, with its ETag."""
        draft = get_object_or_404(Draft, filing=self.filing(request, pk))
        return draft_response(draft)

    @extend_schema(operation_id="filings_draft_write", request=serializers.DraftShape,
                   parameters=[IF_MATCH],
                   responses={200: serializers.DraftShape, 412: PROBLEM, 428: PROBLEM})  # fmt: skip
    def put(self, request: Request, pk: int) -> Response:
        """Replace the draft. An existing one needs If-Match; a stale edit is refused with 412."""
        filing = self.filing(request, pk)
        observations = request.data.get("observations") if isinstance(request.data, dict) else None
        from_observations(observations)  # refuses what is no list of objects
        lines = cast(list[dict[str, Any]], observations)
        if faults := [Fault("not_text", _("This is not text."), f"/observations/{number}")
                      for number, line in enumerate(lines) if not storable_line(line)]:  # fmt: skip
            raise SourceError(*faults)
        draft = actions.save_draft(
            filing=filing, observations=lines, edition=expected_edition(request, filing), by=user_of(request),
        )  # fmt: skip
        return draft_response(draft)


def draft_response(draft: Draft) -> Response:
    body = {
        "edition": draft.edition,
        "saved_at": draft.saved_at,
        "saved_by": str(draft.saved_by),
        "observations": draft.observations,
    }
    return Response(body, headers={"ETag": draft.etag})


def expected_edition(request: Request, filing: Filing) -> int | None:
    """The edition that If-Match names: None for the first draft, -1 for one that cannot match."""
    existing = Draft.objects.filter(filing=filing).first()
    given = request.headers.get("If-Match")
    if existing is None:
        return None if given is None else -1
    if given is None:
        raise Problem(
            "if_match_needed", _("A draft exists. Send its ETag as If-Match, so that nobody's work is lost."), 428
        )
    return existing.edition if given.strip() == existing.etag else -1


class FilingSubmit(OfFiling):
    @extend_schema(operation_id="filings_submit", request=serializers.SubmitDraftIn, parameters=[KEY],
                   responses={201: serializers.RevisionShape, 200: serializers.RevisionShape, 404: PROBLEM,
                              409: PROBLEM, 422: PROBLEM})  # fmt: skip
    def post(self, request: Request, pk: int) -> Response:
        """File the draft as it stands."""
        shape = serializers.SubmitDraftIn(data=request.data)
        shape.is_valid(raise_exception=True)
        filing = self.filing(request, pk)
        with transaction.atomic():  # a draft saved while it is filed would be thrown away unseen
            Filing.objects.select_for_update().get(pk=filing.pk)
            draft = get_object_or_404(Draft, filing=filing)
            source = json.dumps({"observations": draft.observations}, ensure_ascii=False).encode()
            lines = canonicalise(filing.definition, from_observations(draft.observations), filing.head)
            revision, created = actions.submit_revision(
                filing=filing, submission=actions.Submission(lines, source, JSON, Door.API), by=user_of(request),
                idempotency_key=idempotency_key(request), **shape.validated_data,
            )  # fmt: skip
        return answer(revision, created)
