"""The catalogue of rules, for people and programs: complete, readable, and with counts for the Commission alone."""

from __future__ import annotations

import itertools
import json
import re
import shutil
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation
from rest_framework.test import APIClient

from reporting import across
from reporting.rulebook import entries as rulebook
from submissions import actions
from submissions.catalogue import catalogue
from submissions.models import Finding
from tests.conftest import read
from tests.pages.world import file_csv, load, member, receipt, signed_in, tables, text

pytestmark = pytest.mark.django_db
NOBODY = "PR-2022-google-1"


def pages(client: APIClient, address: str) -> list[dict]:
    """Every answer of a list, by its `next`."""
    found = [client.get(address).json()]
    while found[-1]["next"]:
        found.append(client.get(found[-1]["next"]).json())
    return found


def everything() -> list[tuple[str, str, str]]:
    own = [(d.return_id, d.version, code) for d in catalogue().definitions.values() for code in d.rules]
    return [*own, *(("across", "1", code) for code in across.rules())]


def commission() -> APIClient:
    client = APIClient()
    client.force_authenticate(member("commission", "reader"))
    return client


def test_programs_read_every_rule_once_page_by_page_and_back() -> None:
    client = APIClient()
    found = pages(client, "/api/v1/rules/?page_size=40")

    read_rules = [(one["return"], one["version"], one["code"]) for page in found for one in page["results"]]
    assert read_rules == everything()
    assert len(read_rules) > 200
    assert [len(page["results"]) for page in found[:-1]] == [40] * (len(found) - 1)
    assert client.get(found[2]["previous"]).json()["results"] == found[1]["results"]
    assert {one["fired"] for page in found for one in page["results"]} == {None}


@pytest.mark.parametrize("cursor", ["zz", "LTU=", "ÿ", "x"])
def test_a_cursor_that_is_none_is_not_found(cursor: str) -> None:
    answer = APIClient().get("/api/v1/rules/", {"cursor": cursor})

    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_every_rule_has_a_page_that_says_all_in_words() -> None:
    client = Client()
    for language, (return_id, version, code) in zip(itertools.cycle(("en", "da", "nl")), everything(), strict=False):
        page = client.get(f"/rules/{return_id}/{version}/{code}/", headers={"Accept-Language": language})
        entry = rulebook.find(return_id, version, code)
        assert entry is not None
        told = text(page)
        for texts in (entry.rule.message, entry.rule.mend, entry.rule.why):
            with translation.override(language):
                said = entry.said(texts, language)
            assert "{" not in said
            assert " ".join(said.split()) in told
        assert all(label[language] in told and address in told for address, label in entry.looks_at().items())


@pytest.mark.parametrize(
    "query",
    ["return=provider_report&version=2024", "severity=error", "topic=period", "kind=compare&severity=warning",
     "q=period+figures", "return=across", "q=p-cpl-001", "q=no+rule+says+this", "severity=fatal"],
)  # fmt: skip
def test_the_page_and_the_programs_get_the_same_rules_by_the_same_filter(query: str) -> None:
    listed = [one["code"] for page in pages(APIClient(), f"/api/v1/rules/?{query}") for one in page["results"]]
    client = Client()
    shown = [
        row[0].split()[0]
        for number in range(1, 2 + max(len(listed) - 1, 0) // 50)
        for table in tables(client.get(f"/rules/?{query}&page={number}"))
        for row in table[1:]
    ]

    assert shown == listed
    assert bool(listed) == (query not in ("q=no+rule+says+this", "severity=fatal"))


def test_the_definition_leads_to_its_rules(client) -> None:
    page = client.get("/definitions/provider_report/2024/").content.decode()

    links = set(re.findall(r'href="(/rules/provider_report/2024/[\w-]+/)"', page))
    assert len(links) == len(catalogue().get("provider_report", "2024").rules)
    assert {client.get(link).status_code for link in links} == {200}


def fired(client: APIClient, code: str) -> dict:
    return client.get(f"/api/v1/rules/provider_report/2021/{code}/").json()["fired"]


def test_the_commission_sees_how_often_a_rule_fired_and_was_explained() -> None:
    load("google 2021", "google 2022", "meta 2022")
    filing, filer = receipt(NOBODY).filing, member("google", "filer")
    finding = Finding.objects.filter(revision__receipt=NOBODY, rule="P21-GEO-001")[0]
    findings = Counter(Finding.objects.filter(rule="P21-GEO-001").values_list("revision__receipt", flat=True))
    assert findings[NOBODY]
    assert fired(commission(), "P21-GEO-001") == {
        scope: {"findings": findings.total(), "filings": len(findings), "explained": 0} for scope in ("current", "all")
    }

    actions.explain(
        filing=filing, rule=finding.rule, address=finding.address, about=finding.subject, text="Worldwide.", by=filer
    )
    data = read("provider_report/2022/google.csv").replace(b"Account restrictions", b"Restrictions of accounts")
    file_csv(filing, data, filer, replaces=1, reason="Words.")  # waits for a decision: it does not count yet

    now = {"findings": findings.total(), "filings": len(findings), "explained": 1}
    ever = {"findings": findings.total() + findings[NOBODY], "filings": len(findings), "explained": 2}
    assert fired(commission(), "P21-GEO-001") == {"current": now, "all": ever}
    page = signed_in(member("commission", "reader")).get("/rules/provider_report/2021/P21-GEO-001/")
    assert tables(page)[0][1:] == [
        ["Accepted revisions, whose figures count", *map(str, now.values())],
        ["All revisions", *map(str, ever.values())],
    ]
    (row,) = tables(signed_in(member("commission", "reader")).get("/rules/?q=P21-GEO-001"))[0][1:]
    assert row[-3:] == [str(now["findings"]), "1", str(ever["findings"])]


@pytest.mark.parametrize("who", [None, ("google", "filer"), ("google", "administrator"), ("ie-dpc", "reader")])
def test_nobody_else_sees_counts(who: tuple[str, str] | None) -> None:
    load("google 2022")
    user = member(*who) if who else None
    client = APIClient()
    if user:
        client.force_authenticate(user)

    assert fired(client, "P21-GEO-001") is None
    assert {one["fired"] for one in client.get("/api/v1/rules/").json()["results"]} == {None}
    for address in ("/rules/?return=provider_report&version=2021", "/rules/provider_report/2021/P21-GEO-001/"):
        assert "fired" not in text(signed_in(user).get(address)).lower()


def test_rules_across_filings_are_counted_as_they_are_found_now() -> None:
    load("dk 2022", "ncmec 2021", "ncmec 2022")
    found = Counter(one.rule for one in across.across(member("commission", "reader")))

    told = {one["code"]: one["fired"] for one in commission().get("/api/v1/rules/?return=across").json()["results"]}

    assert {code: tallies["current"]["findings"] for code, tallies in told.items()} == {
        code: found[code] for code in told
    }


def test_a_rule_is_as_old_as_the_first_version_that_has_it(tmp_path: Path, monkeypatch) -> None:
    folder = tmp_path / "definitions"
    shutil.copytree(settings.DEFINITIONS_DIR, folder)
    later = folder / "member_state_statistics_2"
    shutil.copytree(folder / "member_state_statistics_1", later)
    head, rules = (later / "definition.toml"), (later / "rules.toml")
    head.write_text(head.read_text().replace('version = "1"', 'version = "2"', 1))
    rules.write_text(rules.read_text().replace('code = "M-CNV-001"', 'code = "M-CNV-901"', 1))
    monkeypatch.setattr(settings, "DEFINITIONS_DIR", folder)

    told = pages(APIClient(), "/api/v1/rules/?return=member_state_statistics&version=2&page_size=500")[0]["results"]

    since = {one["code"]: (one["since"], one["versions"]) for one in told}
    assert since.pop("M-CNV-901") == ("2", ["2"])
    assert set(map(json.dumps, since.values())) == {json.dumps(("1", ["1", "2"]))}
    page = Client().get("/rules/member_state_statistics/2/M-CMP-004/")
    assert "The same rule in version 1" in text(page)
