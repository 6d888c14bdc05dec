"""`/uploads/` and `/jobs/`: files of any size, read and filed by a worker."""

from __future__ import annotations

import io
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from portal.reader import user_of
from submissions import actions
from submissions.api.envelope import idempotency_key, read_target
from submissions.api.inputs import UploadIn
from submissions.api.parsers import UPLOAD_PARSERS, Body, TooLarge
from submissions.api.problems import Problem, of_upload
from submissions.api.proof import ProblemShape
from submissions.api.revisions import HEAD_IN_QUERY, KEY
from submissions.api.serializers import CountsShape, JobShape
from submissions.models import Job, Purpose, Upload
from submissions.sources import CSV, NDJSON, ODS, XLSX, Fault, SourceError
from submissions.workbook.prescan import prescan

ENDINGS = {CSV: ".csv", NDJSON: ".ndjson", XLSX: ".xlsx", ODS: ".ods"}
FILES = {"multipart/form-data": UploadIn} | dict.fromkeys(ENDINGS, OpenApiTypes.BINARY)


class UploadShape(serializers.ModelSerializer[Upload]):
    entity = serializers.CharField(source="filing.entity.code")
    period = serializers.CharField(source="filing.period.label")
    findings = CountsShape(source="*")
    revision = serializers.SerializerMethodField(help_text="Address of what it was filed as.")
    problem = serializers.SerializerMethodField(help_text="Why it was not filed.")
    job = JobShape()

    class Meta:
        model = Upload
        fields = ["id", "entity", "period", "name", "media_type", "size", "sha256", "sent_at", "replaces", "reason",
                  "lines", "findings", "revision", "problem", "job"]  # fmt: skip
        read_only_fields = fields

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {"return": serializers.CharField(source="filing.period.return_id"), **super().get_fields()}

    def get_revision(self, upload: Upload) -> str | None:
        return f"/api/v1/revisions/{upload.revision_id}/" if upload.revision_id else None

    @extend_schema_field(ProblemShape(allow_null=True))
    def get_problem(self, upload: Upload) -> dict[str, Any] | None:
        return of_upload(upload)


class UploadList(APIView):
    parser_classes = UPLOAD_PARSERS

    @extend_schema(operation_id="uploads_send", request=FILES, parameters=[*HEAD_IN_QUERY, KEY],
                   responses={202: UploadShape})  # fmt: skip
    def post(self, request: Request) -> Response:
        """Send a file to be filed: as a form, or as the body with its head in the query. What is no file of this kind
        is refused at once and not kept; all else is read by a worker: follow the job."""
        by, key = user_of(request), idempotency_key(request)
        file, name = sent_file(request)
        target = read_target(request.query_params if isinstance(request.data, Body) else form_of(request), by)
        media_type = prescan(file, name)
        file.seek(0)
        with transaction.atomic():
            filing = actions.start_filing(obligation=target.obligation, period=target.period, by=by)
            upload, _created = actions.receive_upload(
                filing=filing, data=file.read(), media_type=media_type, purpose=Purpose.FILE, by=by, name=name,
                replaces=target.replaces, reason=target.reason, idempotency_key=key,
            )  # fmt: skip
        shown = Upload.objects.with_names().select_related("revision").get(pk=upload.pk)
        return Response(
            UploadShape(shown).data,
            status=202,
            headers={"Location": f"/api/v1/uploads/{upload.pk}/", "Retry-After": "1"},
        )


def sent_file(request: Request) -> tuple[BinaryIO, str]:
    """The file and its name. Raises Problem, SourceError, TooLarge."""
    sent = request.data
    if isinstance(sent, Body):
        if not sent.data:
            raise SourceError(Fault("empty", _("The body is empty.")))
        return io.BytesIO(sent.data), f"upload{ENDINGS[sent.media_type]}"
    file = form_of(request).get("file")
    if not isinstance(file, UploadedFile):
        faults = [Fault("required", _("A file."), "/file")]
        raise Problem("invalid", _("Some fields are wrong; see errors."), 400, faults)
    if (file.size or 0) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        raise TooLarge(_("The file is larger than %(size)s MB.") % {"size": settings.MAX_UPLOAD_MB})
    return cast(BinaryIO, file), str(file.name or "").replace("\0", "")


def form_of(request: Request) -> dict[str, Any]:
    """The fields of a form; what was sent otherwise has none."""
    return request.data if isinstance(request.data, dict) else {}


class UploadDetail(generics.RetrieveAPIView[Upload]):
    """What became of a file: its job, the revision it was filed as, or why it was not."""

    queryset = Upload.objects.none()
    serializer_class = UploadShape

    def get_queryset(self) -> Any:
        return Upload.objects.visible_to(user_of(self.request)).with_names().defer("content", "canonical", "verdict")


class JobDetail(generics.RetrieveAPIView[Job]):
    """State, stage and progress of a piece of work; when it is done, its result, or the problem with the file."""

    queryset = Job.objects.none()
    serializer_class = JobShape

    def get_queryset(self) -> Any:
        heavy = ("upload__content", "upload__canonical", "upload__verdict")
        return Job.objects.visible_to(user_of(self.request)).select_related("upload").defer(*heavy)
