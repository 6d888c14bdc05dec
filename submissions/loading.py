"""Reading definition folders: every fault is a `DefinitionError` naming file and key."""

from __future__ import annotations

import csv
import fnmatch
import tomllib
from collections.abc import Container, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Any

from submissions.definition import (
    CODE,
    LANGUAGES,
    PANEL_CHARTS,
    REQUIREMENTS,
    ROLES,
    SEVERITIES,
    VALUE_TYPES,
    Category,
    Clause,
    Code,
    CodeList,
    DataPoint,
    Definition,
    DefinitionError,
    Dimension,
    Naming,
    Panel,
    Rule,
    Text,
)  # fmt: skip


def read_text(record: Mapping[str, Any], key: str, file: Path, where: str, needed: bool = True) -> Text:
    """The text `key` in every language, from columns `key_en` … or a table `key = {en = …}`."""
    table = record.get(key)
    texts = {
        lang: str((table.get(lang) if isinstance(table, Mapping) else record.get(f"{key}_{lang}")) or "")
        for lang in LANGUAGES
    }
    for lang, text in texts.items():
        if not text and (needed or any(texts.values())):
            raise DefinitionError(file, where, f"no {key} in language '{lang}'")
    return MappingProxyType(texts)


def read_rows(file: Path) -> list[dict[str, str]]:
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            return list(csv.DictReader(lines))
    except OSError as problem:
        raise DefinitionError(file, "file", problem.strerror or "cannot be read") from problem
    except UnicodeDecodeError as problem:
        raise DefinitionError(file, "encoding", "is not UTF-8") from problem


def read_toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as problem:
        raise DefinitionError(file, "file", problem.strerror or "cannot be read") from problem
    except UnicodeDecodeError as problem:
        raise DefinitionError(file, "encoding", "is not UTF-8") from problem
    except tomllib.TOMLDecodeError as problem:
        raise DefinitionError(file, "syntax", str(problem)) from problem


def load_code_lists(folder: Path) -> Mapping[str, CodeList]:
    """All code lists: `names.csv` names them, `<list>.csv` holds the codes of each."""
    lists = {}
    for row in read_rows(folder / "names.csv"):
        file = folder / f"{row['list_id']}.csv"
        codes = {
            code["code"]: Code(
                code["code"],
                read_text(code, "label", file, code["code"]),
                code["description"],
                code["equivalent"],
                read_text(code, "one", file, code["code"], needed=False),
            )
            for code in read_rows(file)
        }
        lists[row["list_id"]] = CodeList(
            row["list_id"], read_text(row, "name", folder / "names.csv", row["list_id"]), MappingProxyType(codes)
        )
    return MappingProxyType(lists)


def words(cell: str | None) -> tuple[str, ...]:
    return tuple(word for word in (cell or "").replace(";", " ").split() if word)


def read_point(row: Mapping[str, str], file: Path) -> DataPoint:
    code = row.get("code") or ""
    if not CODE.fullmatch(code):
        raise DefinitionError(file, code or "(empty code)", "a code is lower-case words joined by full stops")
    for column in ("category", "value_type", "unit", "required"):
        if row.get(column) is None:
            raise DefinitionError(file, column, "there is no such column")
    for attribute in words(row.get("attributes")):
        if "=" not in attribute:
            raise DefinitionError(file, code, f"the attribute '{attribute}' is no name=value")
    for column, allowed in (("value_type", VALUE_TYPES), ("required", REQUIREMENTS)):
        if row.get(column) not in allowed:
            raise DefinitionError(file, f"{code}.{column}", f"'{row.get(column)}' is none of {', '.join(allowed)}")
    return DataPoint(
        code=code,
        category=int(row["category"]) if row["category"].isdigit() else 0,
        value_type=row["value_type"],
        unit=row["unit"],
        required=row["required"],
        label=read_text(row, "label", file, code),
        group=read_text(row, "group", file, code, needed=False),
        help=read_text(row, "help", file, code, needed=False),
        condition=read_text(row, "condition", file, code, needed=False),
        dimensions=words(row.get("dimensions")),
        attributes=MappingProxyType(dict(part.split("=", 1) for part in words(row.get("attributes")))),
        basis=row.get("basis") or "",
        part_of=row.get("part_of") or "",
        code_list=row.get("code_list") or "",
        computed=words(row.get("computed")),
        flag_if=row.get("flag_if") or "",
        flag_code=row.get("flag_code") or "",
        flag_on=words(row.get("flag_on")),
        legal_ref=row.get("legal_ref") or "",
        source_row=row.get("source_row") or "",
        panel=row.get("panel") or "",
    )


def read_clause(entry: Mapping[str, Any]) -> Clause:
    return Clause(
        kind=str(entry.get("kind")),
        params=MappingProxyType({key: item for key, item in entry.items() if key not in ("kind", "repeat")}),
        repeat=MappingProxyType({key: tuple(values) for key, values in entry.get("repeat", {}).items()}),
    )


def read_rule(entry: Mapping[str, Any], shared: Mapping[str, Any], file: Path) -> Rule:
    code = str(entry.get("code") or "(no code)")
    clauses = tuple(read_clause(clause) for clause in entry.get("clause", []))
    if not clauses:
        raise DefinitionError(file, f"{code}.clause", "a rule needs at least one clause")
    if entry.get("severity") not in SEVERITIES:
        raise DefinitionError(file, f"{code}.severity", f"'{entry.get('severity')}' is none of {', '.join(SEVERITIES)}")
    texts = {**shared.get(clauses[0].kind, {}), **entry}
    return Rule(
        code=code,
        severity=str(entry["severity"]),
        topic=str(entry.get("topic", "")),
        message=read_text(texts, "message", file, code),
        mend=read_text(texts, "mend", file, code),
        why=read_text(texts, "why", file, code),
        clauses=clauses,
        legal_ref=str(entry.get("legal_ref", "")),
    )


def load(folder: Path, code_lists: Mapping[str, CodeList], shared_texts: Mapping[str, Any]) -> Definition:
    """Read one definition folder. Raises `DefinitionError` naming file and key for anything unusable."""
    head_file, point_file, rule_file = folder / "definition.toml", folder / "data_points.csv", folder / "rules.toml"
    head = read_toml(head_file)
    for key in ("return", "version", "receipt_prefix", "filed_by", "period_type", "valued", "missing", "category"):
        if key not in head:
            raise DefinitionError(head_file, key, "is missing")
    points = [read_point(row, point_file) for row in read_rows(point_file)]
    rule_book = read_toml(rule_file)
    rules = [read_rule(entry, shared_texts, rule_file) for entry in rule_book.get("rule", [])]
    for file, codes in ((point_file, [p.code for p in points]), (rule_file, [r.code for r in rules])):
        for code in codes:
            if codes.count(code) > 1:
                raise DefinitionError(file, code, "stands twice")
    definition = Definition(
        return_id=head["return"],
        version=str(head["version"]),
        receipt_prefix=head["receipt_prefix"],
        title=read_text(head, "title", head_file, "title"),
        filed_by=tuple(head["filed_by"]),
        period_type=head["period_type"],
        legal_ref=head.get("legal_ref", ""),
        valued=tuple(head["valued"]),
        missing=tuple(head["missing"]),
        categories=MappingProxyType(
            {
                entry["number"]: Category(
                    entry["number"], read_text(entry, "label", head_file, f"category {entry['number']}")
                )
                for entry in head["category"]
            }
        ),
        dimensions=MappingProxyType(
            {
                name: Dimension(
                    name,
                    read_text(entry, "label", head_file, name),
                    entry.get("code_list"),
                    entry.get("pattern"),
                    entry.get("in_series", True),
                    tuple(entry.get("worded_by", ())),
                )
                for name, entry in head.get("dimension", {}).items()
            }
        ),
        panels=MappingProxyType(
            {
                name: Panel(
                    name,
                    entry["dashboard"],
                    read_text(entry, "title", head_file, name),
                    entry.get("entity_axis", True),
                    entry.get("chart", "bars"),
                    tuple(entry.get("codes", ())),
                    tuple(tuple(names) for names in entry.get("sums", ())),
                )
                for name, entry in head.get("panel", {}).items()
            }
        ),
        points=MappingProxyType({point.code: point for point in points}),
        rules=MappingProxyType({rule.code: rule for rule in rules}),
        names=MappingProxyType(rule_book.get("names", {})),
        code_lists=code_lists,
        released=bool(head.get("released", False)),
        sensitive_units=tuple(head.get("sensitive_units", ())),
        public=bool(head.get("public", False)),
        namings=tuple(
            Naming(*(str(entry.get(key, "")) for key in ("point", "role", "organisation", "dimension")))
            for entry in head.get("naming", [])
        ),
    )
    require_known_names(definition, head_file, point_file)
    return definition


def require_known_names(definition: Definition, head_file: Path, point_file: Path) -> None:
    """Every name a data point or dimension uses must exist."""

    def known(name: str, names: Container[str], key: str, what: str, file: Path = point_file) -> None:
        if name and name not in names:
            raise DefinitionError(file, key, f"unknown {what} '{name}'")

    for dimension in definition.dimensions.values():
        for name in (dimension.code_list or "", *dimension.worded_by):
            known(name, definition.code_lists, dimension.id, "code list", head_file)
    for unit in definition.sensitive_units:
        known(unit, definition.code_lists["unit"].codes, "sensitive_units", "unit", head_file)
    for naming in definition.namings:
        known(naming.point or "(none)", definition.points, "naming.point", "data point", head_file)
        known(naming.role or "(none)", ROLES, "naming.role", "role", head_file)
        known(
            naming.organisation,
            definition.code_lists["organisation"].codes,
            "naming.organisation",
            "organisation",
            head_file,
        )
        known(naming.dimension, definition.dimensions, "naming.dimension", "dimension", head_file)
    for panel in definition.panels.values():
        known(panel.chart, dict.fromkeys(PANEL_CHARTS), panel.id, "chart", head_file)
        for code in panel.codes:
            if not fnmatch.filter(definition.points, code):
                raise DefinitionError(head_file, f"panel.{panel.id}.codes", f"no data point is called '{code}'")
        for name in chain(*panel.sums):
            known(name, definition.dimensions, f"panel.{panel.id}.sums", "dimension", head_file)
    for point in definition.points.values():
        if point.category not in definition.categories:
            raise DefinitionError(point_file, f"{point.code}.category", f"unknown category '{point.category}'")
        known(point.unit, definition.code_lists["unit"].codes, f"{point.code}.unit", "unit")
        known(point.code_list, definition.code_lists, f"{point.code}.code_list", "code list")
        known(point.part_of, definition.points, f"{point.code}.part_of", "data point")
        known(point.panel, definition.panels, f"{point.code}.panel", "panel")
        known(point.flag_code, definition.code_lists["comparability_flag"].codes, f"{point.code}.flag_code", "flag")
        for name in point.dimensions:
            known(name, definition.dimensions, f"{point.code}.dimensions", "dimension")
        for name in (*point.computed[1:], *point.flag_on):
            known(name, definition.points, f"{point.code}.computed", "data point")


@dataclass(frozen=True)
class Catalogue:
    """All definitions of a folder, by return and version, and the code lists they share."""

    definitions: Mapping[tuple[str, str], Definition]
    code_lists: Mapping[str, CodeList]

    def get(self, return_id: str, version: str) -> Definition:
        """Raises KeyError for a return or version that does not exist."""
        return self.definitions[(return_id, version)]

    def versions(self, return_id: str) -> list[Definition]:
        """Every version of a return, oldest first."""
        return [d for (name, _), d in self.definitions.items() if name == return_id]

    @property
    def returns(self) -> list[str]:
        return list(dict.fromkeys(name for name, _ in self.definitions))


@lru_cache(maxsize=8)
def load_catalogue(root: Path) -> Catalogue:
    code_lists = load_code_lists(root / "codelists")
    shared = read_toml(root / "kinds.toml")
    found = [load(file.parent, code_lists, shared) for file in root.glob("*/definition.toml")]
    found.sort(key=lambda d: (d.return_id, len(d.version), d.version))
    return Catalogue(MappingProxyType({(d.return_id, d.version): d for d in found}), code_lists)
