"""`/webhooks/`: who wants to be told of changes, and what was sent."""

from __future__ import annotations

import json
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from portal.models import ReportingEntity, User
from portal.reader import user_of
from submissions import actions
from submissions.api import pagination
from submissions.api.inputs import WebhookIn
from submissions.api.parsers import ExactJSONParser
from submissions.api.problems import Problem, not_found
from submissions.models import Delivery, Webhook


class WebhookShape(serializers.ModelSerializer[Webhook]):
    entity = serializers.CharField(source="entity.code")
    events = serializers.ListField(child=serializers.CharField(), help_text="Empty: all.")
    returns = serializers.ListField(child=serializers.CharField(), help_text="Empty: all.")

    class Meta:
        model = Webhook
        fields = ["id", "entity", "url", "events", "returns", "sandbox", "active", "created_at"]
        read_only_fields = fields


class NewWebhookShape(WebhookShape):
    secret = serializers.CharField(help_text="Verifies the signatures. Shown now and never again.")

    class Meta(WebhookShape.Meta):
        fields = [*WebhookShape.Meta.fields, "secret"]
        read_only_fields = fields


class DeliveryShape(serializers.ModelSerializer[Delivery]):
    body = serializers.JSONField(help_text="What was sent.")

    class Meta:
        model = Delivery
        fields = ["id", "message", "event", "state", "attempts", "next_at", "response_status", "error", "created_at",
                  "finished_at", "body"]  # fmt: skip
        read_only_fields = fields

    def to_representation(self, instance: Delivery) -> dict[str, Any]:
        return super().to_representation(instance) | {"body": json.loads(instance.body)}


class WebhookList(generics.ListAPIView[Webhook]):
    """Webhooks of the entities you administer; of a client, its own."""

    queryset = Webhook.objects.none()
    serializer_class = WebhookShape
    pagination_class = pagination.ByKey
    parser_classes = [ExactJSONParser]

    def get_queryset(self) -> Any:
        return Webhook.objects.visible_to(user_of(self.request)).select_related("entity")

    @extend_schema(operation_id="webhooks_subscribe", request=WebhookIn, responses={201: NewWebhookShape})
    def post(self, request: Request) -> Response:
        """Subscribe. The answer holds the secret that verifies the signatures."""
        shape = WebhookIn(data=request.data)
        shape.is_valid(raise_exception=True)
        by, asked = user_of(request), shape.validated_data
        webhook = actions.subscribe(
            entity=subscriber(by, asked["entity"]), url=asked["url"], events=asked["events"], by=by
        )
        return Response(
            NewWebhookShape(webhook).data, status=201, headers={"Location": f"/api/v1/webhooks/{webhook.pk}/"}
        )


def subscriber(user: User, code: str) -> ReportingEntity:
    """The entity that shall hear: the only one, or the one that is named."""
    access = user.access
    reach = access.administers if access.reads_returns is None else access.reads
    mine = ReportingEntity.objects.filter(pk__in=reach)
    found = list(mine.filter(code__iexact=code) if code else mine[:2])
    if not found:
        raise not_found(_("There is no entity here that you administer."))
    if len(found) > 1:
        raise Problem("invalid", _("Name the entity; you act for several."), 400)
    return found[0]


class OfWebhook(APIView):
    def webhook(self, request: Request, pk: int) -> Webhook:
        return get_object_or_404(Webhook.objects.visible_to(user_of(request)).select_related("entity"), pk=pk)


class WebhookDetail(OfWebhook):
    @extend_schema(operation_id="webhooks_read", responses=WebhookShape)
    def get(self, request: Request, pk: int) -> Response:
        """One webhook, without its secret."""
        return Response(WebhookShape(self.webhook(request, pk)).data)

    @extend_schema(operation_id="webhooks_unsubscribe", responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """Unsubscribe. What waits is not sent; the log is kept."""
        actions.unsubscribe(webhook=self.webhook(request, pk), by=user_of(request))
        return Response(status=204)


class WebhookSecret(OfWebhook):
    @extend_schema(operation_id="webhooks_renew_secret", request=None, responses=NewWebhookShape)
    def post(self, request: Request, pk: int) -> Response:
        """A new secret. For a day messages carry the signatures of both."""
        webhook = actions.renew_secret(webhook=self.webhook(request, pk), by=user_of(request))
        return Response(NewWebhookShape(webhook).data)


class DeliveryList(generics.ListAPIView[Delivery]):
    """What was sent to a webhook, newest first."""

    queryset = Delivery.objects.none()
    serializer_class = DeliveryShape
    pagination_class = pagination.ByLatest

    def get_queryset(self) -> Any:
        return Delivery.objects.visible_to(user_of(self.request)).filter(webhook=self.kwargs["pk"])

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        get_object_or_404(Webhook.objects.visible_to(user_of(request)), pk=kwargs["pk"])
        return super().list(request, *args, **kwargs)


class DeliveryAgain(APIView):
    @extend_schema(operation_id="webhooks_send_again", request=None, responses={202: DeliveryShape})
    def post(self, request: Request, pk: int, delivery: int) -> Response:
        """Send a message once more, under the same webhook-id."""
        found = get_object_or_404(
            Delivery.objects.visible_to(user_of(request)).select_related("webhook"), webhook=pk, pk=delivery
        )
        again = actions.send_again(delivery=found, by=user_of(request))
        return Response(DeliveryShape(again).data, status=202)
