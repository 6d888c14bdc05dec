"""Whatever a draft holds, the form shows it and gives it back: the same canonical content, byte for byte."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from submissions import catalogue as portal_catalogue
from submissions import publications
from submissions.canonical import canonicalise, content
from submissions.definition import Definition
from submissions.entry import plain, read_section, section_fields
from submissions.entry.fields import mine, with_section
from submissions.loading import read_rows
from submissions.sources import from_csv, from_observations
from tests.core.test_validation_generated import filings as nonsense
from tests.doors.generated import filings, head_of

pytestmark = pytest.mark.pure
CATALOGUE = portal_catalogue.catalogue()
DEFINITIONS = sorted(CATALOGUE.definitions)
PUBLISHED = sorted(publications.FOLDER.glob("*/*/*.csv"))
LANGUAGES = st.sampled_from(["en", "da", "nl"])


def content_of(definition: Definition, lines: list[dict[str, str]]) -> bytes:
    head = head_of(definition)
    return content(canonicalise(definition, from_observations(lines), head), head)


def as_browser(fields: dict[str, list[str]]) -> dict[str, list[str]]:
    """Browsers send CRLF where a text breaks its line, and take line breaks out of fields of one line."""
    return {
        name: [
            text.replace("\n", "\r\n") if name.startswith(("comment", "value", "was", "odd", "extra")) else text
            for text in texts
        ]
        for name, texts in fields.items()
    }


def through_the_form(definition: Definition, lines: list[dict[str, str]], language: str) -> list[dict[str, str]]:
    """Every section of a filing, shown and sent back untouched."""
    return [
        line
        for category in (0, *definition.categories)
        for line in read_section(
            definition, category, as_browser(section_fields(definition, category, lines, language)), language
        )
    ]


@pytest.mark.parametrize("which", DEFINITIONS, ids=str)
@examples(max_examples=60)
@given(data=st.data(), language=LANGUAGES)
def test_a_filing_as_people_write_it(which, data, language) -> None:
    definition = CATALOGUE.get(*which)
    lines = data.draw(filings(definition))

    assert content_of(definition, through_the_form(definition, lines, language)) == content_of(definition, lines)


@pytest.mark.parametrize("which", DEFINITIONS, ids=str)
@examples(max_examples=60)
@given(data=st.data(), language=LANGUAGES)
def test_a_filing_nobody_would_write(which, data, language) -> None:
    definition = CATALOGUE.get(*which)
    lines = data.draw(nonsense(definition))

    back = through_the_form(definition, lines, language)

    assert sorted(map(repr, back)) == sorted(map(repr, plain(definition, lines)))
    assert content_of(definition, back) == content_of(definition, plain(definition, lines))


def test_a_field_that_nobody_knows_stays_with_its_line_when_lines_are_sorted() -> None:
    definition = CATALOGUE.get("member_state_statistics", "1")
    lines = [{"address": "reports.total", "value": "7", "colour": "red"}, {"address": "children.total", "value": "2"}]

    assert plain(definition, lines) == [
        {"address": "children.total", "value": "2"},
        {"address": "reports.total", "value": "7", "colour": "red"},
    ]


@pytest.mark.parametrize("file", PUBLISHED, ids=lambda file: "/".join(file.parts[-3:]))
@pytest.mark.parametrize("language", ["en", "da"])
def test_every_published_filing(file: Path, language: str) -> None:
    return_id, period = file.parts[-3], file.parts[-2]
    periods = read_rows(Path(settings.DEFINITIONS_DIR) / "periods.csv")
    version = next(p["version"] for p in periods if (p["return_id"], p["label"]) == (return_id, period))
    definition = CATALOGUE.get(return_id, version)
    frame = from_csv(file.read_bytes())
    lines = frame.drop("line", "extra").to_dicts()
    head = head_of(definition)

    assert content_of(definition, through_the_form(definition, lines, language)) == content(
        canonicalise(definition, frame, head), head
    )


@pytest.mark.parametrize("which", DEFINITIONS, ids=str)
@examples(max_examples=30)
@given(data=st.data())
def test_rows_that_a_page_does_not_show_stay_as_they_are(which, data) -> None:
    definition = CATALOGUE.get(*which)
    category = data.draw(st.sampled_from([*definition.categories]))
    stood = mine(definition, category, plain(definition, data.draw(filings(definition))))
    shown = data.draw(st.sets(st.sampled_from([line["address"] for line in stood]))) if stood else set()
    fields = section_fields(definition, category, [line for line in stood if line["address"] in shown])

    after = with_section(definition, category, stood, fields, "en")

    assert sorted(map(repr, after)) == sorted(map(repr, stood))


def test_a_comment_that_begins_with_a_colon_stays_where_it_is_put() -> None:
    definition = CATALOGUE.get("provider_report", "2024")
    lines = [{"address": "legal.processing.ground", "obs_status": "A", "comment": ": words"}]

    assert content_of(definition, through_the_form(definition, lines, "en")) == content_of(definition, lines)
