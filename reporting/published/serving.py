"""How public answers go out: without a session, so that caches may keep them, under a licence that says what is free."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from portal.navigation import public_frame
from portal.reader import language
from submissions.workbook.safe import safe_text

View = Callable[..., HttpResponseBase]
SECONDS = 300
"""How long a cache may keep an answer."""
LICENCE = "CC BY 4.0"
LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"
LICENCE_LINK = f'<{LICENCE_URL}>; rel="license"'
"""RFC 8288."""


def public(view: View) -> View:
    """A view without a session: its language is in the address, nothing depends on who reads."""

    @require_safe
    @login_not_required
    @cache_control(public=True, max_age=SECONDS)
    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        asked = request.GET.get("language", settings.LANGUAGE_CODE)
        if asked not in dict(settings.LANGUAGES):
            raise Http404
        with translation.override(asked):
            response = view(request, *args, **kwargs)
            response["Content-Language"] = asked
        # LoginRequiredMiddleware asks every request for its user; this answer does not vary by it.
        request.session.accessed = False
        return response

    return shown


def attribution() -> str:
    """What whoever uses the data writes beneath it."""
    return _("European Commission, Submissions portal, Regulation (EU) 2021/1232, as filed")


def free_to_use() -> dict[str, str]:
    """The licence as pages name it."""
    return {"licence": LICENCE, "licence_url": LICENCE_URL, "attribution": attribution()}


def page(request: HttpRequest, template: str, changed: datetime | None = None, **context: Any) -> HttpResponse:
    """A page that is the same for everybody; `changed`: the last time that anything on it did."""
    kept = request.GET.copy()
    kept.pop("language", None)
    shown = {
        **public_frame(request.path),
        "asked": language(),
        "kept": kept.urlencode(),
        **free_to_use(),
        **context,
    }
    return dated(HttpResponse(render_to_string(template, shown)), changed)


def file(data: bytes, media_type: str, name: str, changed: datetime | None = None) -> HttpResponse:
    """A copy for machines, with its licence in a header."""
    response = HttpResponse(data, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Link"] = LICENCE_LINK
    return dated(response, changed)


def dated(response: HttpResponse, changed: datetime | None) -> HttpResponse:
    if changed is not None:
        response["Last-Modified"] = http_date(changed.timestamp())
    return response


CSV, JSON, TEXT = "text/csv; charset=utf-8", "application/json", "text/plain; charset=utf-8"


def csv_bytes(head: Sequence[str], records: Iterable[dict[str, Any]]) -> bytes:
    """Records as CSV; text that a spreadsheet would take for a formula is made safe."""
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(head)
    rows.writerows([cell(record[name]) for name in head] for record in records)
    return out.getvalue().encode()


def cell(value: Any) -> Any:
    return "" if value is None else safe_text(value) if isinstance(value, str) else value


def json_bytes(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def licence() -> dict[str, str]:
    """The licence as it stands in every JSON file."""
    return {"name": LICENCE, "url": LICENCE_URL, "attribution": attribution()}


def plain(value: float | None) -> int | float | None:
    return int(value) if value is not None and value == int(value) else value
