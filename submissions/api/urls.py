"""`/api/v1/`."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path, re_path
from drf_spectacular.views import SpectacularAPIView

from submissions.api import definitions, filings
from submissions.api.docs import docs

urlpatterns = [
    path("schema/", login_not_required(SpectacularAPIView.as_view()), name="api-schema"),
    path("docs/", docs, name="api-docs"),
    path("definitions/", definitions.DefinitionList.as_view()),
    path("definitions/<slug:return_id>/<slug:version>/", definitions.DefinitionDetail.as_view()),
    path("definitions/<slug:return_id>/<slug:version>/schema.json", definitions.DefinitionSchema.as_view()),
    path("codelists/", definitions.CodeListList.as_view()),
    path("codelists/<slug:list_id>/", definitions.CodeListDetail.as_view()),
    path("obligations/", filings.ObligationList.as_view()),
    path("check/", filings.CheckView.as_view()),
    path("revisions/", filings.RevisionList.as_view()),
    path("revisions/<int:pk>/", filings.RevisionDetail.as_view()),
    path("revisions/<int:pk>/observations/", filings.RevisionObservations.as_view()),
    path("revisions/<int:pk>/findings/", filings.RevisionFindings.as_view()),
    path("revisions/<int:pk>/receipt/", filings.RevisionReceipt.as_view()),
    path("revisions/<int:pk>/content.csv", filings.RevisionContent.as_view(), name="revision-content"),
    path("revisions/<int:pk>/decision/", filings.RevisionDecision.as_view()),
    path("revisions/<int:pk>/withdrawal/", filings.RevisionWithdrawal.as_view()),
    path("filings/", filings.FilingList.as_view()),
    path("filings/<int:pk>/", filings.FilingDetail.as_view()),
    path("filings/<int:pk>/draft/", filings.FilingDraft.as_view()),
    path("filings/<int:pk>/submit/", filings.FilingSubmit.as_view()),
    path("jobs/<int:pk>/", filings.JobDetail.as_view()),
    re_path(r"^.*/$", definitions.Nowhere.as_view()),
]
