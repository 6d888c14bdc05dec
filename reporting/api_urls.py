"""What reporting adds to `/api/v1/`."""

from django.urls import path

from reporting.comparability.api import ComparabilityView
from reporting.completeness.api import CompletenessView
from reporting.exports import api as exports
from reporting.exports.writing import FORMATS
from reporting.quality import api as quality
from reporting.rulebook import api as rulebook
from reporting.series.api import SeriesView
from reporting.vintages.api import VintagesView

urlpatterns = [
    *(path(f"exports/observations.{kind}", exports.view_of(kind).as_view()) for kind in FORMATS),
    path("series/", SeriesView.as_view()),
    path("vintages/", VintagesView.as_view()),
    path("exports/", exports.ExportList.as_view()),
    path("exports/<int:pk>/", exports.ExportDetail.as_view()),
    path("exports/<int:pk>/file/", exports.ExportFile.as_view(), name="api-export-file"),
    path("completeness/", CompletenessView.as_view()),
    path("quality/", quality.QualityView.as_view()),
    path("comparability/", ComparabilityView.as_view()),
    path("rules/", rulebook.RuleList.as_view()),
    path("rules/<slug:return_id>/<slug:version>/<slug:code>/", rulebook.RuleDetail.as_view()),
]
