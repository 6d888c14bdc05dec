"""The Python clients that analysts use read `/sdmx/` of a running portal unaided, and get the figures as they were filed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx
import pytest
import sdmx
from django.core.management import call_command
from django.utils import translation
from knox.models import AuthToken
from pysdmx import errors
from pysdmx.api.dc.rest import SdmxConnector
from pysdmx.api.fmr import RegistryClient
from pysdmx.api.qb import (
    ApiVersion,
    DataContext,
    DataFormat,
    DataQuery,
    RestService,
    StructureFormat,
    StructureQuery,
    StructureReference,
    StructureType,
)  # fmt: skip
from pysdmx.io import read_sdmx
from pytest_django.live_server_helper import LiveServer

from portal.models import User
from reporting.sdmx.names import AGENCY, Standard, entity_code, flow_id
from submissions import publications
from submissions.actions import dispatching
from submissions.catalogue import catalogue
from submissions.definition import Definition
from tests.pages.world import member

pytestmark = pytest.mark.django_db
FIELDS = {
    "OBS_VALUE": "number", "OBS_STATUS": "obs_status", "UNIT_MEASURE": "unit", "QUALIFIER": "qualifier", "LOW": "low",
    "HIGH": "high", "TEXT_VALUE": "text", "REASON": "reason", "FLAGS": "flags", "COMMENT": "comment",
}  # fmt: skip
PLACE = ("REPORTING_ENTITY", "ADDRESS", "PERIOD_START", "PERIOD_END", "REPORTING_PERIOD")
Figures = dict[tuple[str, ...], dict[str, str | float]]


@dataclass(frozen=True)
class Portal:
    url: str
    commission: User
    token: str


@pytest.fixture(scope="module")
def portal(django_db_setup: None, django_db_blocker: Any) -> Iterator[Portal]:
    """A portal that answers on a port, with every published filing, and the statistics released."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(dispatching, "dispatch", lambda job_id: None)
        publications.load_entities()
        list(publications.load_filings())
        publications.release_loaded()
        user = member("commission", "reader")
        server = LiveServer("127.0.0.1")
        yield Portal(f"{server.url}/sdmx", user, AuthToken.objects.create(user)[1])
        server.stop()
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def signed(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything that httpx sends bears the token of a reader of the Commission; pysdmx has no place for one."""
    monkeypatch.setattr(httpx, "Client", partial(httpx.Client, headers={"Authorization": f"Token {portal.token}"}))


def comparable(value: Any) -> str | float:
    """A number as number; nothing, in whatever way a client says it, as an empty text."""
    if value is None or value != value or str(value) in ("", "<NA>", "nan"):
        return ""
    try:
        return float(value)
    except ValueError:
        return str(value)


def told(rows: list[dict[str, Any]]) -> Figures:
    found: Figures = {}
    for row in rows:
        place = tuple(str(row[name]) for name in PLACE)
        assert place not in found
        found[place] = {name: comparable(row.get(name)) for name in FIELDS}
    return found


def filed(portal: Portal, definition: Definition) -> Figures:
    """What the export as CSV says of them, from the same portal."""
    answer = httpx.get(
        f"{portal.url.removesuffix('/sdmx')}/api/v1/exports/observations.csv",
        params={"return": definition.return_id, "version": definition.version},
        headers={"Authorization": f"Token {portal.token}"},
    )
    rows = [{name: row[column] for name, column in FIELDS.items() if column != "text"} | {
        "TEXT_VALUE": "" if row["value_type"] in ("count", "percentage", "duration") else row["value"],
        "REPORTING_ENTITY": entity_code(row["entity"]), "ADDRESS": row["address"], "PERIOD_START": row["start"],
        "PERIOD_END": row["end"], "REPORTING_PERIOD": row["period"],
    } for row in csv.DictReader(io.StringIO(answer.raise_for_status().text))]  # fmt: skip
    assert rows
    return told(rows)


DEFINITIONS = list(catalogue().definitions)
each_definition = pytest.mark.parametrize("name", DEFINITIONS, ids="_".join)


# pysdmx -----------------------------------------------------------------------------------------------------------


@each_definition
def test_pysdmx_gets_every_figure_and_every_reason_for_none(name: Any, portal: Portal, signed: None) -> None:
    definition = catalogue().get(*name)
    expected, key = filed(portal, definition), dimensions(portal, definition)

    for api, standard, form in (
        (ApiVersion.V2_0_0, Standard.V30, DataFormat.SDMX_CSV_2_0_0),
        (ApiVersion.V2_0_0, Standard.V30, DataFormat.SDMX_ML_3_0),
        (ApiVersion.V1_5_0, Standard.V21, DataFormat.SDMX_CSV_1_0_0),
        (ApiVersion.V1_5_0, Standard.V21, DataFormat.SDMX_ML_2_1_GEN),
        (ApiVersion.V1_5_0, Standard.V21, DataFormat.SDMX_ML_2_1_STR),
    ):
        service = RestService(f"{portal.url}/{standard}", api, data_format=form)
        query = DataQuery(DataContext.DATAFLOW, AGENCY, flow_id(definition), standard.version(definition.version))
        message = read_sdmx(service.data(query).decode(), validate=False)

        frame = message.data[0].data
        assert told(frame.to_dict(orient="records")) == expected, form
        assert not frame.duplicated(key).any()


def dimensions(portal: Portal, definition: Definition) -> list[str]:
    client = RegistryClient(f"{portal.url}/3.0")
    found = client.get_schema("dataflow", AGENCY, flow_id(definition), Standard.V30.version(definition.version))
    return [part.id for part in found.components.dimensions]


@each_definition
def test_pysdmx_finds_a_label_for_every_code_that_figures_bear(name: Any, portal: Portal, signed: None) -> None:
    definition = catalogue().get(*name)
    version = Standard.V30.version(definition.version)
    schema = RegistryClient(f"{portal.url}/3.0").get_schema("dataflow", AGENCY, flow_id(definition), version)
    query = DataQuery(DataContext.DATAFLOW, AGENCY, flow_id(definition), version)
    service = RestService(f"{portal.url}/3.0", ApiVersion.V2_0_0, data_format=DataFormat.SDMX_CSV_2_0_0)
    rows = list(csv.DictReader(io.StringIO(service.data(query).decode())))

    coded = {part.id: {code.id for code in part.enumeration} for part in schema.components if part.enumeration}

    assert {part.id for part in schema.components} == set(rows[0]) - {"STRUCTURE", "STRUCTURE_ID", "ACTION"}
    assert {"FREQ", "INDICATOR", "OBS_STATUS", "UNIT_MEASURE"} <= set(coded)
    unknown = {part: {row[part] for row in rows} - {""} - codes for part, codes in coded.items()}
    assert unknown == {part: set() for part in coded}


def test_pysdmx_asks_the_registry_for_all_that_it_knows_to_ask(portal: Portal) -> None:
    client = RegistryClient(f"{portal.url}/3.0")

    assert [agency.id for agency in client.get_agencies("SDMX")] == [AGENCY]
    flows = {flow_id(one) for one in catalogue().definitions.values()}
    assert {flow.id for flow in client.get_dataflows()} == flows
    assert client.get_codes(AGENCY, "CL_UNIT", "1.0.0")["reports"].name == "reports"
    assert client.get_concepts(AGENCY, "CS_PROVIDER_REPORT", "2021.0.0")["TIME_PERIOD"].name == "Reporting period"
    assert client.get_dataflow_details(AGENCY, "PROVIDER_REPORT", "2024.0.0").name == "Provider report (standard form)"
    assert [one.version for one in client.get_data_structures(AGENCY, "PROVIDER_REPORT", "*")] == [
        "2021.0.0",
        "2024.0.0",
    ]
    with pytest.raises(errors.NotFound):
        client.get_codes(AGENCY, "CL_NONSENSE", "1.0.0")


@pytest.mark.parametrize(
    ("standard", "form"),
    [
        (Standard.V21, StructureFormat.SDMX_ML_2_1),
        (Standard.V30, StructureFormat.SDMX_ML_3_0),
        (Standard.V30, StructureFormat.SDMX_JSON_2_0_0),
    ],
)
def test_structures_are_valid_and_stand_for_themselves(
    standard: Standard, form: StructureFormat, portal: Portal
) -> None:
    api = ApiVersion.V1_5_0 if standard is Standard.V21 else ApiVersion.V2_0_0
    service = RestService(f"{portal.url}/{standard}", api, structure_format=form)
    query = StructureQuery(StructureType.DATAFLOW, AGENCY, "*", "*", references=StructureReference.DESCENDANTS)

    message = read_sdmx(service.structure(query).decode(), validate=True)

    wanted = [f"{AGENCY}:{flow_id(one)}({standard.version(one.version)})" for one in catalogue().definitions.values()]
    assert [one.short_urn for one in message.get_dataflows()] == [f"Dataflow={name}" for name in wanted]
    assert [one.short_urn for one in message.get_data_structure_definitions()] == [
        f"DataStructure={name}" for name in wanted
    ]
    lists = {one.short_urn: one for one in message.get_codelists()}
    parts = [part for one in message.get_data_structure_definitions() for part in one.components]
    assert {part.local_codes.short_urn for part in parts if part.local_codes} == set(lists)
    points = [code.name for one in lists.values() if one.id.endswith("_INDICATOR") for code in one]
    assert points == [p.label["en"] for one in catalogue().definitions.values() for p in one.points.values()]


def test_pysdmx_discovers_and_filters(portal: Portal) -> None:
    connector = SdmxConnector(f"{portal.url}/3.0")
    (flow,) = connector.dataflows("Member State")

    rows = list(connector.data(flow, "REPORTING_ENTITY IN ('DK', 'EL') AND OBS_VALUE >= 100"))

    assert {row["REPORTING_ENTITY"] for row in rows} <= {"DK", "EL"}
    assert rows
    assert min(float(row["OBS_VALUE"]) for row in rows) >= 100


def test_without_a_token_one_reads_the_statistics_as_they_are_published(portal: Portal) -> None:
    names = {"OBS_VALUE": "value", "OBS_STATUS": "obs_status", "UNIT_MEASURE": "unit", "CONF_STATUS": "conf_status",
             "WITHHELD": "withheld", "LOW": "low", "HIGH": "high", "QUALIFIER": "qualifier", "REASON": "reason",
             "FLAGS": "flags", "COMMENT": "comment", "ADDRESS": "address",
             "PERIOD_START": "start", "PERIOD_END": "end"}  # fmt: skip
    flow = DataQuery(DataContext.DATAFLOW, AGENCY, "MEMBER_STATE_STATISTICS", "1.0.0")
    service = RestService(f"{portal.url}/3.0", ApiVersion.V2_0_0, data_format=DataFormat.SDMX_CSV_2_0_0)
    published = httpx.get(portal.url.replace("sdmx", "published/statistics/member_state_statistics/2022.csv"))

    found = list(csv.DictReader(io.StringIO(service.data(flow).decode())))

    expected = list(csv.DictReader(io.StringIO(published.text)))
    assert [{ours: row[ours] for ours in names} for row in found] == [
        {ours: row[theirs] for ours, theirs in names.items()} for row in expected
    ]
    assert [row["SUM_OF"] for row in found] == [row["sum_of"].upper().replace("GR", "EL") for row in expected]
    assert {"DK", "EL", "EU"} <= {row["REPORTING_ENTITY"] for row in found}
    assert {row["CONF_STATUS"] for row in found} == {"C", "F"}
    assert {row["RECEIPT"] for row in found} == {""}


# sdmx1 ------------------------------------------------------------------------------------------------------------


def source(portal: Portal, standard: Standard) -> sdmx.Client:
    versions = ["2.1"] if standard is Standard.V21 else ["3.0.0"]
    info = {"id": AGENCY, "name": "Portal", "url": f"{portal.url}/{standard}", "versions": versions}
    sdmx.add_source(info, override=True)
    client = sdmx.Client(AGENCY)
    client.session.headers["Authorization"] = f"Token {portal.token}"
    return client


@each_definition
@pytest.mark.parametrize("standard", Standard)
def test_sdmx1_gets_every_figure_and_every_reason_for_none(standard: Standard, name: Any, portal: Portal) -> None:
    definition = catalogue().get(*name)
    client, version = source(portal, standard), standard.version(definition.version)
    flow = flow_id(definition)
    asked = {"version": version} if standard is Standard.V30 else {}

    structure = client.dataflow(flow, version=version, params={"references": "all"})
    message = client.data(flow if standard is Standard.V30 else f"{AGENCY},{flow},{version}", **asked)

    assert [one.id for one in structure.dataflow.values()] == [flow]
    points = structure.codelist[f"CL_{flow}_INDICATOR"].items
    assert list(points) == [code.replace(".", "-") for code in definition.points]
    assert {one.name.localizations["da"] for one in structure.dataflow.values()} == {definition.title["da"]}
    rows = [
        {
            **{key: value.value for key, value in one.key.values.items()},
            **{key: value.value for key, value in one.attached_attribute.items()},
            "OBS_VALUE": one.value,
        }
        for one in message.data[0].obs
    ]
    assert told(rows) == filed(portal, definition)


def test_sdmx1_asks_by_key_period_and_for_the_keys_alone(portal: Portal) -> None:
    client = source(portal, Standard.V21)

    key = {"REPORTING_ENTITY": "DK+EL", "INDICATOR": "reports-total"}
    figures = sdmx.to_pandas(client.data("MEMBER_STATE_STATISTICS", key=key))
    none = {"startPeriod": "1999", "endPeriod": "2000"}

    assert figures.reset_index()["REPORTING_ENTITY"].tolist() == ["DK", "EL"]
    assert figures.reset_index()["value"].tolist()[0] == 10744
    assert len(client.series_keys("MEMBER_STATE_STATISTICS")) > 500
    with pytest.raises(sdmx.client.requests.HTTPError, match="404"):
        client.data("MEMBER_STATE_STATISTICS", params=none)
