"""Every address of the portal, asked for by everybody: what each role gets, and that a refusal changes nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import URLPattern, get_resolver, resolve
from django.utils import timezone
from knox.models import AuthToken

from portal.clients import make_client
from portal.models import ApiClient, User
from reporting.exports.actions import ask_export
from reporting.exports.asking import Asked
from reporting.kept.actions import keep_view, key_of, subscribe_view
from reporting.models import KeptView
from reporting.report.actions import begin_report
from submissions import actions, publications
from submissions.models import Draft, Filing, Obligation, Relief, ReportingPeriod, Revision, Upload, Webhook
from tests.conftest import read
from tests.pages.world import file_csv, load, member, receipt, start

pytestmark = pytest.mark.django_db

ROLES = ["anonymous", "nobody", "filer", "signatory", "reader", "administrator", "other", "state", "supervisor",
         "com_reader", "com_reviewer", "com_admin"]  # fmt: skip
"""Of Google the filer, signatory, reader and administrator; `other` files for Meta, `state` for Denmark."""

# One line an address: what every role gets, in the order of ROLES. `+` marks a write that happened; without it nothing
# in the database may differ afterwards. {google}, {dk}, {meta}: an accepted filing, {google_rev} … its revision,
# {google_job} … its job; {waiting}: a checked revision of Google that waits for a decision; {draft}: a draft of
# Google, {prepared}: a file that waits beside it.
TABLE = """
                                              anon  nobody filer sign  reader admin other state super | reader reviewer admin
GET  /                                        200   200   200   200   200   200   200   200   200   200   200   200
GET  /about/                                  200   200   200   200   200   200   200   200   200   200   200   200
GET  /health/                                 200   200   200   200   200   200   200   200   200   200   200   200
GET  /sign-in/                                200   302   302   302   302   302   302   302   302   302   302   302
GET  /sign-out/                               405   405   405   405   405   405   405   405   405   405   405   405
POST /sign-out/                               302   302+  302+  302+  302+  302+  302+  302+  302+  302+  302+  302+
GET  /account/                                302   200   200   200   200   200   200   200   200   200   200   200
POST /account/                                302   200+  200+  200+  200+  200+  200+  200+  200+  200+  200+  200+
POST /language/                               302   302   302   302   302   302   302   302   302   302   302   302
GET  /definitions/                            200   200   200   200   200   200   200   200   200   200   200   200
GET  /definitions/provider_report/2021/       200   200   200   200   200   200   200   200   200   200   200   200
GET  /definitions/provider_report/1999/       404   404   404   404   404   404   404   404   404   404   404   404
GET  /definitions/provider_report/2024/blank.csv 200 200 200 200  200   200   200   200   200   200   200   200
GET  /rules/                                  200   200   200   200   200   200   200   200   200   200   200   200
GET  /rules/provider_report/2024/P-CPL-001/   200   200   200   200   200   200   200   200   200   200   200   200
GET  /rules/provider_report/1999/P-CPL-001/   404   404   404   404   404   404   404   404   404   404   404   404
GET  /published/ 200 200 200 200 200 200 200 200 200 200 200 200
GET  /published/organisations/ 200 200 200 200 200 200 200 200 200 200 200 200
GET  /published/organisations.csv 200 200 200 200 200 200 200 200 200 200 200 200
GET  /published/organisations.json 200 200 200 200 200 200 200 200 200 200 200 200
GET  /published/catalogue.ttl 200 200 200 200 200 200 200 200 200 200 200 200
GET  /published/catalogue.rdf 200 200 200 200 200 200 200 200 200 200 200 200
GET  /published/catalogue.jsonld 200 200 200 200 200 200 200 200 200 200 200 200
GET  /published/dumps/ 200 200 200 200 200 200 200 200 200 200 200 200
GET  /published/dumps/nothing.zip 404 404 404 404 404 404 404 404 404 404 404 404
GET  /published/dumps/nothing.zip.sha256 404 404 404 404 404 404 404 404 404 404 404 404
GET  /published/provider_report/google/2022/ 200 200 200 200 200 200 200 200 200 200 200 200
GET  /published/provider_report/google/2022/1/ 200 200 200 200 200 200 200 200 200 200 200 200
GET  /published/provider_report/google/2022/1/report.csv 200 200 200 200 200 200 200 200 200 200 200 200
GET  /published/provider_report/google/2022/1/report.json 200 200 200 200 200 200 200 200 200 200 200 200
GET  /published/provider_report/google/2022/1/report.txt 200 200 200 200 200 200 200 200 200 200 200 200
GET  /published/provider_report/google/2025/ 404 404 404 404 404 404 404 404 404 404 404 404
GET  /published/provider_report/google/2025/1/ 404 404 404 404 404 404 404 404 404 404 404 404
GET  /published/provider_report/google/2025/1/report.csv 404 404 404 404 404 404 404 404 404 404 404 404
GET  /published/provider_report/google/2025/1/report.json 404 404 404 404 404 404 404 404 404 404 404 404
GET  /published/provider_report/google/2025/1/report.txt 404 404 404 404 404 404 404 404 404 404 404 404
GET  /published/member_state_statistics/dk/2022/ 404 404 404 404 404 404 404 404 404 404 404 404
GET  /published/statistics/                   200   200   200   200   200   200   200   200   200   200   200   200
GET  /published/statistics/member_state_statistics/2022/ 200 200 200 200 200 200 200 200 200  200   200   200
GET  /published/statistics/member_state_statistics/2022.csv 200 200 200 200 200 200 200 200 200 200 200 200
GET  /published/statistics/member_state_statistics/2022.json 200 200 200 200 200 200 200 200 200 200 200 200
GET  /published/statistics/member_state_statistics/2022/nothing.svg 404 404 404 404 404 404 404 404 404 404 404 404
GET  /published/statistics/provider_report/2022.csv 404 404 404 404   404   404   404   404   404   404   404   404
GET  /report/                                 302   404   404   404   404   404   404   404   404   200   200   200
POST /report/                                 302   404   404   404   404   404   404   404   404   404   422   404
GET  /report/{report}/                        302   404   404   404   404   404   404   404   404   200   200   200
GET  /report/{report}/preview/                302   404   404   404   404   404   404   404   404   200   200   200
GET  /report/{report}/sections/conclusions/   302   404   404   404   404   404   404   404   404   200   200   200
GET  /report/{report}/sections/nonsense/      302   404   404   404   404   404   404   404   404   404   404   404
POST /report/{report}/sections/conclusions/   302   404   404   404   404   404   404   404   404   404   302+  404
GET  /report/{report}/charts/cases-cases-2022.svg 302 404   404   404   404   404   404   404   404   200   200   200
GET  /report/{report}/report.html             302   404   404   404   404   404   404   404   404   200   200   200
GET  /report/{report}/report.odt              302   404   404   404   404   404   404   404   404   404   404   404
GET  /sdmx/2.1/dataflow/EC_CSA                200   200   200   200   200   200   200   200   200   200   200   200
GET  /sdmx/2.1/schema/dataflow/EC_CSA/PROVIDER_REPORT 200 200 200 200 200 200 200   200   200   200   200   200
GET  /sdmx/2.1/data/MEMBER_STATE_STATISTICS   200   200   200   200   200   200   200   200   200   200   200   200
GET  /sdmx/3.0/structure/codelist/EC_CSA/CL_UNIT 200 200  200   200   200   200   200   200   200   200   200   200
GET  /sdmx/3.0/structure/codelist/EC_CSA/CL_NONE 404 404  404   404   404   404   404   404   404   404   404   404
GET  /sdmx/3.0/schema/dataflow/EC_CSA/PROVIDER_REPORT 200 200 200 200 200 200 200   200   200   200   200   200
GET  /sdmx/3.0/data/dataflow/EC_CSA/PROVIDER_REPORT/2021.0.0 200 200 200 200 200 200 200 200 200 200  200   200
GET  /releases/                               302   404   404   404   404   404   404   404   404   200   200   200
GET  /releases/{released}/                    302   405   405   405   405   405   405   405   405   405   405   405
POST /releases/{released}/                    302   404   404   404   404   404   404   404   404   302   302+  302
GET  /home/                                   302   302   200   200   200   200   200   200   302   302   302   302
GET  /exports/                                302   200   200   200   200   200   200   200   200   200   200   200
POST /exports/                                302   302+  302+  302+  302+  302+  302+  302+  302+  302+  302+  302+
GET  /exports/{export}/                       302   404   200   404   404   404   404   404   404   404   404   404
POST /exports/{export}/discard/               302   404   302+  404   404   404   404   404   404   404   404   404
GET  /vintages/                               302   404   404   404   404   404   404   404   404   200   200   200
GET  /vintages.csv                            302   404   404   404   404   404   404   404   404   200   200   200
GET  /views/                                  302   404   404   404   404   404   404   404   404   200   200   200
POST /views/keep/                             302   404   404   404   404   404   404   404   404   302+  302+  302+
POST /views/{view}/rename/                    302   404   404   404   404   404   404   404   404   404   302+  404
POST /views/{view}/subscribe/                 302   404   404   404   404   404   404   404   404   404   302+  404
POST /views/{view}/delete/                    302   404   404   404   404   404   404   404   404   404   302+  404
GET  /views/stop/{stop}/                      200   200   200   200   200   200   200   200   200   200   200   200
POST /views/stop/{stop}/                      200+  200+  200+  200+  200+  200+  200+  200+  200+  200+  200+  200+
GET  /api/v1/exports/observations.csv              401   200   200   200   200   200   200   200   200   200   200   200
GET  /api/v1/exports/observations.json             401   200   200   200   200   200   200   200   200   200   200   200
GET  /api/v1/exports/observations.ndjson           401   200   200   200   200   200   200   200   200   200   200   200
GET  /api/v1/exports/observations.xlsx             401   200   200   200   200   200   200   200   200   200   200   200
GET  /api/v1/exports/observations.parquet          401   200   200   200   200   200   200   200   200   200   200   200
GET  /api/v1/exports/                         401   200   200   200   200   200   200   200   200   200   200   200
POST /api/v1/exports/                         401   202+  202+  202+  202+  202+  202+  202+  202+  202+  202+  202+
GET  /api/v1/exports/{export}/                401   404   200   404   404   404   404   404   404   404   404   404
GET  /api/v1/exports/{export}/file/           401   404   404   404   404   404   404   404   404   404   404   404
GET  /api/v1/vintages/                        401   404   404   404   404   404   404   404   404   200   200   200
GET  /api/v1/series/                          401   400   400   400   400   400   400   400   400   400   400   400
GET  /review/                                 302   404   404   404   404   404   404   404   200   200   200   200
GET  /completeness/                           302   404   404   404   404   404   404   404   404   200   200   200
GET  /completeness.csv                        302   404   404   404   404   404   404   404   404   200   200   200
GET  /completeness/provider_report/2025/      302   404   404   404   404   404   404   404   404   200   200   200
GET  /completeness/provider_report/1999/      302   404   404   404   404   404   404   404   404   404   404   404
GET  /completeness/provider_report/2025/sections.csv 302   404   404   404   404   404   404   404   404   200   200   200
GET  /completeness/provider_report/2025/points.csv 302   404   404   404   404   404   404   404   404   200   200   200
GET  /completeness/provider_report/2025/google/ 302   404   404   404   404   404   404   404   404   200   200   200
GET  /completeness/provider_report/2026/google/relief/ 302 405 405  405   405   405   405   405   405   405   405   405
POST /completeness/provider_report/2026/google/relief/ 302   404   404   404   404   404   404   404   404   404   302+  302+
POST /reliefs/{relief}/take-back/             302   404   404   404   404   404   404   404   404   404   302+  302+
GET  /dashboards/                             302   302   302   302   302   302   302   302   302   302   302   302
GET  /dashboards/overview/                    302   200   200   200   200   200   200   200   200   200   200   200
GET  /dashboards/overview/rates.svg           302   200   200   200   200   200   200   200   200   200   200   200
GET  /dashboards/quality/                     302   200   200   200   200   200   200   200   200   200   200   200
GET  /dashboards/providers/                   302   200   200   200   200   200   200   200   200   200   200   200
GET  /dashboards/nonsense/                    302   404   404   404   404   404   404   404   404   404   404   404
GET  /dashboards/providers/cases.svg          302   404   200   200   200   200   200   404   200   200   200   200
GET  /dashboards/providers/cases.csv          302   404   200   200   200   200   200   404   200   200   200   200
GET  /dashboards/providers/cases.png          302   404   200   200   200   200   200   404   200   200   200   200
GET  /dashboards/providers/cases.xlsx         302   404   200   200   200   200   200   404   200   200   200   200
GET  /dashboards/providers/cases.pdf          302   404   404   404   404   404   404   404   404   404   404   404
GET  /dashboards/member-states/reports.csv    302   404   404   404   404   404   404   200   404   200   200   200
GET  /filings/{google}/                       302   404   200   200   200   200   404   404   200   200   200   200
GET  /filings/{draft}/                        302   404   200   200   200   200   404   404   404   404   404   404
GET  /filings/{dk}/                           302   404   404   404   404   404   404   200   404   200   200   200
GET  /filings/{meta}/                         302   404   404   404   404   404   200   404   200   200   200   200
GET  /filings/{google}/upload/                302   404   200   200   404   404   404   404   404   404   404   404
GET  /filings/{dk}/upload/                    302   404   404   404   404   404   404   200   404   404   404   404
POST /filings/{draft}/upload/                 302   404   302+  302+  404   404   404   404   404   404   404   404
GET  {start}                                  302   405   405   405   405   405   405   405   405   405   405   405
POST {start}                                  302   404   302+  302+  404   404   404   404   404   404   404   404
GET  /definitions/provider_report/2024/workbook.xlsx 200 200 200 200 200 200 200 200 200  200   200   200
GET  /filings/{google}/workbook.xlsx          302   404   200   200   404   404   404   404   404   404   404   404
GET  /filings/{draft}/edit/                   302   404   302   302   404   404   404   404   404   404   404   404
GET  /filings/{google}/edit/                  302   404   200   200   404   404   404   404   404   404   404   404
GET  /filings/{draft}/edit/1/                 302   404   200   200   404   404   404   404   404   404   404   404
GET  /filings/{draft}/edit/77/                302   404   404   404   404   404   404   404   404   404   404   404
POST /filings/{draft}/edit/1/                 302   404   302+  302+  404   404   404   404   404   404   404   404
GET  /filings/{draft}/check/                  302   404   200   200   404   404   404   404   404   404   404   404
POST /filings/{draft}/check/                  302   404   302   302   404   404   404   404   404   404   404   404
POST /filings/{google}/start-from-last-year/  302   404   302   302   404   404   404   404   404   404   404   404
POST /filings/{google}/start-from-revision/   302   404   302+  302+  404   404   404   404   404   404   404   404
GET  /filings/{draft}/sign/                   302   404   200   200   404   404   404   404   404   404   404   404
POST /filings/{draft}/sign/                   302   404   422   409   404   404   404   404   404   404   404   404
GET  /uploads/{prepared}/                     302   404   200   200   404   404   404   404   404   404   404   404
GET  /uploads/{prepared}/job/                 302   404   200   200   404   404   404   404   404   404   404   404
GET  /uploads/{prepared}/annotated.xlsx       302   404   200   200   404   404   404   404   404   404   404   404
POST /uploads/{prepared}/to-draft/            302   404   302+  302+  404   404   404   404   404   404   404   404
POST /uploads/{prepared}/discard/             302   404   302+  302+  404   404   404   404   404   404   404   404
GET  /revisions/{google_rev}/receipt/         302   404   200   200   200   200   404   404   200   200   200   200
GET  /revisions/{google_rev}/receipt.pdf      302   404   200   200   200   200   404   404   200   200   200   200
GET  /revisions/{google_rev}/manifest.json    302   404   200   200   200   200   404   404   200   200   200   200
GET  /revisions/{google_rev}/content.txt      302   404   200   200   200   200   404   404   200   200   200   200
GET  /revisions/{google_rev}/annotated.xlsx   302   404   200   200   200   200   404   404   200   200   200   200
GET  /revisions/{google_rev}/changes/         302   404   404   404   404   404   404   404   404   404   404   404
POST /revisions/{waiting}/explanations/       302   404   302+  302+  404   404   404   404   404   404   404   404
GET  /revisions/{google_rev}/                 302   404   200   200   200   200   404   404   200   200   200   200
GET  /revisions/{dk_rev}/                     302   404   404   404   404   404   404   200   404   200   200   200
GET  /revisions/{meta_rev}/                   302   404   404   404   404   404   200   404   200   200   200   200
GET  /revisions/{google_rev}/job/             302   404   200   200   200   200   404   404   200   200   200   200
GET  /revisions/{dk_rev}/job/                 302   404   404   404   404   404   404   200   404   200   200   200
POST /revisions/{waiting}/decision/           302   404   302   302   302   302   404   404   302   302   302+  302
POST /revisions/{waiting}/withdrawal/         302   404   302+  302+  302   302   404   404   302   302   302   302
GET  /revisions/{waiting}/decision/           302   405   405   405   405   405   405   405   405   405   405   405
GET  /revisions/{waiting}/withdrawal/         302   405   405   405   405   405   405   405   405   405   405   405
GET  /entity/                                 302   404   404   404   404   302   404   404   404   404   404   404
GET  /entity/google/                          302   404   404   404   404   200   404   404   404   404   404   404
POST /entity/google/clients/                  302   404   404   404   404   200+   404   404   404   404   404   404
POST /entity/google/clients/{client}/key/     302   404   404   404   404   200+   404   404   404   404   404   404
POST /entity/google/clients/{client}/revoke/  302   404   404   404   404   302+   404   404   404   404   404   404
POST /entity/google/keys/{key}/revoke/        302   404   404   404   404   302+   404   404   404   404   404   404
POST /entity/google/webhooks/                 302   404   404   404   404   200+   404   404   404   404   404   404
POST /entity/google/webhooks/{webhook}/secret/ 302   404   404   404   404   200+   404   404   404   404   404   404
POST /entity/google/webhooks/{webhook}/remove/ 302   404   404   404   404   302+   404   404   404   404   404   404
POST /entity/google/deliveries/{delivery}/again/ 302   404   404   404   404   302+   404   404   404   404   404   404
GET  /entity/google/webhooks/{webhook}/       302   404   404   404   404   200   404   404   404   404   404   404
GET  /api/v1/schema/                          200   200   200   200   200   200   200   200   200   200   200   200
GET  /api/v1/docs/                            200   200   200   200   200   200   200   200   200   200   200   200
GET  /api/v1/definitions/                     200   200   200   200   200   200   200   200   200   200   200   200
GET  /api/v1/definitions/provider_report/2024/ 200  200   200   200   200   200   200   200   200   200   200   200
GET  /api/v1/definitions/provider_report/2024/schema.json 200 200 200 200 200 200 200 200 200 200 200 200
GET  /api/v1/rules/                           200   200   200   200   200   200   200   200   200   200   200   200
GET  /api/v1/rules/provider_report/2024/P-CPL-001/ 200   200   200   200   200   200   200   200   200   200   200   200
GET  /api/v1/codelists/                       200   200   200   200   200   200   200   200   200   200   200   200
GET  /api/v1/codelists/country/               200   200   200   200   200   200   200   200   200   200   200   200
GET  /api/v1/codelists/nonsense/              404   404   404   404   404   404   404   404   404   404   404   404
GET  /api/v1/obligations/                     401   200   200   200   200   200   200   200   200   200   200   200
GET  /api/v1/completeness/                    401   200   200   200   200   200   200   200   200   200   200   200
GET  /api/v1/comparability/                   401   400   400   400   400   400   400   400   400   400   400   400
GET  /api/v1/quality/                         401   200   200   200   200   200   200   200   200   200   200   200
GET  /api/v1/check/                           401   405   405   405   405   405   405   405   405   405   405   405
POST /api/v1/check/                           401   404   200   200   404   404   404   404   404   404   404   404
GET  /api/v1/revisions/                       401   200   200   200   200   200   200   200   200   200   200   200
POST /api/v1/revisions/                       401   404   201+  201+  404   404   404   404   404   404   404   404
GET  /api/v1/revisions/{google_rev}/          401   404   200   200   200   200   404   404   200   200   200   200
GET  /api/v1/revisions/{dk_rev}/              401   404   404   404   404   404   404   200   404   200   200   200
GET  /api/v1/revisions/{google_rev}/observations/ 401 404 200   200   200   200   404   404   200   200   200   200
GET  /api/v1/revisions/{dk_rev}/observations/ 401   404   404   404   404   404   404   200   404   200   200   200
GET  /api/v1/revisions/{google_rev}/findings/ 401   404   200   200   200   200   404   404   200   200   200   200
GET  /api/v1/revisions/{dk_rev}/findings/     401   404   404   404   404   404   404   200   404   200   200   200
GET  /api/v1/revisions/{google_rev}/receipt/  401   404   200   200   200   200   404   404   200   200   200   200
GET  /api/v1/revisions/{dk_rev}/receipt/      401   404   404   404   404   404   404   200   404   200   200   200
GET  /api/v1/revisions/{google_rev}/content.txt 401 404   200   200   200   200   404   404   200   200   200   200
GET  /api/v1/revisions/{dk_rev}/content.txt   401   404   404   404   404   404   404   200   404   200   200   200
GET  /api/v1/revisions/{waiting}/decision/    401   405   405   405   405   405   405   405   405   405   405   405
POST /api/v1/revisions/{waiting}/decision/    401   404   403   403   403   403   404   404   403   403   200+  403
GET  /api/v1/revisions/{waiting}/withdrawal/  401   405   405   405   405   405   405   405   405   405   405   405
POST /api/v1/revisions/{waiting}/withdrawal/  401   404   200+  200+  403   403   404   404   403   403   403   403
GET  /api/v1/filings/                         401   200   200   200   200   200   200   200   200   200   200   200
POST /api/v1/filings/                         401   404   200+  200+  404   404   404   404   404   404   404   404
GET  /api/v1/filings/{google}/                401   404   200   200   200   200   404   404   200   200   200   200
GET  /api/v1/filings/{draft}/                 401   404   200   200   200   200   404   404   404   404   404   404
GET  /api/v1/filings/{dk}/                    401   404   404   404   404   404   404   200   404   200   200   200
GET  /api/v1/filings/{draft}/draft/           401   404   200   200   404   404   404   404   404   404   404   404
PUT  /api/v1/filings/{draft}/draft/           401   404   200+  200+  404   404   404   404   404   404   404   404
POST /api/v1/filings/{draft}/submit/          401   404   201+  201+  404   404   404   404   404   404   404   404
GET  /api/v1/filings/{draft}/submit/          401   405   405   405   405   405   405   405   405   405   405   405
GET  /api/v1/jobs/{google_job}/               401   404   200   200   200   200   404   404   200   200   200   200
GET  /api/v1/jobs/{dk_job}/                   401   404   404   404   404   404   404   200   404   200   200   200
POST /api/v1/token/                           415   415   415   415   415   415   415   415   415   415   415   415
GET  /api/v1/definitions/provider_report/2024/workbook.xlsx 200   200   200   200   200   200   200   200   200   200   200   200
POST /api/v1/revisions/bulk/                  401   200   200+   200+   200   200   200   200   200   200   200   200
GET  /api/v1/revisions/{waiting}/annotated.xlsx 401   404   200   200   200   200   404   404   200   200   200   200
POST /api/v1/findings/{finding}/explanation/  401   404   200+   200+   403   403   404   404   403   403   403   403
POST /api/v1/uploads/                         401   415   415   415   415   415   415   415   415   415   415   415
GET  /api/v1/uploads/{upload}/                401   404   200   200   404   404   404   404   404   404   404   404
GET  /api/v1/webhooks/                        401   200   200   200   200   200   200   200   200   200   200   200
POST /api/v1/webhooks/                        401   404   404   404   404   201+   404   404   404   404   404   404
GET  /api/v1/webhooks/{webhook}/              401   404   404   404   404   200   404   404   404   404   404   404
DELETE /api/v1/webhooks/{webhook}/              401   404   404   404   404   204+   404   404   404   404   404   404
POST /api/v1/webhooks/{webhook}/secret/       401   404   404   404   404   200+   404   404   404   404   404   404
GET  /api/v1/webhooks/{webhook}/deliveries/   401   404   404   404   404   200   404   404   404   404   404   404
POST /api/v1/webhooks/{webhook}/deliveries/{delivery}/again/ 401   404   404   404   404   202+   404   404   404   404   404   404
GET  /api/v1/nowhere/                         404   404   404   404   404   404   404   404   404   404   404   404
GET  /admin/                                  302   302   302   302   302   302   302   302   302   302   302   200
GET  /nowhere/                                404   404   404   404   404   404   404   404   404   404   404   404
"""
CASES = [line.split() for line in TABLE.strip().splitlines()[1:]]
NEW = {"return": "provider_report", "entity": "google", "period": "2026"}
ANSWER = {"decision": "return", "reason": "Read it again."}
NOW = timezone.now()
FILE = b"address,value,obs_status\nvolume.reports[service=gmail],7,A\n"
BODIES: dict[str, Any] = {
    "/check/": NEW | {"observations": []},
    "/api/v1/revisions/": NEW | {"observations": []},
    "/api/v1/filings/": NEW,
    "/draft/": {"observations": [{"address": "b"}]},
    "/submit/": {},
    "/decision/": ANSWER,
    "/withdrawal/": ANSWER,
    "/language/": {"language": "da"},
    "/exports/": {"kind": "csv"},
    "/views/keep/": {"name": "Another", "address": "/vintages/"},
    "/rename/": {"name": "Another"},
    "/subscribe/": {"rhythm": "weekly"},
    "/edit/1/": {"value.0.data.services": "Mail"},
    "/revisions/bulk/": {"filings": [NEW | {"observations": []}]},
    "/explanations/": {"finding": "0", "text": "Counted by hand."},
    "/explanation/": {"text": "Counted by hand."},
    "/sections/conclusions/": {"number": "0", "text": "Written by hand."},
    "/relief/": {"kind": "exempted", "reason": "The service was closed."},
    "/take-back/": {"reason": "The service was opened again."},
    "/webhooks/": {"url": "https://example.com/hook"},
    "/clients/": {"name": "Reports", "scopes": ["file:provider_report@google"]},
    "/key/": {"overlap": 7},
}


@dataclass
class World:
    tokens: dict[str, str]
    sessions: dict[str, str]
    places: dict[str, object]
    edition: str


@pytest.fixture(scope="module")
def world(shared_db: None) -> World:
    load("google 2022", "meta 2022", "dk 2022")
    publications.release_loaded()
    load("se 2022")
    users: dict[str, User | None] = {"anonymous": None, "nobody": member()}
    users |= {role: member("google", role) for role in ("filer", "signatory", "reader", "administrator")}
    users |= {
        "other": member("meta", "filer"),
        "state": member("dk", "filer"),
        "supervisor": member("ie-dpc", "reader"),
    }
    users |= {f"com_{role[:5]}" if role == "admin" else f"com_{role}": member("commission", role)
              for role in ("reader", "reviewer")}  # fmt: skip
    users["com_admin"] = member("commission", "administrator", is_staff=True, is_superuser=True)
    filer = users["filer"]
    assert filer is not None
    waiting = file_csv(
        start("provider_report", "google", "2025", filer), read("provider_report/2025/google.csv"), filer
    )
    drafted = start("provider_report", "google", "2021", filer)
    draft = actions.save_draft(filing=drafted, observations=[{"address": "a"}], edition=None, by=filer)
    prepared, _created = actions.receive_upload(
        filing=drafted, data=FILE, media_type="text/csv", purpose="prepare", by=filer, name="a.csv"
    )
    actions.run_job(job_id=prepared.job.pk)
    places: dict[str, object] = {"waiting": waiting.pk, "draft": drafted.pk, "prepared": prepared.pk}
    for entity, number in (("google", "PR-2022-google-1"), ("dk", "MS-2022-dk-1"), ("meta", "PR-2022-meta-1")):
        found = receipt(number)
        places |= {entity: found.filing_id, f"{entity}_rev": found.pk, f"{entity}_job": found.job.pk}
    owed = Obligation.objects.get(entity__code="google")
    period = ReportingPeriod.objects.get(return_id="provider_report", label="2026")
    relief = actions.grant_relief(
        obligation=Obligation.objects.get(entity__code="meta"),
        period=ReportingPeriod.objects.get(return_id="provider_report", label="2026"),
        kind="exempted", reason="The service was closed.", by=member("commission", "reviewer"),
    )  # fmt: skip
    places |= {
        "relief": relief.pk,
        "start": f"/obligations/{owed.pk}/periods/{period.pk}/start/",
    }
    report = begin_report(
        title="Report", language="en", as_of=timezone.localdate(),
        periods=ReportingPeriod.objects.filter(return_id="provider_report", label="2022"),
        by=member("commission", "reviewer"),
    )  # fmt: skip
    places["report"] = report.pk
    places["released"] = ReportingPeriod.objects.get(return_id="member_state_statistics", label="2022").pk
    places |= machines(users["administrator"], waiting, filer)
    export = ask_export(asked=Asked(), kind="csv", language="en", by=filer)
    reviewer = member("commission", "reviewer")
    view = keep_view(name="Mine", address="/vintages/", language="en", by=reviewer)
    subscribe_view(view=view, rhythm="daily", language="en", by=reviewer)
    places |= {"export": export.pk, "view": view.pk, "stop": key_of(view)}
    tokens = {role: AuthToken.objects.create(user)[1] for role, user in users.items() if user}
    return World(tokens, {role: session(user) for role, user in users.items() if user}, places, draft.etag)


def session(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def browser_of(role: str, world: World) -> Client:
    client = Client()
    if role in world.sessions:
        client.cookies[settings.SESSION_COOKIE_NAME] = world.sessions[role]
    return client


def machines(admin: User | None, waiting: Revision, filer: User) -> dict[str, object]:
    """{client}, {key}, {webhook}, {delivery}, {upload} of Google; {finding}: one of the revision that waits."""
    assert admin is not None
    entity = waiting.filing.entity
    client, _secret = make_client(entity=entity, name="a", scopes=[], sandbox=False, by=admin)
    hook = actions.subscribe(entity=entity, url="https://example.com/", events=[], by=admin)
    delivery = hook.deliveries.create(
        message="m", event="revision.received", body="{}", state="failed", finished_at=NOW
    )
    upload, _created = actions.receive_upload(
        filing=waiting.filing, data=FILE, media_type="text/csv", purpose="file", by=filer
    )
    return {
        "client": client.pk, "key": client.keys.get().pk, "webhook": hook.pk, "delivery": delivery.pk,
        "upload": upload.pk, "finding": waiting.findings.order_by("pk")[0].pk,
    }  # fmt: skip


def snapshot() -> dict[str, Any]:
    """How many rows every table has, and the states that a write could change. Axes keeps a log of its own."""
    return rows_of_tables() | {
        "revisions": sorted(Revision.objects.values_list("pk", "state", "decision_reason")),
        "filings": sorted(Filing.objects.values_list("pk", "latest")),
        "reliefs": sorted(Relief.objects.values_list("pk", "taken_back_reason")),
        "uploads": sorted(Upload.objects.values_list("pk", flat=True)),
        "drafts": sorted(Draft.objects.values_list("pk", "edition")),
        "clients": sorted(ApiClient.objects.values_list("pk", "revoked_by", "keys__revoked_by")),
        "views": sorted(KeptView.objects.values_list("pk", "name", "rhythm")),
        "webhooks": sorted(Webhook.objects.values_list("pk", "secret", "active", "deliveries__state")),
    }


def rows_of_tables() -> dict[str, int]:
    """In one statement: it is asked thousands of times."""
    tables = [model._meta.db_table for model in apps.get_models() if model._meta.app_label != "axes"]
    counts = (f"SELECT '{table}', COUNT(*) FROM {connection.ops.quote_name(table)}" for table in tables)  # noqa: S608 -- our own tables
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(counts))
        return dict(cursor.fetchall())


def ask(client: Client, method: str, path: str, world: World, role: str) -> Any:
    if path.startswith("/api/"):
        headers = {"Authorization": f"Token {world.tokens[role]}"} if role in world.tokens else {}
        if method == "GET":
            return client.get(path, headers=headers)
        body = json.dumps(next((body for end, body in BODIES.items() if path.endswith(end)), {}))
        headers |= {"If-Match": world.edition}
        return client.generic(method, path, body, "application/json", headers=headers)
    if method == "GET":
        return client.get(path)
    body = next((body for end, body in BODIES.items() if path.endswith(end)), {})
    return client.post(path, {"file": SimpleUploadedFile("a.csv", FILE)} if path.endswith("/upload/") else body)


CSP = {"default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "font-src 'self'", "connect-src 'self'",
       "form-action 'self'", "manifest-src 'self'", "base-uri 'none'", "frame-ancestors 'none'"}  # fmt: skip


def assert_protected(answer: Any) -> None:
    assert set(answer["Content-Security-Policy"].split("; ")) == CSP
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("case", CASES, ids=lambda case: " ".join(case[:2]))
def test_everybody_gets_what_the_table_says_and_a_refusal_changes_nothing(case, role, world) -> None:
    method, path, *expected = case
    path, wanted = path.format(**world.places), expected[ROLES.index(role)]
    client = Client() if path.startswith("/api/") else browser_of(role, world)
    before = snapshot()

    answer = ask(client, method, path, world, role)

    assert answer.status_code == int(wanted.rstrip("+"))
    assert_protected(answer)
    assert (snapshot() != before) == wanted.endswith("+")
    if answer.status_code == 404:
        assert not any(name in answer.content.decode() for name in ("Google", "Denmark", "Meta", "PR-20", "MS-20"))
    if answer.status_code == 302 and role == "anonymous" and path not in ("/sign-out/", "/language/"):
        assert answer["Location"].startswith(("/sign-in/?next=", "/admin/login/?next="))
    if answer.status_code == 401:
        assert (answer["Content-Type"], answer["WWW-Authenticate"]) == ("application/problem+json", "Bearer")


def routes(resolver: Any, prefix: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        here = prefix + str(pattern.pattern).removeprefix("^")
        if isinstance(pattern, URLPattern):
            yield here
        else:
            yield from routes(pattern, here)


def test_the_table_names_every_address_of_the_portal(world) -> None:
    named = {resolve(path.format(**world.places)).route for _, path, *_ in CASES if path != "/nowhere/"}

    assert named == {route for route in routes(get_resolver()) if not route.startswith("admin/") or route == "admin/"}
    assert {len(case) for case in CASES} == {2 + len(ROLES)}


ADMIN = [route for route in routes(get_resolver()) if route.startswith("admin/")]
OPEN = {"admin/login/"}


@pytest.mark.parametrize("route", ADMIN)
def test_the_administration_opens_to_staff_alone(route, world) -> None:
    path = "/" + re.sub(r"<[^>]+>", "1", re.sub(r"\(.*\)(/?)\$", r"portal\1", route))
    for role in ("anonymous", "filer", "com_reviewer", "com_admin"):
        answer = browser_of(role, world).get(path)
        if role == "com_admin" or route in OPEN:
            assert answer.status_code < 500
        else:
            assert answer.status_code == 302
            assert answer["Location"].startswith(("/sign-in/?next=/admin/", "/admin/login/?next=/admin/", "/admin/"))
        assert_protected(answer)
