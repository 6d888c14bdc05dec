"""`/obligations/` and `/filings/`: what is owed, and preparing an answer to it."""

from __future__ import annotations

import json
from typing import Any, cast

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from portal.reader import user_of
from submissions import actions
from submissions.api import inputs, pagination, serializers
from submissions.api.envelope import find, idempotency_key, storable_line
from submissions.api.problems import Problem
from submissions.api.revisions import KEY, answer
from submissions.canonical import canonical_text
from submissions.duties import duties
from submissions.models import Door, Draft, Filing
from submissions.sources import JSON, Fault, SourceError, from_observations

IF_MATCH = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, description="ETag of the draft that is replaced.")


class ObligationList(APIView):
    @extend_schema(operation_id="obligations_list", responses=serializers.ObligationPage,
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
        request=inputs.FilingIn,
        responses=serializers.FilingShape,
    )
    def post(self, request: Request) -> Response:
        shape = inputs.FilingIn(data=request.data)
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
    @extend_schema(operation_id="filings_draft_read", responses=serializers.DraftShape)
    def get(self, request: Request, pk: int) -> Response:
        """The draft, with its ETag."""
        draft = get_object_or_404(Draft, filing=self.filing(request, pk))
        return draft_response(draft)

    @extend_schema(operation_id="filings_draft_write", request=inputs.DraftIn,
                   parameters=[IF_MATCH], responses=serializers.DraftShape)  # fmt: skip
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
    @extend_schema(operation_id="filings_submit", request=inputs.SubmitDraftIn, parameters=[KEY],
                   responses={201: serializers.RevisionShape, 200: serializers.RevisionShape})  # fmt: skip
    def post(self, request: Request, pk: int) -> Response:
        """File the draft as it stands."""
        shape = inputs.SubmitDraftIn(data=request.data)
        shape.is_valid(raise_exception=True)
        filing = self.filing(request, pk)
        with transaction.atomic():  # a draft saved while it is filed would be thrown away unseen
            Filing.objects.select_for_update().get(pk=filing.pk)
            draft = get_object_or_404(Draft, filing=filing)
            source = json.dumps({"observations": draft.observations}, ensure_ascii=False).encode()
            lines = canonical_text(filing.definition, from_observations(draft.observations))
            revision, created = actions.submit_revision(
                filing=filing, submission=actions.Submission(lines, source, JSON, Door.API), by=user_of(request),
                idempotency_key=idempotency_key(request), **shape.validated_data,
            )  # fmt: skip
        return answer(revision, created)
