"""What lies beneath `/published/`. Two words before a report's own address: statistics come first."""

from django.urls import path

from reporting.published import statistics, views

STATISTICS = "statistics/<slug:return_id>/<slug:label>"
REPORT = "<slug:return_id>/<slug:entity>/<slug:label>/"
urlpatterns = [
    path("", views.published, name="published"),
    path("statistics/", statistics.statistics, name="statistics"),
    path(f"{STATISTICS}/", statistics.statistics_of, name="statistics-of"),
    path(f"{STATISTICS}.csv", statistics.statistics_csv, name="statistics-csv"),
    path(f"{STATISTICS}.json", statistics.statistics_json, name="statistics-json"),
    path(f"{STATISTICS}/<slug:panel_id>.svg", statistics.statistics_svg, name="statistics-svg"),
    path("organisations/", views.organisations, name="organisations"),
    path("organisations.csv", views.organisations_csv, name="organisations-csv"),
    path("organisations.json", views.organisations_json, name="organisations-json"),
    path("catalogue.ttl", views.catalogue_file, {"ending": "ttl"}, name="catalogue-ttl"),
    path("catalogue.rdf", views.catalogue_file, {"ending": "rdf"}, name="catalogue-rdf"),
    path("catalogue.jsonld", views.catalogue_file, {"ending": "jsonld"}, name="catalogue-jsonld"),
    path("dumps/", views.dumps_page, name="dumps"),
    path("dumps/<str:name>.sha256", views.dump_checksum, name="dump-checksum"),
    path("dumps/<str:name>", views.dump, name="dump"),
    path(REPORT, views.report_page, name="published-report"),
    path(f"{REPORT}<int:number>/", views.report_page, name="published-version"),
    path(f"{REPORT}<int:number>/report.csv", views.report_csv, name="published-csv"),
    path(f"{REPORT}<int:number>/report.json", views.report_json, name="published-json"),
    path(f"{REPORT}<int:number>/report.txt", views.report_content, name="published-content"),
]
