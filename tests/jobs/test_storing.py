"""Rows written many at once are the rows that were given, on either database."""

from __future__ import annotations

import polars as pl
import pytest
from django.db import DatabaseError, transaction

from portal.models import ReportingEntity
from submissions import bulk

pytestmark = pytest.mark.django_db

NAMES = ["", "\\N", "\\", "a\\tb", "a\tb", "a\nb", "a\r\nb", '"', "'", ",", "\\.", "NULL", "é — ٣", " ", "x" * 200]


def entities(names: list[str]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "code": [f"many-{number}" for number in range(len(names))],
            "kind": "provider", "name_en": names, "name_da": names, "name_nl": "n", "country": "", "supervised_by_id": None,
            "four_eyes": False,
        },
        schema_overrides={"supervised_by_id": pl.Int64},
    )  # fmt: skip


def stored() -> list[tuple[str, str, int | None]]:
    many = ReportingEntity.objects.filter(code__startswith="many-").order_by("pk")
    return list(many.values_list("name_en", "name_da", "supervised_by_id"))


@pytest.mark.parametrize("chunk", [1, 4, 50_000])
def test_any_text_comes_back_as_it_was_given_whatever_the_chunks(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "CHUNK", chunk)
    written: list[int] = []
    bulk.insert(ReportingEntity, entities(NAMES), written.append)
    assert stored() == [(name, name, None) for name in NAMES]
    assert (sum(written), max(written)) == (len(NAMES), min(chunk, len(NAMES)))


def test_no_rows_are_no_work() -> None:
    bulk.insert(ReportingEntity, entities([]))
    assert stored() == []


def test_a_row_the_database_refuses_takes_the_others_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "CHUNK", 2)
    doubled = pl.concat([entities(["a", "b", "c"]), entities(["a"])])
    with pytest.raises(DatabaseError), transaction.atomic():
        bulk.insert(ReportingEntity, doubled)
    assert stored() == []


@pytest.mark.parametrize(("key", "sent"), [(["revision_id", "line"], [[2, 9], [5, 7]]), (["id"], [[9, 5], [7, 2]])])
def test_rows_are_sent_in_the_order_of_the_key_where_they_have_it(
    key: list[str], sent: list[list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "CHUNK", 2)
    rows = pl.DataFrame({"line": [9, 5, 7, 2], "revision_id": [1, 2, 2, 1]})
    assert [chunk["line"].to_list() for chunk in bulk.in_order(rows, key)] == sent
