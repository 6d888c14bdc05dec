"""`/check/` and `/revisions/`: judge, file, read, explain, decide, take back."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from portal.reader import language, user_of
from submissions import actions
from submissions.api import inputs, pagination, serializers
from submissions.api.envelope import idempotency_key, read_envelope
from submissions.api.filters import RevisionFilter
from submissions.api.parsers import SUBMISSION_PARSERS, ExactJSONParser
from submissions.api.proof import ManifestShape
from submissions.canonical import content, with_figures
from submissions.models import Finding, Observation, Revision
from submissions.receipts.manifest import manifest
from submissions.sources import CSV, NDJSON

HEAD_IN_QUERY = [
    OpenApiParameter(name, str, description="For bodies that are no JSON object: what that says in this field.")
    for name in ("return", "version", "entity", "period", "replaces", "reason")
]
KEY = OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, description="Makes a repeated POST harmless.")
SUBMISSION = {"application/json": inputs.SubmissionIn, CSV: OpenApiTypes.STR, NDJSON: OpenApiTypes.STR}


class CheckView(APIView):
    parser_classes = SUBMISSION_PARSERS

    @extend_schema(operation_id="check", request=SUBMISSION, parameters=HEAD_IN_QUERY,
                   responses=serializers.VerdictShape)  # fmt: skip
    def post(self, request: Request) -> Response:
        """Judge without filing: everything that is wrong, in one answer. Nothing is stored."""
        envelope = read_envelope(request)
        filing = envelope.target.filing(user_of(request))
        verdict = actions.judge(filing, with_figures(envelope.submission.lines, filing.definition, filing.head))
        return Response(
            serializers.verdict_json(
                envelope.target.period.definition, verdict, envelope.submission.media_type, language()
            )
        )


class RevisionList(generics.ListAPIView[Revision]):
    """Revisions this user may see, newest first."""

    queryset = Revision.objects.none()
    serializer_class = serializers.RevisionShape
    filterset_class = RevisionFilter
    parser_classes = SUBMISSION_PARSERS

    def get_queryset(self) -> Any:
        return readable(self.request)

    @extend_schema(operation_id="revisions_file", request=SUBMISSION, parameters=[*HEAD_IN_QUERY, KEY],
                   responses={201: serializers.RevisionShape, 200: serializers.RevisionShape})  # fmt: skip
    def post(self, request: Request) -> Response:
        """File. 201 with the receipt and the job that checks it; the same content again gives 200 and the first receipt."""
        envelope, key, by = read_envelope(request), idempotency_key(request), user_of(request)
        target = envelope.target
        revision, created = actions.file_revision(
            obligation=target.obligation, period=target.period, submission=envelope.submission, by=by,
            replaces=target.replaces, reason=target.reason, idempotency_key=key,
        )  # fmt: skip
        return answer(revision, created)


def readable(request: Request) -> Any:
    return Revision.objects.visible_to(user_of(request)).for_machines()


REVISION = serializers.RevisionShape()
"""Its fields are made once; a serializer of an own for each answer would make them anew."""


def answer(revision: Revision, created: bool) -> Response:
    """A new revision is in hand with all that belongs to it; an earlier one is read as it stands by now."""
    if not created:
        revision = Revision.objects.for_machines().get(pk=revision.pk)
    response = Response(REVISION.to_representation(revision), status=201 if created else 200)
    response["Location"] = f"/api/v1/revisions/{revision.pk}/"
    return response


class RevisionDetail(generics.RetrieveAPIView[Revision]):
    """One revision with receipt, job and counts of findings."""

    queryset = Revision.objects.none()
    serializer_class = serializers.RevisionShape

    def get_queryset(self) -> Any:
        return readable(self.request)


class OfRevision(APIView):
    """Loads the revision of the URL if this user may see it; others answer 404."""

    def revision(self, request: Request, pk: int) -> Revision:
        return get_object_or_404(readable(request), pk=pk)


class RevisionObservations(generics.ListAPIView[Any]):
    """What was filed, line by line."""

    queryset = Revision.objects.none()
    """Whose key stands in the address; the rows come from `get_queryset`."""
    serializer_class = serializers.ObservationShape
    pagination_class = pagination.ByLine

    def get_queryset(self) -> Any:
        return Observation.objects.visible_to(user_of(self.request)).filter(revision=self.kwargs["pk"])

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        get_object_or_404(Revision.objects.visible_to(user_of(request)), pk=kwargs["pk"])
        return super().list(request, *args, **kwargs)


class RevisionFindings(OfRevision):
    queryset = Finding.objects.none()
    pagination_class = pagination.ByPosition

    @extend_schema(operation_id="revisions_findings", responses=serializers.FindingPage,
                   parameters=[OpenApiParameter("cursor", str), OpenApiParameter("page_size", int)])  # fmt: skip
    def get(self, request: Request, pk: int) -> Response:
        """What the rules say of it, in the language asked for (Accept-Language)."""
        revision = self.revision(request, pk)
        pages = pagination.ByPosition()
        found = pages.paginate_queryset(Finding.objects.filter(revision=revision), request, view=self) or []
        definition, source = revision.definition, revision.source
        explained = revision.filing.explanations.by_finding()
        return pages.get_paginated_response(
            [
                serializers.finding_json(definition, finding, source.media_type, language(), source.layout, explained)
                for finding in found
            ]
        )


class RevisionReceipt(OfRevision):
    @extend_schema(operation_id="revisions_receipt", responses=ManifestShape)
    def get(self, request: Request, pk: int) -> Response:
        """Proof of what was filed, by whom, for what: with the sha256 of the canonical content, and how to compute it."""
        return Response(manifest(self.revision(request, pk)))


class RevisionContent(OfRevision):
    @extend_schema(operation_id="revisions_content", responses={(200, "text/plain"): OpenApiTypes.STR})
    def get(self, request: Request, pk: int) -> HttpResponse:
        """The canonical content: its sha256 is the one on the receipt."""
        revision = self.revision(request, pk)
        response = HttpResponse(
            content(actions.canonical_lines(revision), revision.filing.head), content_type="text/plain; charset=utf-8"
        )
        response["Content-Disposition"] = f'attachment; filename="{revision.receipt}.txt"'
        return response


class RevisionDecision(OfRevision):
    parser_classes = [ExactJSONParser]

    @extend_schema(operation_id="revisions_decide", request=inputs.DecisionIn,
                   responses=serializers.RevisionShape)  # fmt: skip
    def post(self, request: Request, pk: int) -> Response:
        """Accept, accept with reservations, or return (Commission)."""
        shape = inputs.DecisionIn(data=request.data)
        shape.is_valid(raise_exception=True)
        return answer(
            actions.decide_revision(revision=self.revision(request, pk), by=user_of(request), **shape.validated_data),
            False,
        )


class RevisionWithdrawal(OfRevision):
    parser_classes = [ExactJSONParser]

    @extend_schema(operation_id="revisions_withdraw", request=inputs.ReasonIn,
                   responses=serializers.RevisionShape)  # fmt: skip
    def post(self, request: Request, pk: int) -> Response:
        """Take back a revision that nobody decided on yet."""
        shape = inputs.ReasonIn(data=request.data)
        shape.is_valid(raise_exception=True)
        return answer(
            actions.withdraw_revision(revision=self.revision(request, pk), by=user_of(request), **shape.validated_data),
            False,
        )


class FindingExplanation(APIView):
    parser_classes = [ExactJSONParser]

    @extend_schema(operation_id="findings_explain", request=inputs.ExplanationIn,
                   responses={200: serializers.ExplanationShape, 204: None})  # fmt: skip
    def post(self, request: Request, pk: int) -> Response:
        """Explain a finding. The explanation holds while the figures stay as they are; an empty text takes it back."""
        shape = inputs.ExplanationIn(data=request.data)
        shape.is_valid(raise_exception=True)
        by = user_of(request)
        finding = get_object_or_404(
            Finding.objects.visible_to(by).select_related("revision__filing__obligation__entity"), pk=pk
        )
        kept = actions.explain(
            filing=finding.revision.filing, rule=finding.rule, address=finding.address, about=finding.subject, by=by,
            **shape.validated_data,
        )  # fmt: skip
        return Response(serializers.ExplanationShape(kept).data) if kept else Response(status=204)
