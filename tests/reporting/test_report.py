"""The implementation report: who makes and writes it, what it says, and the files that come of it."""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from datetime import date, timedelta

import docx
import pikepdf
import pytest
from django.test import Client
from django.utils import timezone, translation

from portal.models import User
from reporting.models import Report, SectionText
from reporting.report import pictures
from reporting.report.actions import begin_report, restore_section, write_section
from reporting.report.document import of_report
from reporting.report.layout import pages
from reporting.report.material import codes
from reporting.report.outline import outline
from reporting.report.page import report_html
from reporting.report.pdf import report_pdf
from reporting.report.tree import Block, Bullets, Caveats, Chart, Document, Heading, Paragraph, Table
from reporting.report.word import report_docx
from submissions import actions, publications
from submissions.actions.refusals import Conflict, Refused
from submissions.catalogue import catalogue
from submissions.definition import LANGUAGES
from submissions.models import Filing, Finding, Revision
from tests.conftest import read
from tests.pages.world import file_csv, member, signed_in, start, text
from tests.reporting.report import PRINTED, at_the_commission, document, periods
from tests.workbook.builders import saved_by_libreoffice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("published_portal"), pytest.mark.drawn]
SMALL = (("provider_report", "2025"), ("member_state_statistics", "2025"))
"""Every numbered table, few figures."""


@pytest.fixture(scope="module")
def made(published_portal: list[publications.Loaded]) -> Document:
    """The document on the periods of the first report."""
    with translation.override("en"):
        return document()


@pytest.fixture
def reviewer() -> User:
    return at_the_commission()


@pytest.fixture
def report(reviewer) -> Report:
    return begin_report(
        title="Report", language="en", as_of=timezone.localdate(), periods=periods(*PRINTED), by=reviewer
    )


def blocks(found: Document, section: str) -> list[Block]:
    return list(next(one for one in found.all_sections() if one.id == section).blocks)


def paragraphs(found: Document, section: str) -> list[str]:
    return [one.text for one in blocks(found, section) if isinstance(one, Paragraph)]


# Who makes and writes it ----------------------------------------------------------------------------------


def test_a_reviewer_begins_a_report_on_the_chosen_periods(reviewer) -> None:
    client = signed_in(reviewer)
    offered = client.get("/report/").content.decode()
    assert offered.count('type="checkbox"') == 7
    chosen = {
        "title": "First report",
        "language": "da",
        "as_of": "2026-11-01",
        "periods": [one.pk for one in periods(*PRINTED)],
    }

    answer = client.post("/report/", chosen)

    made = Report.objects.get()
    assert answer["Location"] == f"/report/{made.pk}/"
    assert (made.title, made.language, f"{made.as_of}", made.made_by) == ("First report", "da", "2026-11-01", reviewer)
    assert set(made.periods.all()) == set(periods(*PRINTED))


def test_a_day_that_is_to_come_is_refused(reviewer) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    with pytest.raises(Refused, match="future"):
        begin_report(title="a", language="en", as_of=tomorrow, periods=periods(*PRINTED), by=reviewer)
    assert not Report.objects.exists()


def test_the_first_page_says_how_a_report_comes_to_be(reviewer) -> None:
    page = text(signed_in(reviewer).get("/report/"))
    assert "No report yet" in page
    assert "Choose periods, a language and a day below" in page


def test_the_page_says_what_stands_in_the_way(report, reviewer) -> None:
    page = text(signed_in(reviewer).get(f"/report/{report.pk}/"))
    assert "Not yet. What stands in its way:" in page
    assert "3 filings were made, but are not accepted." in page
    assert "1 section that people write is empty. 3 Conclusions" in page


def test_each_hindrance_leads_to_where_something_can_be_done(report, reviewer) -> None:
    client = signed_in(reviewer)
    page = client.get(f"/report/{report.pk}/").content.decode()
    [hindrances] = re.findall(r'<p class="lead">.*?<ul>(.*?)</ul>', page, re.S)
    links = re.findall(r'href="([^"]*)"', hindrances)
    here = f"/report/{report.pk}/sections"
    assert links == [f"{here}/filed/", "/review/", f"{here}/conclusions/"]
    assert [client.get(link).status_code for link in links] == [200, 200, 200]

    write_section(report=report, section="conclusions", text="Done.", after=0, by=reviewer)

    assert "that people write" not in text(client.get(f"/report/{report.pk}/"))


def test_a_filer_finds_nothing(report) -> None:
    client = signed_in(member("dk", "filer"))
    for path in (
        "",
        f"{report.pk}/",
        f"{report.pk}/preview/",
        f"{report.pk}/sections/cases/",
        f"{report.pk}/report.pdf",
    ):
        assert client.get(f"/report/{path}").status_code == 404
    assert client.post(f"/report/{report.pk}/sections/cases/", {"number": "0", "text": "a"}).status_code == 404
    assert not SectionText.objects.exists()


def test_a_reader_of_the_commission_reads_and_does_not_write(report) -> None:
    client = signed_in(at_the_commission("reader"))
    assert client.get(f"/report/{report.pk}/sections/cases/").status_code == 200
    assert client.post(f"/report/{report.pk}/sections/cases/", {"number": "0", "text": "a"}).status_code == 404
    with pytest.raises(Refused, match="Only reviewers"):
        write_section(report=report, section="cases", text="a", after=0, by=at_the_commission("reader"))
    assert not SectionText.objects.exists()


def test_what_is_written_stands_in_the_report_with_who_and_when(report, reviewer) -> None:
    client = signed_in(reviewer)
    answer = client.post(f"/report/{report.pk}/sections/cases/", {"number": "0", "text": "One.\r\n\r\nTwo & three."})
    assert answer.status_code == 302

    found = of_report(report, reviewer)

    assert [(one.kind, one.text) for one in blocks(found, "cases")[:2]] == [
        ("staff", "One."),
        ("staff", "Two & three."),
    ]
    assert "Version 1, reviewer of the Commission" in text(client.get(f"/report/{report.pk}/"))


def write(client: Client, report: Report, **sent: str) -> tuple[int, str]:
    answer = client.post(f"/report/{report.pk}/sections/cases/", sent)
    return answer.status_code, answer.content.decode()


def test_a_stale_edit_is_refused_and_nothing_is_lost(report, reviewer) -> None:
    client = signed_in(reviewer)
    assert write(client, report, number="0", text="From the first.")[0] == 302

    status, page = write(client, report, number="0", text="From the second.")

    assert status == 409
    assert [one.text for one in report.texts.all()] == ["From the first."]
    assert "From the first." in page
    assert re.search(r"<textarea[^>]*>From the second.</textarea>", page)
    assert 'name="number" value="1"' in page
    assert write(client, report, number="1", text="From both.")[0] == 302
    assert [one.text for one in report.texts.order_by("number")] == ["From the first.", "From both."]


def test_an_older_version_is_read_and_brought_back_as_the_next(report, reviewer) -> None:
    for number, words in enumerate(("First.", "Second.")):
        write_section(report=report, section="cases", text=words, after=number, by=reviewer)
    client = signed_in(reviewer)
    assert "First." in text(client.get(f"/report/{report.pk}/sections/cases/"))

    assert write(client, report, number="2", restore="1")[0] == 302

    kept = report.texts.order_by("number").values_list("number", "text", "restored_from")
    assert list(kept) == [(1, "First.", None), (2, "Second.", None), (3, "First.", 1)]
    with pytest.raises(Conflict):
        restore_section(report=report, section="cases", number=2, after=2, by=reviewer)
    assert report.texts.count() == 3


# What it says ---------------------------------------------------------------------------------------------


def test_the_sections_are_those_of_the_first_report(made) -> None:
    headings = [section.heading for section in made.all_sections()]
    assert [one.partition(" ")[0] for one in headings if one.startswith("2")] == [
        "2", "2.1", "2.1.1", "2.1.2", "2.1.3", "2.1.4", "2.1.5", "2.1.6", "2.1.7", "2.1.8", "2.1.9", "2.1.10",
        "2.2", "2.2.1", "2.2.2", "2.2.3", "2.3",
    ]  # fmt: skip
    assert headings[-2:] == ["Annex I Data quality", "Annex II Sources"]


def test_a_total_is_given_where_figures_agree_and_else_the_reasons(made) -> None:
    found = made
    assert "Reports sent, 2022: the figures of 27 add up to 1\u202f503\u202f431 reports." in paragraphs(
        found, "reports"
    )
    children = paragraphs(found, "children")
    assert "Children identified: 6 of 27 can be added, to 710 children (1 Jan 2022 – 31 Dec 2022)." in children
    [refused] = [one for one in children if one.startswith("A total of Children identified for 2022")]
    assert refused == (
        "A total of Children identified for 2022 is not given because the figures cover 7 different periods; 3 figures differ"
        " in definition (Age limit below 18, All abuse offences of a police register, All sources together, Dynamic data,"
        " Online and offline together); 8 figures are missing."
    )
    assert not any("4\u202f922" in one and "That is no total." not in one for one in children)


def test_who_gave_no_figure_is_named_with_the_reason(made) -> None:
    bullets = [one for one in blocks(made, "reports") if isinstance(one, Bullets)]
    [told] = [one for one in bullets if one.lead.startswith("Reports received, 2022")]
    assert told.lead == "Reports received, 2022: 20 of 27 gave a figure. No figure:"
    assert [item.text for item in told.items] == [
        "Withheld: Not public: Estonia",
        "Missing: No legal basis seen: Germany",
        "Missing: Only in another unit or form: Latvia and Slovenia",
        "filed, but not accepted: Malta, Portugal and Romania",
    ]


def test_caveats_come_from_the_comparison(made) -> None:
    told = [line for one in blocks(made, "children") if isinstance(one, Caveats) for line in one.items]
    assert (
        "Children identified: to be read with: Chat logs included, No suspect found, Self-generated material included"
        in told
    )


def test_a_monthly_span_is_not_drawn_among_totals(made) -> None:
    chart = made.charts()["reports-beside-reports-2022"]
    filed = {bar.name: bar.number for bar in chart.bars if bar.heading.startswith("Total number")}
    assert "Latvia (LV)" not in filed
    assert "Slovenia (SI)" not in filed
    assert filed["Austria (AT)"] == 16311
    assert "76 figures" not in chart.alt
    assert chart.title in chart.alt


def test_the_later_form_fills_the_same_sections() -> None:
    found = document(*SMALL)
    table = found.tables()["cases-form-2025"]
    assert table.number == 1
    google = table.cell("google", "col_known")
    assert "Reports of known CSAM: 380 reports" in google.lines
    assert table.cell("google", "col_new").text == "Cannot exist: 6"
    assert table.cell("meta", "col_known").text == "nothing filed"
    [grounds] = [one for one in blocks(found, "grounds") if getattr(one, "id", "") == "legal.processing.ground"]
    assert {(item.key, *item.entities) for item in grounds.items} == {
        ("GDPR_6_1_D", "google"),
        ("GDPR_6_1_F", "google"),
    }


def test_a_series_follows_the_bridge_and_shows_where_it_breaks(reviewer) -> None:
    """LinkedIn counted images of EU users in 2022; the later form asks the same, and nothing else of it goes on."""
    filer = member("linkedin", "filer")
    filing = start("provider_report", "linkedin", "2025", filer)
    revision = file_csv(filing, b"address,value,obs_status,unit\ndata.images.eu,25000000,A,images\n", filer)
    actions.decide_revision(revision=revision, decision="accept_with_reservations", reason="Partly filed.", by=reviewer)

    found = document(("provider_report", "2022"), ("provider_report", "2025"))

    table = found.tables()["series-providers"]
    rows = {(row.label, row.cells[0].text): [cell.text for cell in row.cells[1:]] for row in table.rows}
    assert rows == {
        ("LinkedIn", "Images processed, EU users"): [
            "≈ 21\u202f000\u202f000 images",
            "25\u202f000\u202f000 images",
            "none",
        ],
    }
    [breaks] = [one for one in blocks(found, "series") if isinstance(one, Bullets)]
    assert {item.text.partition(":")[0] for item in breaks.items} >= {"Not comparable", "Sum of"}


def test_what_is_accepted_later_does_not_change_a_report_of_an_earlier_day(made, reviewer) -> None:
    day = timezone.localdate() - timedelta(days=1)
    before = document(as_of=day)
    assert not any(figure.number for table in before.tables().values() for row in table.rows
                   for cell in row.cells for figure in cell.figures)  # fmt: skip
    assert any(
        figure.number
        for row in document().tables()["reports-2022"].rows
        for cell in row.cells
        for figure in cell.figures
    )


DAYS = "2021-01-01/2022-12-31"


def findings(as_of: date) -> dict[str, list[str]]:
    table = document(as_of=as_of).tables().get("findings")
    return {row.id: [cell.text for cell in row.cells] for row in table.rows} if table else {}


def test_the_findings_are_those_of_the_revisions_that_counted_on_the_day(reviewer) -> None:
    today = timezone.localdate()
    yesterday = today - timedelta(days=1)
    Revision.objects.filter(decided_at__isnull=False).update(decided_at=timezone.now() - timedelta(days=1))
    filed, rule = findings(yesterday), "member_state_statistics/1/M-CHD-003"
    assert filed == findings(today)
    concerned, filer = filed[rule][-1], member("be", "filer")
    assert "Belgium" in concerned

    found = Finding.objects.filter(rule="M-CHD-003", revision__filing__obligation__entity__code="gr").get()
    actions.explain(
        filing=found.revision.filing, rule=found.rule, address=found.address, about=found.subject, text="Not counted so.",
        by=member("gr", "filer"),
    )  # fmt: skip
    filing = Filing.objects.get(obligation__entity__code="be", period__label="2022")
    data = read("member_state_statistics/2022/be.csv").decode()
    for gender, n in (("female", 30), ("male", 33)):
        before, after = (
            f"children.{gender},,L,{DAYS},children,,,,not_disaggregated_by_gender",
            f"children.{gender},{n},A,{DAYS},children,,,,",
        )
        assert before in data
        data = data.replace(before, after)
    revision = file_csv(filing, data.encode(), filer, replaces=1, reason="Counted by gender.")
    actions.decide_revision(revision=revision, decision="accept_with_reservations", reason="Partly filed.", by=reviewer)

    assert findings(yesterday) == filed
    assert findings(today)[rule][-1] == concerned.replace("Belgium, ", "")
    assert (filed[rule][3], findings(today)[rule][3]) == ("0", "1")


@pytest.mark.parametrize(("language", "forever", "one"), [
    ("en", "life of the account", "1 report"), ("da", "kontoens levetid", "1 indberetning"),
    ("nl", "levensduur van het account", "1 melding"),
])  # fmt: skip
def test_units_are_told_in_words_and_one_thing_in_the_singular(language, forever, one) -> None:
    with translation.override(language):
        found = document()
    [retention] = [block for block in found.blocks() if getattr(block, "id", "") == "retention.period"]
    assert any(forever in item.text for item in retention.items)
    assert f": {one} (" in found.tables()["reports-2022"].cell("PL", "col_comments").text


# Files ----------------------------------------------------------------------------------------------------


def test_long_wide_tables_stand_on_turned_pages_and_headings_with_what_they_head(made) -> None:
    runs = pages(made)
    turned = {part.number for run in runs if run.turned for part in run.parts if isinstance(part, Table)}
    assert turned >= {5, 6, 8}
    assert not turned & {1, 2, 3, 4, 9}
    assert [part for run in runs for part in run.parts] == list(made.parts())
    assert not any(isinstance(run.parts[-1], Heading) for run in runs)


def test_a_chart_is_drawn_once_for_every_file(made, monkeypatch) -> None:
    pictures.drawn.cache_clear()
    drawn: list[int] = []
    monkeypatch.setattr(
        pictures.charts, "svg", lambda specification: drawn.append(1) or '<svg xmlns="http://www.w3.org/2000/svg"/>'
    )
    one = next(iter(made.charts().values()))

    for _file in range(2):
        assert pictures.svg(one).startswith("<svg")
        pictures.drawn.cache_clear()

    assert drawn == [1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_its_heads_and_its_files(language, report, reviewer) -> None:
    Report.objects.filter(pk=report.pk).update(language=language)
    report.periods.set(periods(*SMALL))
    client = signed_in(reviewer)
    page = client.get(f"/report/{report.pk}/report.html").content.decode()
    assert f'<html lang="{language}">' in page
    assert outline().tables["children"].caption[language] in page
    assert outline().sections["recipients"].title[language] in page
    pdf = pikepdf.open(io.BytesIO(client.get(f"/report/{report.pk}/report.pdf").content))
    assert str(pdf.Root.Lang) == language
    assert pdf.open_metadata()["pdfuaid:part"] == "1"
    file = docx.Document(io.BytesIO(client.get(f"/report/{report.pk}/report.docx").content))
    captions = [one.text for one in file.paragraphs if one.style is not None and one.style.name == "Caption"]
    assert any(outline().tables["convictions"].caption[language] in one for one in captions)


def test_every_title_of_the_outline_is_there_in_every_language() -> None:
    asked = outline()
    texts = [one.title for one in (*asked.sections.values(), *asked.charts.values())]
    texts += [
        text for one in asked.tables.values() for text in (one.caption, one.row_head, *(c.label for c in one.columns))
    ]
    texts += [
        asked.series.caption,
        asked.series.row_head,
        *(one.sum_row for one in asked.tables.values() if one.sum_row),
    ]
    assert [one for one in texts if set(one) != set(LANGUAGES) or not all(one.values())] == []


def test_the_outline_names_data_points_that_there_are() -> None:
    for table in outline().tables.values():
        definition = catalogue().get(outline().returns[table.of], table.version)
        assert set(table.totals) <= set(definition.points)
        for column in table.columns:
            assert all(codes(definition, take.code) for take in (*column.take, *column.instead))


def test_the_same_report_gives_the_same_bytes(report, reviewer) -> None:
    report.periods.set(periods(*SMALL))
    made = of_report(report, reviewer)
    again = of_report(Report.objects.get(pk=report.pk), reviewer)
    for written in (report_html, report_pdf, report_docx):
        assert written(made) == written(again)


def tags(pdf: pikepdf.Pdf) -> set[str]:
    found, waiting = set(), [pdf.Root.StructTreeRoot]
    while waiting:
        node = waiting.pop()
        if isinstance(node, pikepdf.Array):
            waiting += list(node)
        elif isinstance(node, pikepdf.Dictionary):
            if "/S" in node:
                found.add(str(node.S))
            if "/K" in node:
                waiting.append(node.K)
    return found


def test_the_pdf_is_tagged_and_complete() -> None:
    made = document(texts={"conclusions": "Done by 漢 and ≈ 5."})
    pdf = report_pdf(made)
    told = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout.decode()
    assert tags(pikepdf.open(io.BytesIO(pdf))) >= {"/H1", "/H2", "/H3", "/Table", "/TH", "/TD", "/Figure", "/L", "/TOC"}
    for section in made.all_sections():
        assert section.heading in " ".join(told.split())
    assert "≈ 5." in told


def test_the_docx_has_real_headings_repeated_heads_and_texts_beside_pictures(made) -> None:
    data = report_docx(made)
    file = docx.Document(io.BytesIO(data))
    headings = [one.text for one in file.paragraphs if one.style is not None and one.style.name.startswith("Heading")]
    assert headings == [section.heading for section in made.all_sections()]
    xml = zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml").decode()
    tables = [one for one in made.blocks() if isinstance(one, Table)]
    assert xml.count("<w:tblHeader/>") == len(tables) == len(file.tables)
    assert [len(one.rows) for one in file.tables] == [len(one.rows) + 1 for one in tables]
    alts = [one.alt for one in made.blocks() if isinstance(one, Chart)]
    assert [shape._inline.docPr.get("descr") for shape in file.inline_shapes] == alts


def test_libreoffice_opens_the_docx(made, tmp_path) -> None:
    pdf = saved_by_libreoffice(report_docx(made), "pdf", tmp_path, "report.docx")
    told = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    assert "Table 9: The number of perpetrators convicted" in told
    boxes = [page.mediabox for page in pikepdf.open(io.BytesIO(pdf)).pages]
    assert {"turned" if box[2] > box[3] else "upright" for box in boxes} == {"turned", "upright"}


def test_the_preview_shows_every_part_and_its_pictures(made, report, reviewer) -> None:
    client = signed_in(reviewer)
    page = client.get(f"/report/{report.pk}/preview/").content.decode()
    sources = re.findall(rf'<img src="(/report/{report.pk}/charts/[\w-]+\.svg)"', page)
    assert len(sources) == len(made.charts()) == 5
    assert page.count("<caption>") == len(made.tables())
    assert client.get(sources[0]).content.startswith(b"<svg")
    assert client.get(f"/report/{report.pk}/charts/nothing.svg").status_code == 404
