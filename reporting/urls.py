"""Dashboards and completeness."""

from django.urls import path

from reporting import views

urlpatterns = [
    path("completeness/", views.completeness_page, name="completeness"),
    path("completeness.csv", views.completeness_csv, name="completeness-csv"),
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
    path("dashboards/<slug:name>/", views.dashboard, name="dashboard-named"),
]
