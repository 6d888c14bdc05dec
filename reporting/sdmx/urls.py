"""Addresses of `/sdmx/`, as SDMX REST 1.5 (for SDMX 2.1) and 2.0 (for 3.0) have them."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path

from reporting.sdmx.views import DataView, SchemaView, StructureView

V21, V30 = {"standard": "2.1"}, {"standard": "3.0"}
data, schema, structure = (login_not_required(view.as_view()) for view in (DataView, SchemaView, StructureView))

urlpatterns = [
    path("2.1/data/<path:path>", data, V21, name="sdmx-data-21"),
    path("2.1/schema/<path:path>", schema, V21, name="sdmx-schema-21"),
    path("2.1/<path:path>", structure, V21, name="sdmx-structure-21"),
    path("3.0/data/<path:path>", data, V30, name="sdmx-data"),
    path("3.0/schema/<path:path>", schema, V30, name="sdmx-schema"),
    path("3.0/structure/<path:path>", structure, V30, name="sdmx-structure"),
]
