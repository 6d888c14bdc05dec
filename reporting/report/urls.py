"""Addresses beneath `/report/`."""

from django.urls import path

from reporting.report import views

urlpatterns = [
    path("", views.reports, name="reports"),
    path("<int:pk>/", views.report, name="report"),
    path("<int:pk>/preview/", views.preview, name="report-preview"),
    path("<int:pk>/sections/<slug:name>/", views.section, name="report-section"),
    path("<int:pk>/charts/<slug:name>.svg", views.chart, name="report-chart"),
    path("<int:pk>/report.<slug:kind>", views.download, name="report-download"),
]
