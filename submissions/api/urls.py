"""`/api/v1/`."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path, re_path
from drf_spectacular.views import SpectacularAPIView

from submissions.api import bulk, definitions, files, filings, revisions, token, uploads, webhooks
from submissions.api.docs import docs

urlpatterns = [
    path("schema/", login_not_required(SpectacularAPIView.as_view()), name="api-schema"),
    path("docs/", docs, name="api-docs"),
    path("token/", token.TokenView.as_view()),
    path("definitions/", definitions.DefinitionList.as_view()),
    path("definitions/<slug:return_id>/<slug:version>/", definitions.DefinitionDetail.as_view()),
    path("definitions/<slug:return_id>/<slug:version>/schema.json", definitions.DefinitionSchema.as_view()),
    path(
        "definitions/<slug:return_id>/<slug:version>/workbook.xlsx", files.BlankWorkbook.as_view(), name="api-workbook"
    ),
    path("codelists/", definitions.CodeListList.as_view()),
    path("codelists/<slug:list_id>/", definitions.CodeListDetail.as_view()),
    path("obligations/", filings.ObligationList.as_view()),
    path("check/", revisions.CheckView.as_view()),
    path("revisions/", revisions.RevisionList.as_view()),
    path("revisions/bulk/", bulk.BulkView.as_view()),
    path("revisions/<int:pk>/", revisions.RevisionDetail.as_view()),
    path("revisions/<int:pk>/observations/", revisions.RevisionObservations.as_view()),
    path("revisions/<int:pk>/findings/", revisions.RevisionFindings.as_view()),
    path("revisions/<int:pk>/receipt/", revisions.RevisionReceipt.as_view()),
    path("revisions/<int:pk>/content.txt", revisions.RevisionContent.as_view(), name="revision-content"),
    path("revisions/<int:pk>/annotated.xlsx", files.AnnotatedWorkbook.as_view(), name="api-annotated"),
    path("revisions/<int:pk>/decision/", revisions.RevisionDecision.as_view()),
    path("revisions/<int:pk>/withdrawal/", revisions.RevisionWithdrawal.as_view()),
    path("findings/<int:pk>/explanation/", revisions.FindingExplanation.as_view()),
    path("filings/", filings.FilingList.as_view()),
    path("filings/<int:pk>/", filings.FilingDetail.as_view()),
    path("filings/<int:pk>/draft/", filings.FilingDraft.as_view()),
    path("filings/<int:pk>/submit/", filings.FilingSubmit.as_view()),
    path("uploads/", uploads.UploadList.as_view()),
    path("uploads/<int:pk>/", uploads.UploadDetail.as_view()),
    path("jobs/<int:pk>/", uploads.JobDetail.as_view()),
    path("webhooks/", webhooks.WebhookList.as_view()),
    path("webhooks/<int:pk>/", webhooks.WebhookDetail.as_view()),
    path("webhooks/<int:pk>/secret/", webhooks.WebhookSecret.as_view()),
    path("webhooks/<int:pk>/deliveries/", webhooks.DeliveryList.as_view()),
    path("webhooks/<int:pk>/deliveries/<int:delivery>/again/", webhooks.DeliveryAgain.as_view()),
    re_path(r"^[\s\S]*(?:/|\.[a-z]+)$", definitions.Nowhere.as_view()),
]
