"""Pages of what no table holds: a cursor says where the next page begins, and means nothing to anybody else."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound
from rest_framework.request import Request

PAGE, MOST = 500, 10_000


def page_size(request: Request) -> int:
    """As many as are asked for, within bounds; nonsense is the usual number, as elsewhere in the API."""
    given = request.query_params.get("page_size", "")
    return min(MOST, int(given)) if given.isascii() and given.isdecimal() and int(given) else PAGE


def place_of(request: Request, shape: type) -> Any:
    """What the cursor of a request holds; None on the first page. Raises NotFound."""
    given = request.query_params.get("cursor")
    if not given:
        return None
    try:
        place = json.loads(base64.urlsafe_b64decode(given.encode()))
    except (binascii.Error, ValueError) as wrong:
        raise NotFound(_("There is no such page.")) from wrong
    if type(place) is not shape:
        raise NotFound(_("There is no such page."))
    return place


def link(request: Request, place: Any) -> str | None:
    """The address of the page that begins at a place."""
    if place is None:
        return None
    query = request.query_params.copy()
    query["cursor"] = base64.urlsafe_b64encode(json.dumps(place).encode()).decode()
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
