"""The form: what it shows, what it keeps, and what happens when two people work in it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client

from portal.models import User
from submissions import actions
from submissions.canonical import canonicalise, content_hash
from submissions.models import Draft, Explanation, Filing
from submissions.sources import from_observations
from tests.conftest import read
from tests.pages.browser import Fields, fields_of
from tests.pages.world import elements, file_csv, load, member, plain, primary_buttons, receipt, signed_in, start, text

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def portal(shared_db: None) -> None:
    load("google 2025", "meta 2022", "dk 2022", "it 2022", "ncmec 2022", "libra 2021")


@pytest.fixture
def anna(portal: None) -> User:
    return member("google", "filer")


@pytest.fixture
def ben(portal: None) -> User:
    return member("google", "signatory")


@pytest.fixture
def filing(anna: User) -> Filing:
    """Google's report for 2026; for 2025 one was accepted."""
    return start("provider_report", "google", "2026", anna)


def section(filing: Filing, category: int, query: str = "") -> str:
    return f"/filings/{filing.pk}/edit/{category}/{query}"


def draft_lines(filing: Filing) -> dict[str, dict[str, str]]:
    """Lines of the draft by address, without the address."""
    lines = Draft.objects.get(filing=filing).observations
    assert len({line["address"] for line in lines}) == len(lines)
    return {line["address"]: {name: v for name, v in line.items() if name != "address"} for line in lines}


def save(client: Client, address: str, changes: Fields | None = None, page: Any = None, **headers: str) -> Any:
    """Send the form as its page shows it, with changes; a key without values is left out."""
    fields = fields_of(page or client.get(address)) | (changes or {})
    return client.post(address, {name: values for name, values in fields.items() if values}, headers=headers)


def beside(page: Any, address: str) -> str:
    """The words of the row of an address."""
    html = page.content.decode()
    start = html.index(f'data-row="{address}"')
    end = html.find("data-row=", start + 10)
    return plain(html[start : end if end > 0 else html.index("savebar", start)])


# Beginning ------------------------------------------------------------------------------------------------


def test_without_a_draft_the_ways_to_begin_are_offered(filing, anna) -> None:
    page = signed_in(anna).get(f"/filings/{filing.pk}/edit/")

    assert primary_buttons(page) == ["Copy the words of last year, without figures"]
    assert f'href="{section(filing, 1)}"' in page.content.decode()
    assert f'href="/filings/{filing.pk}/upload/"' in page.content.decode()
    assert not Draft.objects.exists()


def test_looking_at_an_empty_form_stores_nothing(filing, anna) -> None:
    page = signed_in(anna).get(section(filing, 4))

    assert "4. Cases of online child sexual abuse" in text(page)
    assert "Not saved yet" in text(page)
    assert "380" in beside(page, "cases.known.reports")
    assert not Draft.objects.exists()


def test_last_year_gives_words_choices_and_reasons_and_no_figure(filing, anna) -> None:
    client = signed_in(anna)

    answer = client.post(f"/filings/{filing.pk}/start-from-last-year/", follow=True)

    assert "The words and choices of last year are filled in." in text(answer)
    lines = draft_lines(filing)
    assert lines["data.services"] == {"value": "Gmail; Google Chat (consumer versions)."}
    assert lines["data.metadata.processed"] == {"value": "1"}
    assert lines["legal.processing.ground"]["value"] == "GDPR_6_1_D;GDPR_6_1_F"
    assert lines["cases.new.reports"]["obs_status"] == "M"
    assert "cases.known.reports" not in lines
    assert "retention.content_items" not in lines
    assert "380" in beside(client.get(section(filing, 4)), "cases.known.reports")


def test_a_draft_is_not_overwritten_by_a_second_start(filing, anna) -> None:
    client = signed_in(anna)
    save(client, section(filing, 4), {"value.0.cases.known.reports": ["7"]})

    answer = client.post(f"/filings/{filing.pk}/start-from-last-year/", follow=True)

    assert "A draft exists already." in text(answer)
    assert draft_lines(filing) == {"cases.known.reports": {"value": "7"}}


@pytest.mark.parametrize(
    "number",
    ["PR-2025-google-1", "PR-2022-meta-1", "MS-2022-dk-1", "MS-2022-it-1", "RS-2022-ncmec-1", "MT-2021-libra-1"],
)
def test_a_filed_revision_goes_through_every_page_of_the_form_unchanged(portal, number) -> None:
    revision = receipt(number)
    filing = revision.filing
    user = member("commission", "reviewer") if "ncmec" in number else member(filing.entity.code, "filer")
    client = signed_in(user)
    client.post(f"/filings/{filing.pk}/start-from-revision/")
    edition = Draft.objects.get(filing=filing).edition
    for category in filing.definition.categories:
        page = client.get(section(filing, category))
        for turned in range(1, len(re.findall('name="turn"', page.content.decode())) // 2 + 1 or 2):
            save(client, section(filing, category, f"?page={turned}"))

    draft = Draft.objects.get(filing=filing)
    lines = canonicalise(filing.definition, from_observations(draft.observations), filing.head)
    assert content_hash(lines, filing.head) == revision.content_hash
    assert draft.edition == edition


def test_an_uploaded_file_becomes_the_draft_and_the_one_before_is_kept(filing, anna) -> None:
    client = signed_in(anna)
    save(client, section(filing, 4), {"value.0.cases.known.reports": ["7"]})
    data = b"address,value,obs_status\ncases.known.images,12,A\ndata.services,Mail,A\n"
    upload = uploaded(filing, data, anna)

    draft = actions.draft_from_upload(upload=upload, by=anna)

    assert draft_lines(filing) == {"cases.known.images": {"value": "12"}, "data.services": {"value": "Mail"}}
    assert [s.observations for s in draft.sections.filter(current=False)] == [
        [{"address": "cases.known.reports", "value": "7"}]
    ]


def test_a_file_too_long_for_a_form_stays_a_file(filing, anna) -> None:
    lines = "".join(f"errors.known.flagged,{n},A\n" for n in range(5_001))
    upload = uploaded(filing, f"address,value,obs_status\n{lines}".encode(), anna)

    with pytest.raises(actions.Refused, match="Correct the file and upload it again"):
        actions.draft_from_upload(upload=upload, by=anna)
    assert not Draft.objects.exists()


def uploaded(filing: Filing, data: bytes, by: User) -> Any:
    from submissions.sources import CSV
    from tests.conftest import run_jobs

    upload, _new = actions.receive_upload(
        filing=filing, data=data, media_type=CSV, purpose="prepare", by=by, name="a.csv"
    )
    run_jobs()
    upload.refresh_from_db()
    return upload


# Numbers --------------------------------------------------------------------------------------------------


def test_a_number_is_read_as_it_is_written_in_the_language_of_the_page(filing, anna) -> None:
    client = signed_in(anna, headers={"Accept-Language": "da"})

    answer = save(client, section(filing, 4), {"value.0.cases.known.reports": ["1.234"], "go": ["stay"]})

    assert answer.status_code == 302
    assert draft_lines(filing) == {"cases.known.reports": {"value": "1234"}}
    assert 'value="1\u202f234"' in client.get(section(filing, 4)).content.decode()


def test_a_hedged_number_is_kept_as_typed_until_its_reading_is_accepted(filing, anna) -> None:
    client = signed_in(anna)
    save(client, section(filing, 4), {"value.0.cases.known.reports": ["ca 90 000"]})
    assert draft_lines(filing) == {"cases.known.reports": {"value": "ca 90 000"}}
    page = client.get(section(filing, 4))
    assert "Did you mean 90 000, approximate ?" in beside(page, "cases.known.reports")

    save(client, section(filing, 4), {"accept.0.cases.known.reports": ["ca 90 000"]})

    assert draft_lines(filing) == {"cases.known.reports": {"value": "90000", "qualifier": "approximate"}}
    page = client.get(section(filing, 4))
    assert "Did you mean" not in text(page)
    assert "Approximate" in beside(page, "cases.known.reports")


def test_whoever_goes_on_is_first_asked_about_figures_that_are_not_certain(filing, anna) -> None:
    client = signed_in(anna)

    answer = save(client, section(filing, 4), {"value.0.cases.known.images": ["> 500"], "go": ["next"]})

    assert answer["Location"] == section(filing, 4, "?at=cases.known.images#cases.known.images")
    assert "Some figures were not understood for certain." in text(client.get(answer["Location"]))


def test_save_and_go_on_leads_through_all_sections_to_the_check(filing, anna) -> None:
    client, address, seen = signed_in(anna), section(filing, 1), []
    while "/edit/" in address:
        seen.append(int(address.split("/")[4]))
        address = save(client, address, {"go": ["next"]})["Location"]

    assert seen == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    assert address == f"/filings/{filing.pk}/check/"


# Rows -----------------------------------------------------------------------------------------------------


def test_a_row_of_a_technology_is_added_filled_and_removed_without_a_script(filing, anna) -> None:
    client = signed_in(anna)
    answer = save(client, section(filing, 6), {"add": ["technology"], "new.technology.technology": ["PHOTODNA"]})
    page = client.get(answer["Location"])
    assert "Technology: PhotoDNA" in text(page)
    assert draft_lines(filing) == {}

    save(client, answer["Location"], {"value.0.errors.known.flagged[technology=PHOTODNA]": ["1 604"]})
    assert draft_lines(filing) == {"errors.known.flagged[technology=PHOTODNA]": {"value": "1604"}}

    save(client, section(filing, 6), {"remove.technology.[technology=PHOTODNA]": ["on"]})
    assert draft_lines(filing) == {}
    assert "PhotoDNA" not in "".join(elements("legend", client.get(section(filing, 6)).content.decode()))


def test_a_member_that_does_not_exist_is_refused_and_what_was_typed_is_saved(filing, anna) -> None:
    client = signed_in(anna)

    answer = save(client, section(filing, 6), {"add": ["technology"], "new.technology.technology": ["MAGIC"]})

    assert "“MAGIC” is no technology of this form." in text(client.get(answer["Location"]))


def test_all_months_are_added_at_once(portal) -> None:
    user = member("dk", "filer")
    filing = start("member_state_statistics", "dk", "2025", user)
    client = signed_in(user)

    answer = save(client, section(filing, 2), {"add": ["every month"]})

    fields = fields_of(client.get(answer["Location"]))
    assert {f"value.0.reports.by_month[month=2025-{month:02}]" for month in range(1, 13)} <= set(fields)


def test_rows_of_other_pages_are_not_lost_when_one_page_is_saved(portal) -> None:
    user = member("libra", "filer")
    filing = start("measurement_series", "libra", "2025", user)
    lines = [{"address": f"observed.locations[month=2025-{month:02},hosting_country={country}]", "value": "1"}
             for month in range(1, 13) for country in ("DK", "NL", "SE")]  # fmt: skip
    actions.save_draft(filing=filing, observations=lines, edition=None, by=user)
    client = signed_in(user)
    page = client.get(section(filing, 2, "?page=2"))
    shown = [name for name in fields_of(page) if name.startswith("value.0.observed.locations")]
    assert 0 < len(shown) < 36
    assert len(fields_of(page)) < 1000

    save(client, section(filing, 2, "?page=2"), {shown[0]: ["5"]})

    kept = draft_lines(filing)
    assert len(kept) == 36
    assert kept[shown[0].removeprefix("value.0.")] == {"value": "5"}
    assert "Page 2 of 3" in text(client.get(section(filing, 2, f"?at={shown[0].removeprefix('value.0.')}")))


def test_lines_that_no_row_can_show_are_listed_kept_and_removed_on_demand(filing, anna) -> None:
    odd = {"address": "errors.known.flagged[technology=MAGIC]", "value": "4", "comment": "See annex."}
    stray = {"address": "no.such.point", "value": "5", "kolor": "red"}
    actions.save_draft(filing=filing, observations=[odd, stray], edition=None, by=anna)
    client = signed_in(anna)
    assert "errors.known.flagged[technology=MAGIC]" in text(client.get(section(filing, 6)))
    assert "kolor red" in text(client.get(section(filing, 0)))
    assert "Lines without a place in this form" in text(client.get(section(filing, 1)))

    save(client, section(filing, 6))
    save(client, section(filing, 0))
    assert Draft.objects.get(filing=filing).observations == [stray, odd]

    save(client, section(filing, 6), {"drop.0.errors.known.flagged[technology=MAGIC]": ["on"]})
    save(client, section(filing, 0), {"drop.0.no.such.point": ["on"]})
    assert Draft.objects.get(filing=filing).observations == []


def test_a_second_period_of_a_figure_gets_its_own_row(portal) -> None:
    user = member("dk", "filer")
    filing = start("member_state_statistics", "dk", "2025", user)
    client = signed_in(user)
    first = {
        "value.0.reports.total": ["10"],
        "from.0.reports.total": ["2025-01-01"],
        "to.0.reports.total": ["2025-06-30"],
    }
    save(client, section(filing, 2), first)

    answer = save(client, section(filing, 2), {"again": ["reports.total"]})
    save(client, answer["Location"], {"value.1.reports.total": ["20"], "from.1.reports.total": ["2025-07-01"]})

    assert Draft.objects.get(filing=filing).observations == [
        {"address": "reports.total", "value": "10", "period": "2025-01-01/2025-06-30"},
        {"address": "reports.total", "value": "20", "period": "2025-07-01/.."},
    ]


# Beside the fields ----------------------------------------------------------------------------------------


def test_what_follows_from_other_figures_is_shown_beside_the_field(portal) -> None:
    user = member("dk", "filer")
    filing = start("member_state_statistics", "dk", "2025", user)
    client = signed_in(user)

    save(client, section(filing, 2), {"value.0.reports.total": ["1 000"], "value.0.reports.cases": ["900"]})

    assert "Worked out from its parts: 100 reports" in beside(client.get(section(filing, 2)), "reports.duplicates")


def test_before_a_check_only_answered_fields_have_findings(filing, anna) -> None:
    client = signed_in(anna)
    save(client, section(filing, 4), {"value.0.cases.known.videos": ["ninety"]})
    page = client.get(section(filing, 4))
    assert "the value is not a plain number" in beside(page, "cases.known.videos")
    assert "the row is not answered" not in text(page)

    answer = save(client, section(filing, 4), {"go": ["check"]})

    page = client.get(answer["Location"])
    assert "the row is not answered" in beside(page, "cases.known.reports")
    assert "Findings in other sections: 1. Types and volumes of data" in text(page)


def test_a_warning_is_explained_in_place_and_stays_explained(filing, anna) -> None:
    client = signed_in(anna)
    save(client, section(filing, 4), {"value.0.cases.known.reports": ["5000"]})
    page = client.get(section(filing, 4))
    assert "more than doubled or halved since last year" in beside(page, "cases.known.reports")
    about = {name: json.loads(values[0]) for name, values in fields_of(page).items() if name.startswith("about.")}
    name = next(name for name, (rule, *_rest) in about.items() if rule == "P-PER-001")

    end = name.removeprefix("about.")
    save(client, section(filing, 4), {f"text.{end}": ["A new filter.\r\nIt finds more."], f"publish.{end}": ["on"]})

    [kept] = Explanation.objects.all()
    assert (kept.rule, kept.address, kept.text, kept.publish) == (
        "P-PER-001", "cases.known.reports", "A new filter.\nIt finds more.", True)  # fmt: skip
    assert "Explained. Read or change the explanation" in beside(client.get(section(filing, 4)), "cases.known.reports")
    save(client, section(filing, 4))
    assert Explanation.objects.get().written_at == kept.written_at


def test_the_check_lists_every_section_and_leads_on_to_the_signature(filing, anna) -> None:
    client = signed_in(anna)
    save(client, section(filing, 4), {"value.0.cases.known.reports": ["5000"]})

    page = client.get(f"/filings/{filing.pk}/check/")

    assert "1 of 97 questions are answered." in text(page)
    assert primary_buttons(page) == ["Read over and sign"]
    assert f'href="/filings/{filing.pk}/edit/?at=cases.known.images"' in page.content.decode()
    assert client.get(f"/filings/{filing.pk}/edit/?at=cases.known.images")["Location"] == section(
        filing, 4, "?at=cases.known.images#cases.known.images"
    )


# Two people -----------------------------------------------------------------------------------------------


def test_two_people_in_one_section_both_keep_their_work(filing, anna, ben) -> None:
    hers, his = signed_in(anna), signed_in(ben)
    page = his.get(section(filing, 4))
    save(hers, section(filing, 4), {"value.0.cases.known.reports": ["12"]})

    save(his, section(filing, 4), {"value.0.cases.known.images": ["15"]}, page)

    assert draft_lines(filing) == {"cases.known.reports": {"value": "12"}, "cases.known.images": {"value": "15"}}
    assert "filer of google saved this section 0 minutes ago." in text(his.get(section(filing, 4))).replace("\xa0", " ")


def clash(filing: Filing, hers: Client, his: Client) -> Any:
    """She saved 12 and he typed 15, and another figure that nobody disputes."""
    page = his.get(section(filing, 4))
    save(hers, section(filing, 4), {"value.0.cases.known.reports": ["12"]})
    typed = {"value.0.cases.known.reports": ["15"], "value.0.cases.known.videos": ["3"], "go": ["next"]}
    return save(his, section(filing, 4), typed, page)


def test_two_answers_to_one_question_are_both_shown_and_nothing_is_overwritten(filing, anna, ben) -> None:
    page = clash(filing, signed_in(anna), signed_in(ben))

    assert page.status_code == 200
    words = beside(page, "cases.known.reports")
    assert re.search(r"filer of google saved “12 reports” at \d\d:\d\d, you typed “15 reports”\.", words)
    assert fields_of(page)["value.0.cases.known.reports"] == ["15"]
    assert draft_lines(filing) == {"cases.known.reports": {"value": "12"}, "cases.known.videos": {"value": "3"}}


def test_while_nobody_chose_the_rest_is_saved_and_both_answers_stay(filing, anna, ben) -> None:
    his = signed_in(ben)
    page = clash(filing, signed_in(anna), his)

    page = save(his, section(filing, 4), {"value.0.cases.known.images": ["9"]}, page)

    assert "you typed “15 reports”" in beside(page, "cases.known.reports")
    assert draft_lines(filing)["cases.known.reports"] == {"value": "12"}
    assert draft_lines(filing)["cases.known.images"] == {"value": "9"}


@pytest.mark.parametrize(("choice", "value"), [("mine", "15"), ("theirs", "12")])
def test_the_choice_saves(filing, anna, ben, choice, value) -> None:
    his = signed_in(ben)
    page = clash(filing, signed_in(anna), his)

    answer = save(his, section(filing, 4), {"choice.cases.known.reports": [choice]}, page)

    assert answer.status_code == 302
    assert draft_lines(filing)["cases.known.reports"] == {"value": value}
    assert "Two answers" not in text(his.get(section(filing, 4)))


def test_a_page_left_open_while_the_draft_is_filed_saves_nothing_and_loses_nothing(filing, anna, ben) -> None:
    his = signed_in(ben)
    save(signed_in(anna), section(filing, 4), {"value.0.cases.known.reports": ["12"]})
    page = his.get(section(filing, 4))
    file_csv(filing, read("provider_report/2025/google.csv"), anna)
    assert not Draft.objects.exists()

    answer = save(his, section(filing, 4), {"value.0.cases.known.images": ["15"]}, page)

    assert answer.status_code == 409
    assert "This draft was filed or thrown away meanwhile." in text(answer)
    assert fields_of(answer)["value.0.cases.known.images"] == ["15"]
    assert not Draft.objects.exists()


def test_nobody_clashes_with_himself_when_the_answer_to_a_save_was_lost(filing, anna) -> None:
    client = signed_in(anna)
    page = client.get(section(filing, 4))
    save(client, section(filing, 4), {"value.0.cases.known.reports": ["12"]}, page)

    answer = save(client, section(filing, 4), {"value.0.cases.known.reports": ["125"]}, page)

    assert answer.status_code == 302
    assert draft_lines(filing) == {"cases.known.reports": {"value": "125"}}


# Saving by script -----------------------------------------------------------------------------------------


def test_a_script_gets_the_page_as_it_is_after_saving(filing, anna) -> None:
    client = signed_in(anna)

    answer = save(client, section(filing, 4), {"value.0.cases.known.reports": ["1,419"]}, **{"X-Entry": "1"})

    assert answer.status_code == 200
    assert fields_of(answer)["edition"] == ["1"]
    assert fields_of(answer)["value.0.cases.known.reports"] == ["1\u202f419"]
    assert re.search(r"Saved at \d\d:\d\d", text(answer))


def test_saving_what_is_saved_already_makes_no_new_edition(filing, anna) -> None:
    client = signed_in(anna)
    save(client, section(filing, 4), {"value.0.cases.known.reports": ["12"]})
    save(client, section(filing, 4))

    assert Draft.objects.get(filing=filing).edition == 1


@pytest.mark.parametrize(
    "nonsense",
    [{"value.0.nothing": ["1"]}, {"value.0.data.services": ["1"]}, {"value.99999.cases.known.reports": ["1"]},
     {"odd.0.x": ["{"]}, {"odd.0.x": ["[1]"]}, {"edition": ["many"]}, {"language": ["xx"]}, {"about.1": ["[1]"], "text.1": ["x"]},
     {"about.1": ['["NO-RULE", "a", "b"]'], "text.1": ["x"]}, {"page": ["-1"], "turn": ["x"]}, {"again": ["\x00"]},
     {"conflict.x": ["9"]}, {"value.0.errors.known.flagged[technology=MAGIC]": ["1"]}],
)  # fmt: skip
def test_fields_nobody_asked_for_change_nothing(filing, anna, nonsense) -> None:
    client = signed_in(anna)
    save(client, section(filing, 4), {"value.0.cases.known.reports": ["12"]})

    answer = save(client, section(filing, 4), nonsense)

    assert answer.status_code in (200, 302)
    assert draft_lines(filing) == {"cases.known.reports": {"value": "12"}}
    assert not Explanation.objects.exists()
