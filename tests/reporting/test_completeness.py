"""Completeness as a calculation: what is owed, filed, late, partial, nil, exempted and extended, and how it stood once."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from reporting.completeness import picture
from reporting.completeness.rates import column, not_filed
from reporting.completeness.statutory import statutory
from submissions import actions, publications
from submissions.duties import duties
from submissions.models import Obligation, Relief, ReportingPeriod
from tests.pages.world import file_csv, member, signed_in, start, tables, text
from tests.reporting import many

pytestmark = pytest.mark.django_db
MS = "member_state_statistics"
HEAD = "address,value,obs_status,reason,comment\n"


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> date:
    """Statistics for 2025 were due on 3 August 2026."""
    day = date(2026, 9, 1)
    monkeypatch.setattr(timezone, "localdate", lambda moment=None, *_: moment.date() if moment else day)
    return day


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def reviewer() -> Any:
    return member("commission", "reviewer")


def in_period(seen: Any, label: str, return_id: str = MS) -> list[Any]:
    return [s for s in seen.standings if (s.duty.period.return_id, s.duty.period.label) == (return_id, label)]


def of(standings: list[Any], entity: str) -> Any:
    return next(s for s in standings if s.duty.obligation.entity.code == entity)


def standing(entity: str, period: str, return_id: str = MS, on: date | None = None) -> Any:
    return of(in_period(picture(reviewer(), on=on), period, return_id), entity)


def owed(entity: str, period: str, return_id: str = MS) -> dict[str, Any]:
    return {
        "obligation": Obligation.objects.get(entity__code=entity, return_id=return_id),
        "period": ReportingPeriod.objects.get(return_id=return_id, label=period),
    }


def grant(entity: str, period: str, kind: str, due_on: date | None = None, return_id: str = MS) -> Relief:
    return actions.grant_relief(
        **owed(entity, period, return_id), kind=kind, reason="The register burnt down.", due_on=due_on, by=reviewer()
    )


def file(entity: str, period: str, *lines: str, **correction: Any) -> Any:
    user = member(entity, "filer")
    return file_csv(start(MS, entity, period, user), (HEAD + "\n".join(lines) + "\n").encode(), user, **correction)


def answered(*left_out: str, **instead: str) -> list[str]:
    """A line for every required data point of the statistics, with another line for some and none for others."""
    definition = ReportingPeriod.objects.get(return_id=MS, label="2025").definition
    values = {"date": "2025-01-01", "text": "Words", "boolean": "0", "code_list": "national_police", "count": "5"}
    lines = {
        code: f"{code},{values[point.value_type]},A,,"
        for code, point in definition.points.items()
        if point.required == "required" and code not in left_out
    }
    return list((lines | {code.replace("__", "."): line for code, line in instead.items()}).values())


# What the published filings say --------------------------------------------------------------------------


def test_the_published_statistics_are_counted_as_the_commission_described_them(published_portal, today) -> None:
    group = in_period(picture(reviewer()), "2022")
    counted = column(group)

    states = {s.duty.obligation.entity.code: s.content_state for s in group}
    assert {code for code, state in states.items() if state == "nil_without_reason"} == {"mt", "pt", "ro"}
    assert {code for code, state in states.items() if state == "nil"} == {"de"}
    full, rate = counted.fullness, counted.rates
    assert (full.complete, full.partial, full.nil, full.nil_without_reason, full.unchecked) == (23, 0, 1, 3, 0)
    assert (rate.expected, rate.filed, rate.share, rate.on_time, rate.filed_late, rate.not_judged) == (
        27, 27, 100, 0, 0, 27,
    )  # fmt: skip
    assert [(s.category, s.filings, s.complete) for s in full.sections] == [
        (1, 23, 23), (2, 23, 23), (3, 0, 0), (4, 23, 23), (5, 23, 23), (6, 0, 0),
    ]  # fmt: skip


def test_statutory_points_of_the_published_statistics_are_counted_by_kind_of_answer(published_portal, today) -> None:
    seen = picture(reviewer())
    told = statutory(seen, in_period(seen, "2022"))
    tallies = {point.code: tally for point, tally in told.points}

    assert told.filings == 27
    assert {tally.asked for tally in tallies.values()} == {27}
    bare = {code: tally.by_status for code, tally in tallies.items() if tally.by_status}
    assert bare == dict.fromkeys(
        ["reports.total", "children.total", "children.female", "children.male", "convictions.persons"], 3
    )
    by_hand = values_by_hand("children.female")
    assert (tallies["children.female"].by_value, tallies["children.female"].by_reason) == by_hand
    malta = next(tally for entity, tally in told.entities if entity.code == "mt")
    assert (malta.by_value, malta.by_reason, malta.by_status, malta.nothing) == (0, 0, 5, 14)


def values_by_hand(code: str) -> tuple[int, int]:
    """From the published files themselves: states with a value in some line, and those with a reason or comment only."""
    found = [0, 0]
    for file in sorted((publications.FOLDER / MS / "2022").glob("*.csv")):
        rows = csv.DictReader(io.StringIO(file.read_text()))
        mine = [row for row in rows if row["address"] == code]
        valued = any(row["value"] or row["low"] for row in mine)
        found[0] += valued
        found[1] += not valued and any(row["reason"] or row["comment"] for row in mine)
    return found[0], found[1]


def test_a_provider_report_is_measured_by_what_its_form_requires(published_portal, today) -> None:
    google = standing("google", "2025", "provider_report")

    assert google.content_state == "complete"
    assert {state for _number, state, _section in google.sections} == {"complete"}


# Content of one filing ------------------------------------------------------------------------------------


def test_a_required_data_point_without_an_answer_makes_its_section_partial(published_portal, today) -> None:
    file("dk", "2025", *answered("children.total", "children.age_limit"))
    seen = standing("dk", "2025")

    assert (seen.content_state, seen.partial_sections) == ("partial", [4])
    section = next(section for number, _state, section in seen.sections if number == 4)
    assert (section.asked, section.by_value, section.open) == (8, 6, ("children.total", "children.age_limit"))


def test_a_status_answers_and_a_line_without_a_usable_figure_does_not(published_portal, today) -> None:
    file("dk", "2025", *answered(
        children__total="children.total,many,A,,", children__female="children.female,,O,not_collected,",
        children__male="children.male,,O,,",
    ))  # fmt: skip
    section = next(section for number, _state, section in standing("dk", "2025").sections if number == 4)

    assert (section.by_value, section.by_reason, section.by_status) == (5, 1, 1)
    assert (section.open, section.unusable) == ((), ("children.total",))


def test_a_conditional_data_point_counts_once_its_condition_holds(published_portal, today) -> None:
    yes = "data.content.processed,1,A,,"
    user = member("meta", "filer")

    def lacking(*lines: str, **correction: Any) -> set[str]:
        filing = start("provider_report", "meta", "2025", user)
        file_csv(filing, (HEAD + "\n".join([yes, *lines]) + "\n").encode(), user, **correction)
        sections = standing("meta", "2025", "provider_report").sections
        return {code for _number, _state, section in sections for code in section.open}

    types = {"data.metadata.types", "data.metadata.volume"}
    assert not types & lacking("data.metadata.processed,0,A,,")
    again = {"reason": "Metadata was processed after all."}
    assert lacking("data.metadata.processed,1,A,,", replaces=1, **again) >= types
    more = lacking("data.metadata.processed,1,A,,", "data.metadata.types,IP address,A,,", replaces=2, **again)
    assert more & types == {"data.metadata.volume"}


def test_what_the_law_asks_for_where_available_makes_no_filing_partial(published_portal, today) -> None:
    """A rule reminds of the cases once reports are filed; whether they are available nobody but the filer knows."""
    revision = file("dk", "2025", *answered())

    assert "M-CMP-002" in set(revision.findings.values_list("rule", flat=True))
    assert standing("dk", "2025").content_state == "complete"


NIL = ["frame.nil_filing,1,A,,", "reports.total,,O,,", "children.total,,O,,"]


def test_nil_is_reasoned_once_for_all_or_on_every_figure(published_portal, today) -> None:
    file("dk", "2025", *NIL)
    assert standing("dk", "2025").content_state == "nil_without_reason"

    file("dk", "2025", *NIL, "frame.nil_reason,not_collected,A,,", replaces=1, reason="Say why.")
    assert standing("dk", "2025").content_state == "nil"
    seen = picture(reviewer())
    tally = statutory(seen, [of(in_period(seen, "2025"), "dk")]).entities[0][1]
    assert (tally.by_value, tally.by_reason, tally.by_status, tally.nothing) == (0, 17, 2, 0)

    file("dk", "2025", *NIL, "frame.nil_reason,not_collected,A,,", "handling.offences,7,A,,", replaces=2,
         reason="One figure.")  # fmt: skip
    assert standing("dk", "2025").content_state == "partial"


def test_what_is_received_and_not_checked_is_filed_and_nothing_is_said_of_its_content(published_portal, today) -> None:
    file("dk", "2025", *answered(), check=False)
    seen = standing("dk", "2025")

    assert (seen.duty.state, seen.content_state) == ("received", "unchecked")
    assert {state for _number, state, _section in seen.sections} == {"unchecked"}


def test_what_was_withdrawn_is_not_filed_unless_something_accepted_stands(published_portal, today) -> None:
    filer = member("dk", "filer")
    revision = file("dk", "2025", *answered())
    actions.withdraw_revision(revision=revision, reason="Too early.", by=filer)
    seen = standing("dk", "2025")
    assert (seen.duty.filed, seen.duty.late, seen.duty.days_overdue, seen.content_state) == (False, True, 29, "")

    last_year = file("dk", "2022", *answered(), replaces=1, reason="New figures.")
    actions.withdraw_revision(revision=last_year, reason="Too early.", by=filer)
    seen = standing("dk", "2022")
    assert (seen.duty.revision.receipt, seen.content_state) == ("MS-2022-dk-1", "complete")


# Exemptions and extensions --------------------------------------------------------------------------------


def test_the_day_of_an_extension_decides_what_is_late(published_portal, today) -> None:
    assert standing("dk", "2025").duty.late
    grant("dk", "2025", "extended", date(2026, 9, 1))
    assert (standing("dk", "2025").duty.state, standing("dk", "2025").duty.late) == ("expected", False)

    file("dk", "2025", *answered())
    file("nl", "2025", *answered())
    rate = column(in_period(picture(reviewer()), "2025")).rates
    assert (rate.expected, rate.filed, rate.extended) == (27, 2, 1)
    assert (rate.on_time, rate.filed_late, rate.overdue) == (1, 1, 25)


def test_who_is_exempted_is_not_expected_and_who_files_all_the_same_is(published_portal, today) -> None:
    grant("mt", "2025", "exempted")
    rate = column(in_period(picture(reviewer()), "2025")).rates
    assert (rate.expected, rate.exempted, rate.filed, rate.overdue) == (26, 1, 0, 26)
    assert "mt" not in {s.duty.obligation.entity.code for s in not_filed(picture(reviewer()).standings)}
    assert {state for _n, state, _s in standing("mt", "2025").sections} == {"exempted"}

    file("mt", "2025", *answered())
    rate = column(in_period(picture(reviewer()), "2025")).rates
    assert (rate.expected, rate.exempted, rate.filed) == (27, 0, 1)


def test_a_relief_is_taken_back_with_a_reason_and_kept(published_portal, today) -> None:
    relief = grant("dk", "2025", "exempted")
    back = actions.take_back_relief(relief=relief, reason="It was found again.", by=reviewer())

    assert standing("dk", "2025").duty.state == "missing"
    assert (back.taken_back_by, back.taken_back_reason) == (reviewer(), "It was found again.")
    assert refused(actions.take_back_relief, relief=relief, reason="Again.", by=reviewer()) == "taken_back_already"
    assert grant("dk", "2025", "extended", date(2026, 12, 1)).pk != relief.pk


def refused(action: Any, **arguments: Any) -> str:
    with pytest.raises(actions.Refused) as refusal:
        action(**arguments)
    return refusal.value.code


def test_what_cannot_be_granted_is_refused_with_its_reason(published_portal, today) -> None:
    def why(entity: str = "dk", period: str = "2025", **changes: Any) -> str:
        duty = owed(entity, period, changes.pop("return_id", MS))
        asked = {"kind": "exempted", "reason": "Because.", "by": reviewer()}
        return refused(actions.grant_relief, **duty | asked | changes)

    later = {"kind": "extended", "due_on": date(2026, 12, 1)}
    assert why(by=member("dk", "filer")) == "not_a_reviewer"
    assert why(by=member("commission", "reader")) == "not_a_reviewer"
    assert why(reason="  ") == "reason_missing"
    assert why(kind="extended", due_on=date(2026, 8, 3)) == "not_later"
    assert why(kind="extended") == "not_later"
    assert why(due_on=date(2026, 12, 1)) == "exempted_until"
    assert why(period="2022") == "filed_already"
    assert why("ncmec", "2025", return_id="reference_statistics", **later) == "no_deadline"
    assert why(obligation=Obligation.objects.get(entity__code="google", return_id="provider_report")) == "not_owed"
    grant("dk", "2025", "exempted")
    assert why(**later) == "granted_already"


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "extended", "due_on": None}, {"due_on": date(2026, 12, 1)}, {"reason": ""},
        {"taken_back_at": timezone.now()}, {"kind": "forgotten"}, {},
    ],
)  # fmt: skip
def test_the_database_keeps_no_relief_that_makes_no_sense(published_portal, today, wrong) -> None:
    grant("dk", "2025", "exempted")
    other = owed("dk" if not wrong else "nl", "2025")

    with pytest.raises(IntegrityError), transaction.atomic():
        Relief.objects.create(**other | {"kind": "exempted", "reason": "Because.", "granted_by": reviewer()} | wrong)


# As it stood ----------------------------------------------------------------------------------------------


def test_a_day_shows_what_was_filed_decided_and_granted_by_then(published_portal, monkeypatch) -> None:
    def on(day: date) -> None:
        moment = timezone.make_aware(timezone.datetime(day.year, day.month, day.day, 12))
        monkeypatch.setattr(timezone, "now", lambda: moment)

    on(date(2026, 8, 10))
    relief = grant("dk", "2025", "extended", date(2026, 8, 20))
    on(date(2026, 8, 25))
    actions.take_back_relief(relief=relief, reason="No longer.", by=reviewer())
    on(date(2026, 9, 1))
    revision = file("dk", "2025", *answered("children.total"))
    on(date(2026, 9, 10))
    actions.decide_revision(revision=revision, decision="return", reason="One figure is lacking.", by=reviewer())
    on(date(2026, 9, 20))
    file("dk", "2025", *answered(), replaces=1, reason="All figures.")

    def then(day: date) -> tuple[str, bool, str]:
        seen = standing("dk", "2025", on=day)
        return seen.duty.state, seen.duty.late, seen.content_state

    assert then(date(2026, 8, 3)) == ("expected", False, "")
    assert then(date(2026, 8, 4)) == ("missing", True, "")
    assert then(date(2026, 8, 10)) == ("expected", False, "")
    assert then(date(2026, 8, 21)) == ("missing", True, "")
    assert then(date(2026, 8, 25)) == ("missing", True, "")
    assert then(date(2026, 9, 5))[1:] == (True, "partial")
    assert then(date(2026, 9, 15)) == ("returned", True, "partial")
    assert then(date(2026, 9, 20))[1:] == (True, "complete")


def test_the_last_day_shows_what_today_shows(published_portal, today) -> None:
    file("dk", "2025", *answered())
    grant("mt", "2025", "exempted")

    def shown(on: date | None) -> list[Any]:
        return [(s.duty.title, s.duty.obligation.entity.code, s.duty.state, s.duty.late, s.content_state)
                for s in picture(reviewer(), on=on).standings]  # fmt: skip

    now, then = shown(None), shown(timezone.now().date())
    assert len(now) == 112
    assert set(now) <= set(then)


# Pages, downloads, API ------------------------------------------------------------------------------------


@pytest.fixture
def client() -> Client:
    return signed_in(reviewer())


def test_the_page_of_a_period_shows_its_sections_and_statutory_points(published_portal, today, client) -> None:
    file("dk", "2025", *answered("children.total"))
    rates, sections, missing, points, entities = tables(client.get(f"/completeness/{MS}/2025/"))

    assert rates[1][:6] == ["2025", "27", "0", "0", "1", "3 %"]
    denmark = next(row for row in sections if row[0] == "Denmark")
    assert denmark[1:] == ["Complete", "Complete", "Not asked", "Partial 1 of 8 lacking", "Complete", "Not asked"]
    assert len(missing) == 27
    assert missing[1][1:] == ["2025", "3 Aug 2026", "29", "Missing"]
    assert next(row for row in points if row[0].endswith("children.total"))[2:] == ["0", "0", "0", "0", "1"]
    assert entities[1] == ["Denmark", "4", "0", "0", "0", "15"]


def test_exempting_and_extending_on_the_page_reaches_the_filer(published_portal, today, client) -> None:
    page = f"/completeness/{MS}/2025/dk/"
    bad = client.post(f"{page}relief/", {"kind": "extended", "due_on": "2026-08-01", "reason": "Late registers."})
    assert (bad.status_code, "Give a day after the one it is due on." in text(bad)) == (422, True)
    assert "Late registers." in bad.content.decode()

    body = {"kind": "extended", "due_on": "2026-12-01", "reason": "Late registers."}
    assert client.post(f"{page}relief/", body)["Location"] == page
    assert "Extended to 1 December 2026" in text(client.get(page))
    filer = signed_in(member("dk", "filer"))
    assert "extended to 1 December 2026: Late registers." in text(filer.get("/home/"))
    filing = start(MS, "dk", "2025", member("dk", "filer"))
    assert "Extended to 1 December 2026: Late registers." in text(filer.get(f"/filings/{filing.pk}/"))

    relief = Relief.objects.get()
    client.post(f"/reliefs/{relief.pk}/take-back/", {"reason": "Found."})
    assert "Found." in text(client.get(page))
    client.post(f"{page}relief/", {"kind": "exempted", "reason": "No register."})
    assert "Exempted Member State statistics, 2025 Denmark · No register." in text(filer.get("/home/"))


def test_the_administration_grants_through_the_same_action(published_portal, today) -> None:
    staff = signed_in(member("commission", "administrator", is_staff=True, is_superuser=True))
    duty = {name: row.pk for name, row in owed("dk", "2025").items()}
    body = duty | {"kind": "extended", "due_on": "2026-08-03", "reason": "Late registers."}

    add = "/admin/submissions/relief/add/"
    assert "Give a day after the one it is due on." in staff.post(add, body).content.decode()
    assert staff.post(add, body | {"due_on": "2026-12-01"}).status_code == 302
    assert standing("dk", "2025").duty.due_on == date(2026, 12, 1)
    assert Relief.objects.get().granted_by.email == "administrator@commission.test"


def test_the_downloads_say_what_the_pages_say(published_portal, today, client) -> None:
    file("dk", "2025", *answered("children.total"))

    def rows(address: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(client.get(address).content.decode())))

    duty = next(r for r in rows("/completeness.csv") if (r["entity"], r["period"]) == ("dk", "2025"))
    assert (duty["state"], duty["late"]) == ("with_errors", "yes")
    assert (duty["content"], duty["partial_sections"]) == ("partial", "4")
    sections = rows(f"/completeness/{MS}/2025/sections.csv")
    section = next(r for r in sections if (r["entity"], r["section"]) == ("dk", "4"))
    assert (section["state"], section["open"]) == ("partial", "1")
    assert section["data_points_without_answer"] == "children.total"
    points = rows(f"/completeness/{MS}/2025/points.csv")
    assert len(points) == 19
    assert {r["code"] for r in points if r["answer"] == "value"} == {
        "reports.total", "children.female", "children.male", "convictions.persons",
    }  # fmt: skip
    before = rows("/completeness.csv?on=2026-08-01")
    assert next(r for r in before if (r["entity"], r["period"]) == ("dk", "2025"))["state"] == "expected"


@pytest.mark.parametrize("address", [
    "/completeness/?on=tomorrow", "/completeness/?on=2026-02-30", "/completeness/?on=2026-09-02",
    "/completeness/nothing/2025/", f"/completeness/{MS}/1999/", f"/completeness/{MS}/2025/google/",
])  # fmt: skip
def test_what_is_not_there_is_not_found(published_portal, today, client, address) -> None:
    assert client.get(address).status_code == 404


def test_the_api_tells_the_commission_of_all_and_a_body_of_itself(published_portal, today, api) -> None:
    file("dk", "2025", *answered("children.total"))
    address = f"/api/v1/completeness/?return={MS}&period=2025"
    everybody, denmark = (api(user).get(address).json() for user in (reviewer(), member("dk", "filer")))

    assert (everybody["rates"][0]["expected"], everybody["rates"][0]["share"]) == (27, 3)
    (own,) = denmark["duties"]
    assert own == next(duty for duty in everybody["duties"] if duty["entity"] == "dk")
    assert (own["content"], own["sections"][3]["open"]) == ("partial", ["children.total"])
    assert denmark["rates"][0]["expected"] == 1
    assert {point["code"]: point["nothing"] for point in denmark["statutory"]}["children.total"] == 1
    assert api(member("nl", "filer")).get(f"{address}&entity=dk").json()["duties"] == []
    assert api(reviewer()).get(f"{address}&on=2026-08-01&entity=dk").json()["duties"][0]["state"] == "expected"
    wrong = api(reviewer()).get(f"{address}&on=2026-09-02")
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (400, "/on")


def knowing(user: Any) -> Any:
    """What the user may do is asked for once a request."""
    assert user.access.reviews
    return user


# Size -----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("published_portal")
@pytest.mark.parametrize("on", [None, date(2011, 7, 1)])
def test_fifty_bodies_and_ten_years_take_as_many_queries_as_one_and_little_time(db, on) -> None:
    user = knowing(reviewer())
    with CaptureQueriesContext(connection) as few:
        picture(user, on=on)
    filings = many.fill(user)
    with CaptureQueriesContext(connection) as captured:
        began = time.thread_time()
        found = [s for s in picture(user, on=on).standings if s.duty.obligation.entity.code.startswith("made-up")]
        counted = [column([s for s in found if s.duty.period.label == str(year)]) for year in many.YEARS]
        spent = time.thread_time() - began

    assert (len(found), filings, sum(one.rates.filed for one in counted)) == (500, 428, 428)
    assert (sum(one.fullness.partial for one in counted), sum(one.rates.overdue for one in counted)) == (86, 72)
    assert len(captured) == len(few) == 7
    assert spent < 1


def test_duties_take_the_same_queries_however_many_reliefs_there_are(published_portal, today) -> None:
    counts = []
    user = knowing(reviewer())
    for entity in ("at", "be", "bg"):
        grant(entity, "2025", "exempted")
        with CaptureQueriesContext(connection) as captured:
            duties(user)
        counts.append(len(captured))

    assert len(set(counts)) == 1
