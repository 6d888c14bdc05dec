"""`/api/v1/docs/`: the API in one page, made from its OpenAPI description.

Swagger and Redoc need inline styles, which the Content-Security-Policy refuses; this page works without script.
"""

from __future__ import annotations

from functools import lru_cache

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator

from submissions.api import schema as _schema  # noqa: F401 -- tells the generator how clients and people authenticate


@lru_cache(maxsize=1)
def operations() -> tuple[dict[str, str], ...]:
    schema = SchemaGenerator().get_schema(request=None, public=True)
    return tuple(
        {"method": method.upper(), "path": path, "summary": operation.get("description", "").partition("\n")[0]}
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    )


@require_safe
@login_not_required
def docs(request: HttpRequest) -> HttpResponse:
    return render(request, "api_docs.html", {"schema_url": reverse("api-schema"), "operations": operations()})
