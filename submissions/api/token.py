"""`/token/`: OAuth 2 client credentials. Errors are those of RFC 6749, which its clients understand, and no problems."""

from __future__ import annotations

import json
from typing import Any

from drf_spectacular.utils import extend_schema
from oauth2_provider.views.mixins import OAuthLibMixin
from rest_framework import serializers
from rest_framework.parsers import FormParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from submissions.api.inputs import TokenIn


class TokenShape(serializers.Serializer[Any]):
    access_token = serializers.CharField()
    token_type = serializers.ChoiceField(choices=["Bearer"])
    expires_in = serializers.IntegerField(help_text="Seconds.")
    scope = serializers.CharField()


class TokenErrorShape(serializers.Serializer[Any]):
    """RFC 6749, 5.2."""

    error = serializers.CharField()
    error_description = serializers.CharField(required=False)


class TokenView(OAuthLibMixin, APIView):  # type: ignore[misc]  # the library comes without types
    authentication_classes = []
    permission_classes = [AllowAny]
    parser_classes = [FormParser]

    @extend_schema(operation_id="token", request={"application/x-www-form-urlencoded": TokenIn},
                   responses={200: TokenShape, 400: TokenErrorShape, 401: TokenErrorShape})  # fmt: skip
    def post(self, request: Request) -> Response:
        """A token for an hour. The client shows its id and one of its keys by HTTP Basic or in the form."""
        request.data  # noqa: B018 -- refuses other media types before the library looks for a form
        _url, headers, body, status = self.create_token_response(request._request)
        answer = Response(json.loads(body), status=status)
        for name in ("Cache-Control", "Pragma", "WWW-Authenticate"):
            if name in headers:
                answer[name] = headers[name]
        return answer
