"""Files on their way to a reader."""

from __future__ import annotations

import tempfile

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse

from reporting.exports.asking import Asked
from reporting.exports.contents import Contents
from reporting.exports.writing import FORMATS
from reporting.models import Export
from reporting.models.export import stored


def sent(contents: Contents, kind: str, asked: Asked) -> HttpResponseBase:
    """Piece by piece, where the format allows it; else a file that is gone when it is sent."""
    made, name = FORMATS[kind], file_name(asked, kind)
    response: HttpResponseBase
    if made.stream is not None:
        response = StreamingHttpResponse(made.stream(contents.frames()), content_type=made.media_type)
        response["Content-Disposition"] = f'attachment; filename="{name}"'
    else:
        out = tempfile.TemporaryFile()  # noqa: SIM115 -- the response closes it
        made.write(out, contents.frames())
        out.seek(0)
        response = FileResponse(out, as_attachment=True, filename=name, content_type=made.media_type)
    response["Cache-Control"] = "private, no-store"
    # A proxy that collects the answer would hold all of it.
    response["X-Accel-Buffering"] = "no"
    return response


def sent_file(export: Export) -> HttpResponseBase:
    """What a worker wrote."""
    response = FileResponse(
        stored().open(export.file), as_attachment=True, filename=f"observations-{export.pk}.{export.kind}",
        content_type=FORMATS[export.kind].media_type,
    )  # fmt: skip
    response["Cache-Control"] = "private, no-store"
    return response


def file_name(asked: Asked, kind: str) -> str:
    """Such as `observations-member-state-statistics-2026-11-20.csv`."""
    told = ["observations", asked.return_id, asked.version, str(asked.as_of or "")]
    return f"{'-'.join(filter(None, told)).replace('_', '-')}.{kind}"
