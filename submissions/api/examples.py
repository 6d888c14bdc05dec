"""Examples of the OpenAPI description: made by the code that answers, from definitions and filings that come with the
portal, so that they are never older than the code. Nothing here touches the database."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from portal.access import FILE, READ
from portal.models import ReportingEntity, User
from submissions import publications
from submissions.api import definitions, serializers, uploads, webhooks
from submissions.api.problems import problem
from submissions.api.schema import WORDS
from submissions.canonical import Head, canonicalise, content_hash
from submissions.catalogue import catalogue
from submissions.duties import Duty
from submissions.hooks import outbox, signing
from submissions.models import (
    Delivery,
    Explanation,
    Filing,
    Job,
    Obligation,
    Observation,
    ReportingPeriod,
    Revision,
    Source,
    Upload,
    Webhook,
)  # fmt: skip
from submissions.receipts.manifest import manifest
from submissions.rules import Context
from submissions.sources import CSV, JSON, NDJSON, Fault, from_observations
from submissions.validation import validate

NOW = datetime(2027, 1, 31, 9, 30, tzinfo=UTC)
PERIOD = ReportingPeriod(
    pk=1, return_id="member_state_statistics", version="1", label="2025", start=date(2025, 1, 1), end=date(2025, 12, 31),
    due_on=date(2026, 8, 3),
)  # fmt: skip
HEAD = {"return": "member_state_statistics", "entity": "dk", "period": "2025"}
LINES = (publications.FOLDER / "member_state_statistics/2022/dk.csv").read_text().splitlines(keepends=True)
FILE_SENT = "".join(LINES[:4])
OBSERVATIONS = [{k: v for k, v in row.items() if v} for row in csv.DictReader(io.StringIO(FILE_SENT))]
SUBMISSION = HEAD | {"observations": OBSERVATIONS}
CORRECTION = SUBMISSION | {"replaces": 1, "reason": "Late reports were counted."}
SCOPES = [f"{FILE}:member_state_statistics@dk", f"{READ}:member_state_statistics@dk"]
PROBLEMS = {
    int(status): problem(code, WORDS[status], int(status), faults)
    for status, code, faults in (
        ("400", "invalid", [Fault("required", "This field is required.", "/entity")]),
        ("401", "not_authenticated", []), ("403", "not_a_filer", []), ("404", "not_found", []),
        ("406", "not_acceptable", []), ("409", "revision_exists", []), ("412", "stale_edit", []),
        ("413", "too_large", []), ("415", "unsupported_media_type", []), ("422", "reason_missing", []),
        ("428", "if_match_needed", []), ("429", "throttled", []),
    )
}  # fmt: skip


@lru_cache(maxsize=1)
def examples() -> dict[str, dict[str, Any]]:
    """By operation: `request` by media type, answers by status."""
    revision, upload, webhook = filed(), sent(), subscribed()
    shown, job = serializers.RevisionShape(revision).data, serializers.JobShape(revision.job).data
    submission = {JSON: SUBMISSION, CSV: FILE_SENT, NDJSON: ndjson()}
    draft = {"edition": 2, "saved_at": NOW.isoformat(), "saved_by": "Demo filer, Denmark", "observations": OBSERVATIONS}
    filing = serializers.FilingShape(revision.filing).data
    hook, new_hook = webhooks.WebhookShape(webhook).data, webhooks.NewWebhookShape(webhook).data
    delivery = webhooks.DeliveryShape(delivered(webhook, revision)).data
    return definition_examples() | {
        "token": {
            "request": {"application/x-www-form-urlencoded": {"grant_type": "client_credentials", "scope": SCOPES[0]}},
            "200": {"access_token": "G3xhlqEC2jwT…", "token_type": "Bearer", "expires_in": 3600, "scope": SCOPES[0]},
            "400": {"error": "invalid_scope"},
            "401": {"error": "invalid_client"},
        },
        "obligations_list": {"200": page([serializers.ObligationShape(owed(revision.filing)).data])},
        "check": {"request": submission, "200": checked()},
        "revisions_list": {"200": page([shown])},
        "revisions_file": {"request": submission | {JSON: CORRECTION}, "201": shown, "200": shown},
        "revisions_file_many": {
            "request": {JSON: {"atomic": False, "filings": [SUBMISSION | {"idempotency_key": "dk-2025-first"}]}},
            "200": many({"status": 201, "revision": shown, "problem": None}, filed=1),
            "422": many({"status": 409, "revision": None, "problem": PROBLEMS[409]}, refused=1),
        },
        "revisions_retrieve": {"200": shown},
        "revisions_observations_list": {"200": page([serializers.ObservationShape(observed(revision)).data])},
        "revisions_findings": {"200": page([checked()["findings"][0] | {"id": 7001}])},
        "revisions_receipt": {"200": manifest(revision)},
        "revisions_content": {"200": FILE_SENT},
        "revisions_decide": {
            "request": {JSON: {"decision": "accept_with_reservations", "reason": "Answers follow in the next filing."}},
            "200": shown,
        },
        "revisions_withdraw": {"request": {JSON: {"reason": "Filed too early."}}, "200": shown},
        "findings_explain": {
            "request": {JSON: {"text": "One authority sent its figures for the first time.", "publish": True}},
            "200": serializers.ExplanationShape(explained(revision)).data,
        },
        "filings_list": {"200": page([filing])},
        "filings_start": {"request": {JSON: HEAD}, "200": filing},
        "filings_retrieve": {"200": filing},
        "filings_draft_read": {"200": draft},
        "filings_draft_write": {"request": {JSON: {"observations": OBSERVATIONS}}, "200": draft},
        "filings_submit": {
            "request": {JSON: {"replaces": 1, "reason": "Late reports were counted."}}, "201": shown, "200": shown,
        },
        "uploads_send": {
            "request": {"multipart/form-data": HEAD | {"file": FILE_SENT}, CSV: FILE_SENT, NDJSON: ndjson()},
            "202": uploads.UploadShape(upload).data,
        },
        "uploads_retrieve": {"200": uploads.UploadShape(upload).data},
        "jobs_retrieve": {"200": job},
        "webhooks_list": {"200": page([hook])},
        "webhooks_subscribe": {
            "request": {JSON: {"url": webhook.url, "events": list(webhook.events)}}, "201": new_hook,
        },
        "webhooks_read": {"200": hook},
        "webhooks_renew_secret": {"200": new_hook},
        "webhooks_deliveries_list": {"200": page([delivery])},
        "webhooks_send_again": {"202": delivery},
    }  # fmt: skip


def page(results: list[Any]) -> dict[str, Any]:
    return {"next": None, "previous": None, "results": results}


def many(result: dict[str, Any], **counts: int) -> dict[str, Any]:
    return {"filed": 0, "replayed": 0, "refused": 0} | counts | {"results": [result]}


def definition_examples() -> dict[str, dict[str, Any]]:
    """Of the smallest return; long lists by their first entry."""
    definition = catalogue().get(HEAD["return"], "1")
    detail, schema = definitions.detail(definition), definitions.json_schema(definition, "en")
    for name in ("data_point_list", "rule_list"):
        detail[name] = detail[name][:1]
    line = schema["$defs"]["observation"]
    line["anyOf"] = line["anyOf"][:1]
    codes = definitions.code_list_json(catalogue().code_lists["reason"])
    named = {"id": codes["id"], "name": codes["name"], "codes": len(codes["codes"])}
    return {
        "definitions_list": {"200": {"results": [definitions.summary(definition)]}},
        "definitions_read": {"200": detail},
        "definitions_schema": {"200": schema},
        "codelists_list": {"200": {"results": [named]}},
        "codelists_read": {"200": codes | {"codes": codes["codes"][:2]}},
    }


def ndjson() -> str:
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in OBSERVATIONS)


def checked() -> dict[str, Any]:
    definition = PERIOD.definition
    verdict = validate(definition, canonical(), Context(head(), None))
    answer = serializers.verdict_json(definition, verdict, JSON, "en")
    return answer | {"findings": answer["findings"][:2]}


def head() -> Head:
    return Head(PERIOD.return_id, PERIOD.version, "dk", PERIOD.label, PERIOD.start, PERIOD.end)


def canonical() -> Any:
    return canonicalise(PERIOD.definition, from_observations(OBSERVATIONS), head())


# Rows as the database would give them; none is stored -------------------------------------------------------


def filed() -> Revision:
    entity = ReportingEntity(pk=1, code="dk", kind="member_state_authority", name_en="Denmark")
    filing = Filing(pk=46, obligation=Obligation(pk=1, entity=entity, return_id=PERIOD.return_id), period=PERIOD)
    revision = Revision(
        pk=47, filing=filing, number=1, state="checked", door="api", version="1", receipt="MS-2025-dk-1", lines=3,
        fingerprint=PERIOD.definition.fingerprint, content_hash=content_hash(canonical(), head()), filed_on=NOW.date(),
        submitted_at=NOW, submitted_by=User(pk=1, name="Statistics of Denmark"), checked_at=NOW, errors=16, warnings=2,
    )  # fmt: skip
    revision.source = Source(media_type=CSV, sha256=hashlib.sha256(FILE_SENT.encode()).hexdigest())
    revision.job = Job(pk=52, revision=revision, state="succeeded", stage="done", rows_done=3, rows_total=3, attempt=1,
                       started_at=NOW, heartbeat_at=NOW, finished_at=NOW, seconds={"checking": 0.031})  # fmt: skip
    filing.latest = revision
    return revision


def sent() -> Upload:
    data = FILE_SENT.encode()
    upload = Upload(
        pk=12, filing=filed().filing, purpose="file", name="dk-2025.csv", media_type=CSV, size=len(data), sent_at=NOW,
        sha256=hashlib.sha256(data).hexdigest(),
    )  # fmt: skip
    upload.job = Job(pk=53, upload=upload, state="queued", heartbeat_at=NOW)
    return upload


def subscribed() -> Webhook:
    return Webhook(
        pk=3, entity=filed().filing.entity, url="https://statistics.example/hooks/portal", returns=[PERIOD.return_id],
        events=["revision.checked", "revision.returned"], created_at=NOW,
        secret=f"{signing.PREFIX}C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
    )  # fmt: skip


def delivered(webhook: Webhook, revision: Revision) -> Delivery:
    body = outbox.message("revision.checked", revision.filing, outbox.told_of(revision), NOW)
    return Delivery(
        pk=91, webhook=webhook, message="msg_5f0c2a", event="revision.checked", body=body, state="delivered", attempts=1,
        next_at=NOW, response_status=204, created_at=NOW, finished_at=NOW,
    )  # fmt: skip


def observed(revision: Revision) -> Observation:
    row = canonical().row(0, named=True)
    return Observation(
        revision=revision, start=PERIOD.start, end=PERIOD.end, own_period=0,
        **{name: row[name] for name in ("line", "address", "value", "obs_status", "unit", "qualifier", "reason", "flags",
                                        "comment")},
    )  # fmt: skip


def explained(revision: Revision) -> Explanation:
    return Explanation(
        filing=revision.filing, rule="M-SUM-001", address="reports.total", text="One authority sent its figures for the "
        "first time.", publish=True, written_by=revision.submitted_by, written_at=NOW,
    )  # fmt: skip


def owed(filing: Filing) -> Duty:
    return Duty(filing.obligation, PERIOD, None, NOW.date())
