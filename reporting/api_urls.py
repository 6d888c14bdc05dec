"""What reporting adds to `/api/v1/`."""

from django.urls import path

from reporting.comparability.api import ComparabilityView
from reporting.completeness.api import CompletenessView
from reporting.quality import api as quality
from reporting.rulebook import api as rulebook

urlpatterns = [
    path("completeness/", CompletenessView.as_view()),
    path("quality/", quality.QualityView.as_view()),
    path("comparability/", ComparabilityView.as_view()),
    path("rules/", rulebook.RuleList.as_view()),
    path("rules/<slug:return_id>/<slug:version>/<slug:code>/", rulebook.RuleDetail.as_view()),
]
