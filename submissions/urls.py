"""Pages of filing and review."""

from django.urls import path

from submissions.views import definitions, filings, review, revisions, uploads

urlpatterns = [
    path("home/", filings.home, name="home"),
    path("obligations/<int:obligation_id>/periods/<int:period_id>/start/", filings.start_filing, name="start-filing"),
    path("filings/<int:pk>/", filings.filing, name="filing"),
    path("filings/<int:pk>/upload/", uploads.upload, name="upload"),
    path("revisions/<int:pk>/", revisions.revision, name="revision"),
    path("revisions/<int:pk>/job/", revisions.job, name="revision-job"),
    path("revisions/<int:pk>/decision/", revisions.decide, name="decide"),
    path("revisions/<int:pk>/withdrawal/", revisions.withdraw, name="withdraw"),
    path("review/", review.review, name="review"),
    path("definitions/", definitions.definitions, name="definitions"),
    path("definitions/<slug:return_id>/<slug:version>/", definitions.definition, name="definition"),
    path("definitions/<slug:return_id>/<slug:version>/blank.csv", definitions.blank_csv, name="blank-csv"),
]
