"""What page tests share: people, filings, and reading an answer as its reader meets it."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from django.test import Client

from portal.access import Role
from portal.models import Membership, ReportingEntity, User
from submissions import actions, publications
from submissions.canonical import canonicalise
from submissions.loading import read_rows
from submissions.models import Door, Filing, Obligation, ReportingPeriod, Revision
from submissions.sources import CSV, from_csv
from tests.conftest import run_jobs


def member(entity: str = "", role: str = "", **fields: Any) -> User:
    """A user in one role of one entity, or in none."""
    email = f"{role or 'nobody'}@{entity or 'nowhere'}.test"
    user = User.objects.filter(email=email).first() or User.objects.create_user(
        email, name=f"{role} of {entity}", **fields
    )
    if entity:
        Membership.objects.get_or_create(user=user, entity=ReportingEntity.objects.get(code=entity), role=Role(role))
    return User.objects.get(pk=user.pk)


def signed_in(user: User | None, **extra: Any) -> Client:
    client = Client(**extra)
    if user is not None:
        client.force_login(user)
    return client


def load(*receipts: str) -> None:
    """Entities, periods and some of the published filings: `load("google 2022", "dk 2022")`."""
    publications.load_entities()
    for row in read_rows(publications.FOLDER / "filings.csv"):
        if f"{row['entity']} {row['period']}" in receipts:
            publications.load_filing(row, publications.transcriber(), publications.decider())


def start(return_id: str, entity: str, period: str, by: User) -> Filing:
    return actions.start_filing(
        obligation=Obligation.objects.select_related("entity").get(entity__code=entity, return_id=return_id),
        period=ReportingPeriod.objects.get(return_id=return_id, label=period),
        by=by,
    )


def file_csv(filing: Filing, data: bytes, by: User, check: bool = True, **correction: Any) -> Revision:
    """File a CSV as the upload page does; `check=False` leaves the job waiting."""
    lines = canonicalise(filing.definition, from_csv(data), filing.head)
    submission = actions.Submission(lines, data, CSV, Door.UPLOAD)
    revision, _created = actions.submit_revision(filing=filing, submission=submission, by=by, **correction)
    if check:
        run_jobs()
    return Revision.objects.with_names().get(pk=revision.pk)


def receipt(number: str) -> Revision:
    return Revision.objects.with_names().get(receipt=number)


# Reading ----------------------------------------------------------------------------------------------------


def plain(html: str) -> str:
    """The words of a piece of HTML, every white space one blank."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def text(response: Any) -> str:
    """The words of the main part of a page."""
    html = response.content.decode()
    return plain(html[html.index("<main") : html.index("</main>")])


def tables(response: Any) -> list[list[list[str]]]:
    """All tables of a page, each a list of rows of cell texts."""
    html = response.content.decode()
    return [[cells(row) for row in elements("tr", table)] for table in elements("table", html)]


def elements(tag: str, html: str) -> list[str]:
    """Every element of a tag (a regular expression) that does not hold itself."""
    return [found[0] for found in re.finditer(rf"<({tag})\b.*?</\1>", html, re.S)]


def cells(row: str) -> list[str]:
    return [plain(cell) for cell in elements("t[hd]", row)]


def form_data(response: Any) -> dict[str, str]:
    """What a browser would send of the hidden fields of the page's own form; of two with one name the last counts."""
    html = response.content.decode()
    form = html[html.index('<form class="form') :].partition("</form>")[0]
    hidden = re.findall(r'<input type="hidden" name="(\w+)"(?: value="([^"]*)")?', form)
    return {name: value for name, value in hidden if name != "csrfmiddlewaretoken"}


def primary_buttons(response: Any) -> list[str]:
    found = re.findall(r'<(a|button) class="[^"]*ecl-button--primary[^>]*>(.*?)</\1>', response.content.decode(), re.S)
    return [plain(label) for _tag, label in found]
