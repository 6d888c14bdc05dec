"""Files by API: scanned at once, read and filed by a job, refused with the place and nothing kept."""

from __future__ import annotations

import io
import json
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from submissions.models import Filing, Job, Revision, Upload
from submissions.sources import CSV, NDJSON, XLSX
from tests.conftest import last_revision, read, run_jobs, submission

PATH = "/api/v1/uploads/"
HEAD = {"return": "member_state_statistics", "entity": "dk", "period": "2022"}
QUERY = "return=member_state_statistics&entity=dk&period=2022"
DATA = read("member_state_statistics/2022/dk.csv")
ROWS = [line.split(",") for line in ("address,value,obs_status", "reports.total,5,A", "children.female,,L")]


@pytest.fixture
def filer(api, person, entities) -> APIClient:
    return api(person("dk", "filer"))


def raw(client: APIClient, data: bytes, media_type: str = CSV, query: str = QUERY, **headers: str) -> Any:
    return client.generic("POST", PATH, data, media_type, QUERY_STRING=query, headers=headers)


def form(client: APIClient, data: bytes, name: str = "dk.csv", **more: Any) -> Any:
    return client.post(PATH, HEAD | {"file": SimpleUploadedFile(name, data)} | more, format="multipart")


def workbook(*rows: list[Any]) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append([value or None for value in row])
    book.save(out)
    return out.getvalue()


def ndjson(*lines: dict[str, Any]) -> bytes:
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


def nothing_kept() -> bool:
    return not any(model.objects.exists() for model in (Upload, Filing, Revision, Job))


@pytest.mark.parametrize("send", [raw, form])
def test_a_file_is_taken_at_once_and_filed_by_its_job(filer, send) -> None:
    answer = send(filer, DATA)

    assert answer.status_code == 202
    body = answer.json()
    assert answer["Location"] == f"{PATH}{body['id']}/"
    assert (body["revision"], body["problem"], body["job"]["state"]) == (None, None, "queued")
    assert run_jobs() == 1
    done = filer.get(answer["Location"]).json()
    assert (done["job"]["state"], done["job"]["stage"]) == ("succeeded", "done")
    assert done["revision"] == done["job"]["result"] == f"/api/v1/revisions/{last_revision().pk}/"
    revision = filer.get(done["revision"]).json()
    assert (revision["state"], revision["receipt"]["number"], revision["job"]) == ("checked", "MS-2022-dk-1", None)
    assert revision["findings"] == done["findings"]
    assert filer.get(f"/api/v1/jobs/{done['job']['id']}/").json()["result"] == done["revision"]


def test_the_same_content_by_file_and_by_json_has_one_receipt(filer) -> None:
    raw(filer, DATA)
    run_jobs()
    again = filer.generic("POST", "/api/v1/revisions/", DATA, CSV, QUERY_STRING=QUERY)

    assert (again.status_code, again.json()["receipt"]["number"]) == (200, "MS-2022-dk-1")


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (b"address,value,obs_status\nreports.total,5,A\nchildren.female,,L\n", CSV),
        (ndjson({"address": "reports.total", "value": 5}, {"address": "children.female", "obs_status": "L"}), NDJSON),
        (workbook(*ROWS), XLSX),
    ],
    ids=["CSV", "NDJSON", "XLSX"],
)
def test_the_same_content_in_any_kind_of_file_has_the_same_hash(filer, data, media_type) -> None:
    raw(filer, data, media_type)
    run_jobs()
    lines = ({"address": "reports.total", "value": 5}, {"address": "children.female", "obs_status": "L"})
    again = filer.post("/api/v1/revisions/", submission(*HEAD.values(), *lines), format="json")

    assert (again.status_code, again.json()["number"]) == (200, 1)
    assert last_revision().source.media_type == media_type


def test_a_finding_in_a_workbook_names_sheet_and_cell(filer) -> None:
    raw(filer, workbook(ROWS[0], ["reports.total", "ten", "A"]), XLSX)
    run_jobs()

    found = filer.get(f"/api/v1/revisions/{last_revision().pk}/findings/").json()["results"]

    (unreadable,) = [f for f in found if f["rule"] == "M-FMT-004"]
    assert unreadable["place"] == {"sheet": "Sheet", "cell": "B2"}
    marked = filer.get(f"/api/v1/revisions/{last_revision().pk}/annotated.xlsx")
    assert (marked.status_code, marked["Content-Type"]) == (200, XLSX)
    assert openpyxl.load_workbook(io.BytesIO(marked.content))


def test_a_blank_workbook_is_read_as_what_it_was_made_for(filer) -> None:
    for language in ("en", "da", "nl"):
        answer = filer.get(f"/api/v1/definitions/member_state_statistics/1/workbook.xlsx?lang={language}")
        assert (answer.status_code, answer["Content-Type"]) == (200, XLSX)
        assert openpyxl.load_workbook(io.BytesIO(answer.content)).sheetnames
    assert filer.get("/api/v1/definitions/member_state_statistics/1/workbook.xlsx?lang=fr").status_code == 404


@pytest.mark.parametrize(
    ("data", "name"),
    [(b"", "a.csv"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "a.xls"), (b"PK\x03\x04broken", "a.xlsx"),
     (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "a.png"), (b"%PDF-1.7", "a.pdf")],
)  # fmt: skip
def test_what_is_no_such_file_is_refused_at_once_and_not_kept(filer, data, name) -> None:
    answer = form(filer, data, name)

    assert (answer.status_code, answer.json()["code"]) == (400, "unreadable")
    assert answer.json()["errors"][0]["detail"]
    assert nothing_kept()


def test_a_file_that_cannot_be_read_leaves_its_problem_with_the_job_and_no_bytes(filer) -> None:
    answer = raw(filer, b"address,value\nreports.total,5\nreports.cases,1,234\n")
    if answer.status_code == 202:
        run_jobs()
        upload = filer.get(answer["Location"]).json()
        assert upload["problem"]["code"] == "unreadable"
        assert upload["problem"]["detail"].startswith("Line 3 has 3 columns, the header has 2.")
        assert filer.get(f"/api/v1/jobs/{upload['job']['id']}/").json()["problem"] == upload["problem"]
        assert (upload["revision"], bytes(Upload.objects.get().content)) == (None, b"")
    else:
        assert (answer.status_code, answer.json()["code"]) == (400, "unreadable")
    assert not Revision.objects.exists()


def test_a_correction_by_file_names_what_it_replaces(filer) -> None:
    raw(filer, DATA)
    run_jobs()
    blind = raw(filer, DATA.replace(b",A,", b",P,", 1)).json()
    named = raw(filer, DATA.replace(b",A,", b",P,", 1), query=QUERY + "&replaces=1&reason=Provisional.").json()
    run_jobs()

    told = filer.get(f"{PATH}{blind['id']}/").json()
    assert (told["problem"]["code"], told["problem"]["status"], told["revision"]) == ("revision_exists", 409, None)
    assert filer.get(f"{PATH}{named['id']}/").json()["problem"] is None
    assert list(Revision.objects.order_by("number").values_list("receipt", flat=True)) == [
        "MS-2022-dk-1",
        "MS-2022-dk-2",
    ]


def test_the_same_file_under_the_same_key_is_one_upload(filer) -> None:
    first, again = (raw(filer, DATA, **{"Idempotency-Key": "k1"}) for _ in range(2))
    other = raw(filer, DATA + b"\n", **{"Idempotency-Key": "k1"})

    assert first.json()["id"] == again.json()["id"]
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    assert Upload.objects.count() == 1


@pytest.mark.parametrize("send", [raw, form])
def test_a_file_over_the_limit_is_refused(filer, settings, send) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000

    answer = send(filer, DATA * 100)

    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert nothing_kept()


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (lambda c: c.post(PATH, HEAD, format="multipart"), 400),
        (lambda c: c.post(PATH, HEAD | {"file": "text"}, format="multipart"), 400),
        (lambda c: form(c, DATA, entity="nl"), 404),
        (lambda c: form(c, DATA, period="1999"), 404),
        (lambda c: form(c, DATA, **{"return": ""}), 400),
        (lambda c: raw(c, DATA, query=""), 400),
        (lambda c: raw(c, DATA, "application/json"), 415),
        (lambda c: c.generic("POST", PATH, b"--x\r\nbroken", "multipart/form-data; boundary=x"), 400),
        (lambda c: c.generic("POST", PATH, b"", CSV), 400),
        (lambda c: form(c, DATA, "a\0b.csv", reason="a\0b"), 400),
    ],
)
def test_a_request_without_file_or_head_is_refused_and_nothing_is_kept(filer, answer, status) -> None:
    assert answer(filer).status_code == status
    assert nothing_kept()


@pytest.mark.parametrize(("entity", "role"), [("nl", "filer"), ("dk", "reader"), ("commission", "reviewer")])
def test_uploads_exist_only_for_those_who_file(filer, api, person, entity, role) -> None:
    sent = raw(filer, DATA).json()
    other = api(person(entity, role))

    assert other.get(f"{PATH}{sent['id']}/").status_code == 404
    assert other.get(f"/api/v1/jobs/{sent['job']['id']}/").status_code == 404
    assert raw(other, DATA).status_code == 404
    assert Upload.objects.count() == 1


# Explanations ---------------------------------------------------------------------------------------------


def test_a_warning_is_explained_and_the_explanation_stays_until_the_figure_changes(filer, api, person) -> None:
    filer.generic("POST", "/api/v1/revisions/", DATA, CSV, QUERY_STRING=QUERY)
    run_jobs()
    found = filer.get(f"/api/v1/revisions/{last_revision().pk}/findings/").json()["results"]
    path = f"/api/v1/findings/{found[0]['id']}/explanation/"

    answer = filer.post(path, {"text": " Counted by hand. ", "publish": True}, format="json")

    assert (answer.status_code, answer.json()["text"], answer.json()["publish"]) == (200, "Counted by hand.", True)
    again = filer.get(f"/api/v1/revisions/{last_revision().pk}/findings/").json()["results"]
    assert [f["explanation"] for f in again if f["id"] == found[0]["id"]] == ["Counted by hand."]
    assert api(person("dk", "reader")).post(path, {"text": "x"}, format="json").status_code == 403
    assert api(person("nl", "filer")).post(path, {"text": "x"}, format="json").status_code == 404
    assert filer.post(path, {"text": "x" * 4001}, format="json").status_code == 422
    assert filer.post(path, {"text": ""}, format="json").status_code == 204
    assert Filing.objects.get().explanations.count() == 0


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ('{"observations": [{"address": "reports.total", "value": 5}]}', []),
        ('[{"address": "reports.total", "value": 5}]', []),
        ('{"lines": []}', ["not_a_list"]),
        ('["reports.total"]', ["not_an_object"]),
        ("{", ["not_json"]),
    ],
)
def test_a_json_file_holds_observations_or_is_refused_with_its_fault(filer, text, codes) -> None:
    answer = form(filer, text.encode(), "dk.json")
    assert answer.status_code == 202
    run_jobs()

    upload = Upload.objects.get()
    assert [fault["code"] for fault in upload.faults] == codes
    assert (Job.objects.get().state, Revision.objects.count()) == ("succeeded", 0 if codes else 1)
