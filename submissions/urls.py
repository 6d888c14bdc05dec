"""Pages of filing and review."""

from django.urls import path

from submissions import views

urlpatterns = [
    path("home/", views.home, name="home"),
    path("obligations/<int:obligation_id>/periods/<int:period_id>/start/", views.start_filing, name="start-filing"),
    path("filings/<int:pk>/", views.filing, name="filing"),
    path("filings/<int:pk>/upload/", views.upload, name="upload"),
    path("revisions/<int:pk>/", views.revision, name="revision"),
    path("revisions/<int:pk>/job/", views.job, name="revision-job"),
    path("revisions/<int:pk>/decision/", views.decide, name="decide"),
    path("revisions/<int:pk>/withdrawal/", views.withdraw, name="withdraw"),
    path("review/", views.review, name="review"),
    path("definitions/", views.definitions, name="definitions"),
    path("definitions/<slug:return_id>/<slug:version>/", views.definition, name="definition"),
    path("definitions/<slug:return_id>/<slug:version>/blank.csv", views.blank_csv, name="blank-csv"),
]
