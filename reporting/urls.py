"""Dashboards and completeness."""

from django.urls import path

from reporting import public, views
from reporting.completeness import views as completeness
from reporting.quality import views as quality
from reporting.rulebook import views as rulebook

urlpatterns = [
    path("published/statistics/", public.statistics, name="statistics"),
    path("published/statistics/<slug:return_id>/<slug:label>/", public.statistics_of, name="statistics-of"),
    path("published/statistics/<slug:return_id>/<slug:label>.csv", public.statistics_csv, name="statistics-csv"),
    path("published/statistics/<slug:return_id>/<slug:label>.json", public.statistics_json, name="statistics-json"),
    path("releases/", public.releases, name="releases"),
    path("releases/<int:pk>/", public.release, name="release"),
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
    path("rules/", rulebook.rules, name="rules"),
    path("rules/<slug:return_id>/<slug:version>/<slug:code>/", rulebook.rule, name="rule"),
    path("dashboards/", views.dashboards_root, name="dashboard"),
    path("dashboards/reference-beside-member-states.svg", views.beside_svg, name="beside-svg"),
    path("dashboards/reference-beside-member-states.csv", views.beside_csv, name="beside-csv"),
    path(
        "dashboards/figures/<slug:return_id>/<slug:panel_id>/<slug:period_label>.svg",
        views.figure_svg,
        name="figure-svg",
    ),
    path(
        "dashboards/figures/<slug:return_id>/<slug:panel_id>/<slug:period_label>.csv",
        views.figure_csv,
        name="figure-csv",
    ),
    path("dashboards/quality/", quality.quality_page, name="quality"),
    path("dashboards/<slug:name>/", views.dashboard, name="dashboard-named"),
]
