"""Dashboards and completeness."""

from django.urls import include, path

from reporting.boards import overview
from reporting.boards import views as boards
from reporting.completeness import views as completeness
from reporting.exports import views as exports
from reporting.published import releasing
from reporting.published.start import start
from reporting.quality import views as quality
from reporting.rulebook import views as rulebook
from reporting.vintages import views as vintages

urlpatterns = [
    path("", include("reporting.kept.urls")),
    path("vintages/", vintages.vintages_page, name="vintages"),
    path("vintages.csv", vintages.vintages_csv, name="vintages-csv"),
    path("exports/", exports.exports_page, name="exports"),
    path("exports/<int:pk>/", exports.export_progress, name="export-progress"),
    path("exports/<int:pk>/discard/", exports.discard_export, name="discard-export"),
    path("", start, name="start"),
    path("published/", include("reporting.published.urls")),
    path("report/", include("reporting.report.urls")),
    path("releases/", releasing.releases, name="releases"),
    path("releases/<int:pk>/", releasing.release, name="release"),
    path("completeness/", completeness.completeness_page, name="completeness"),
    path("completeness.csv", completeness.completeness_csv, name="completeness-csv"),
    path("completeness/<slug:return_id>/<slug:label>/", completeness.period_page, name="completeness-period"),
    path(
        "completeness/<slug:return_id>/<slug:label>/sections.csv",
        completeness.sections_csv,
        name="completeness-sections-csv",
    ),
    path(
        "completeness/<slug:return_id>/<slug:label>/points.csv", completeness.points_csv, name="completeness-points-csv"
    ),
    path("completeness/<slug:return_id>/<slug:label>/<slug:entity>/", completeness.duty_page, name="completeness-duty"),
    path(
        "completeness/<slug:return_id>/<slug:label>/<slug:entity>/relief/",
        completeness.grant_relief,
        name="grant-relief",
    ),
    path("reliefs/<int:pk>/take-back/", completeness.take_back_relief, name="take-back-relief"),
    path("sdmx/", include("reporting.sdmx.urls")),
    path("rules/", rulebook.rules, name="rules"),
    path("rules/<slug:return_id>/<slug:version>/<slug:code>/", rulebook.rule, name="rule"),
    path("dashboards/", boards.root, name="dashboard"),
    path("dashboards/quality/", quality.quality_page, name="quality"),
    path("dashboards/overview/", overview.overview_page, name="overview"),
    path("dashboards/overview/rates.svg", overview.rates_svg, name="overview-rates"),
    path("dashboards/<slug:name>/", boards.board_page, name="dashboard-named"),
    path("dashboards/<slug:name>/<slug:chart>.<slug:kind>", boards.chart_file, name="chart-file"),
]
