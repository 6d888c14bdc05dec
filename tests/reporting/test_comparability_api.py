"""`GET /api/v1/comparability/`."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/comparability/"


@pytest.fixture
def ask(published: Any, person: Any, api: Any) -> Any:
    client = api(person("commission", "reader"))
    return lambda **given: client.get(ADDRESS, given)


def test_the_answer_holds_verdict_reasons_subset_and_estimate(ask: Any) -> None:
    found = ask(**{"return": "member_state_statistics", "address": "children.total", "period": "2022"}).json()

    assert (found["comparable"], found["total"], found["axes"]) == (False, None, ["entity"])
    assert found["because"][0] == "the figures cover 7 different periods"
    assert found["subset"]["members"] == ["bg", "cy", "cz", "es", "it", "se"]
    assert (found["subset"]["counted"], found["subset"]["expected"]) == (6, 27)
    assert (found["subset"]["start"], found["subset"]["end"]) == ("2022-01-01", "2022-12-31")
    assert found["subset"]["total"]["value"] == 710
    assert found["filed_sum"] == {"value": 4922.0, "members": 19}
    assert (found["estimate"]["status"], found["estimate"]["complete"]) == ("E", False)
    [hungary] = [one for one in found["reasons"] if (one["member"], one["code"]) == ("hu", "definition")]
    assert hungary["detail"] == "age_limit_below_18;online_offline_not_separated"
    assert (hungary["address"], hungary["effect"]) == ("children.total", "bars")
    [malta] = [one for one in found["reasons"] if one["member"] == "mt"]
    assert (malta["code"], malta["address"], malta["revision"]) == ("not_filed", None, None)


def test_figures_of_one_source_are_set_side_by_side_by_country(ask: Any) -> None:
    found = ask(**{"return": "reference_statistics", "address": "reference.reports", "period": "2021"}).json()

    assert (found["comparable"], found["axes"], found["because"]) == (True, ["country"], [])
    assert found["total"] == {"value": 555834.0, "low": 555834.0, "high": 555834.0, "qualifier": "exact", "status": "A",
                              "figures": 27, "unit": "reports"}  # fmt: skip
    assert found["estimate"] is None


def test_an_estimate_may_be_asked_for_other_days(ask: Any) -> None:
    asked = {"return": "member_state_statistics", "address": "reports.total", "entity": ["at", "bg"], "period": "2022"}
    same = ask(**asked).json()
    narrower = ask(**asked | {"entity": ["at", "es"]}, start="2022-01-01", end="2022-12-31").json()

    assert (same["comparable"], same["estimate"], same["total"]["value"]) == (True, None, 16311 + 9120)
    assert narrower["estimate"]["point"] == pytest.approx(16311 / 2 + 31474)
    assert (narrower["estimate"]["start"], narrower["estimate"]["complete"]) == ("2022-01-01", True)


@pytest.mark.parametrize(("given", "status", "pointer"), [
    ({"address": "reports.total"}, 400, "/return"),
    ({"return": "nothing", "address": "reports.total"}, 404, None),
    ({"return": "member_state_statistics"}, 400, "/address"),
    ({"return": "member_state_statistics", "address": "nothing.at.all"}, 404, None),
    ({"return": "member_state_statistics", "address": "reports.total", "purpose": "sell"}, 400, "/purpose"),
    ({"return": "member_state_statistics", "address": "reports.total", "axis": "country"}, 400, "/axis"),
    ({"return": "member_state_statistics", "address": "reports.total", "start": "2022"}, 400, "/start"),
    ({"return": "member_state_statistics", "address": "reports.total", "start": "2022-02-01", "end": "2022-01-01"}, 400, "/end"),
    ({"return": "member_state_statistics", "address": "reports.total", "period": "\x00"}, 400, "/period"),
])  # fmt: skip
def test_a_question_that_makes_no_sense_is_refused_at_its_place(person, api, given, status, pointer) -> None:
    answer = api(person("commission", "reader")).get(ADDRESS, given)

    assert answer.status_code == status
    assert [error["pointer"] for error in answer.json()["errors"]] == ([pointer] if pointer else [])


def test_a_period_of_which_nothing_is_known_has_no_figures(ask: Any) -> None:
    found = ask(**{"return": "member_state_statistics", "address": "reports.total", "period": "1999"}).json()

    assert (found["comparable"], found["reasons"], found["subset"]["counted"]) == (False, [], 0)


def test_nobody_asks_without_signing_in(api: Any, db: None) -> None:
    assert api(None).get(ADDRESS).status_code == 401
