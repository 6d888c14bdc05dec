"""The published definitions are complete and never change unseen; a broken one is refused by file and key."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest
from django.test import override_settings

from submissions.checks import definitions_are_sound
from submissions.definition import LANGUAGES, PLACEHOLDER, SEVERITIES, Definition, DefinitionError, split_address
from submissions.loading import load, load_catalogue, load_code_lists, read_toml
from submissions.rules import KINDS
from tests.core.builders import CATALOGUE, ROOT, found, judge

ALL_FIVE = sorted(CATALOGUE.definitions)
FORM = CATALOGUE.get("provider_report", "2024")

FINGERPRINTS = {
    ("measurement_series", "1"): "11a9bc958bffc8576d7365676906b0a1984a3cd7f3923ba9e8605ac740b7a5cc",
    ("member_state_statistics", "1"): "6f8d4af11d7e7d24b07082f95d72d9e0ed83d5b79209a9db9cefc4611deccbf9",
    ("provider_report", "2021"): "b2b3fdcf7663eb0fdca87a780a3da2de10d76c62658a752fe41d238bf8b20e50",
    ("provider_report", "2024"): "1a6f126f23dc60420c6d2ee5377462a32f48c2094b729646437718b7b3e40f71",
    ("reference_statistics", "1"): "9003c42951d84aae63cca55f06ea36d96dd5b376476ba39f5095946572d57174",
}


@pytest.mark.parametrize("which", ALL_FIVE, ids=str)
def test_a_published_version_still_means_what_it_meant(which: tuple[str, str]) -> None:
    assert CATALOGUE.get(*which).fingerprint == FINGERPRINTS[which]


@pytest.mark.parametrize(
    ("which", "points", "rules"),
    [
        (("provider_report", "2024"), 155, 78),
        (("member_state_statistics", "1"), 84, 71),
        (("provider_report", "2021"), 40, 41),
        (("measurement_series", "1"), 8, 19),
        (("reference_statistics", "1"), 9, 24),
    ],
)
def test_a_definition_has_all_its_data_points_and_rules(which: tuple[str, str], points: int, rules: int) -> None:
    assert (len(CATALOGUE.get(*which).points), len(CATALOGUE.get(*which).rules)) == (points, rules)


@pytest.mark.parametrize("which", ALL_FIVE, ids=str)
def test_every_text_stands_in_three_languages(which: tuple[str, str]) -> None:
    definition = CATALOGUE.get(*which)
    texts = {
        f"{rule.code} {name}": getattr(rule, name)
        for rule in definition.rules.values()
        for name in ("message", "mend", "why")
    }
    texts |= {point.code: point.label for point in definition.points.values()}
    texts |= {str(category.number): category.label for category in definition.categories.values()}
    texts |= {panel.id: panel.title for panel in definition.panels.values()}
    texts |= {dimension.id: dimension.label for dimension in definition.dimensions.values()} | {
        "title": definition.title
    }
    assert [key for key, text in texts.items() for language in LANGUAGES if not text[language].strip()] == []
    assert [
        key for key, text in texts.items() for language in LANGUAGES
        if set(PLACEHOLDER.findall(text[language])) != set(PLACEHOLDER.findall(text["en"]))
    ] == []  # fmt: skip


def test_every_code_has_a_label_in_three_languages() -> None:
    assert [
        (codes.id, code.id) for codes in CATALOGUE.code_lists.values() for code in codes.codes.values()
        if not all(code.label[language].strip() for language in LANGUAGES)
    ] == []  # fmt: skip


@pytest.mark.parametrize("which", ALL_FIVE, ids=str)
def test_every_rule_is_of_a_known_kind_and_severity(which: tuple[str, str]) -> None:
    definition = CATALOGUE.get(*which)
    assert {check.kind for check in definition.checks} <= set(KINDS)
    assert {rule.severity for rule in definition.rules.values()} <= set(SEVERITIES)
    assert all(re.fullmatch(r"[A-Z0-9]+-[A-Z]{3}-\d{3}", code) for code in definition.rules)


def test_versions_of_a_return_come_oldest_first() -> None:
    assert [d.version for d in CATALOGUE.versions("provider_report")] == ["2021", "2024"]
    assert set(CATALOGUE.returns) == {name for name, _ in ALL_FIVE}
    with pytest.raises(KeyError):
        CATALOGUE.get("provider_report", "1999")


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        ("a.b", ("a.b", {})),
        ("a.b[x=1,y=2]", ("a.b", {"x": "1", "y": "2"})),
        ("a.b[y=2,x=1=1]", ("a.b", {"y": "2", "x": "1=1"})),
        ("a.b[x=1", ("a.b[x=1", {})),
    ],
)
def test_an_address_is_split_into_code_and_members(address: str, parts: tuple[str, dict[str, str]]) -> None:
    assert split_address(address) == parts


def test_an_address_is_named_in_the_language_of_the_reader() -> None:
    address = "errors.known.flagged[technology=PHOTODNA]"
    names = [FORM.label_of(address, language) for language in LANGUAGES]
    labels = [FORM.points["errors.known.flagged"].label[language] for language in LANGUAGES]
    assert names == [f"{label} (PhotoDNA)" for label in labels]
    assert FORM.label_of("no.such.row", "en") == "no.such.row"


# Fingerprint ----------------------------------------------------------------------------------------------


def without_code(definition: Definition, name: str) -> Definition:
    """The definition as it would be with one code fewer in a code list."""
    codes = definition.code_lists[name]
    fewer = replace(codes, codes=MappingProxyType(dict(list(codes.codes.items())[1:])))
    return replace(definition, code_lists=MappingProxyType({**definition.code_lists, name: fewer}))


@pytest.mark.parametrize(
    "name", ["legal_ground", "technology", "unit", "qualifier", "reason", "reason_period", "comparability_flag"]
)
def test_a_code_list_that_decides_verdicts_is_part_of_the_fingerprint(name: str) -> None:
    assert without_code(FORM, name).fingerprint != FORM.fingerprint


def test_wording_can_be_mended_without_a_new_version(tmp_path: Path) -> None:
    folder = copy(tmp_path)
    edit(folder / "rules.toml", "this code is not a row of the form", "no row of the form has this code")
    assert reload(folder).fingerprint == FORM.fingerprint


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("rules.toml", "tolerance = 0.5", "tolerance = 0.6"),
        (
            "rules.toml",
            'code = "P-FMT-001"\ntopic = "format"\nseverity = "error"',
            'code = "P-FMT-001"\nseverity = "info"',
        ),
        ("data_points.csv", "data.videos.eu,1,count,videos,conditional", "data.videos.eu,1,count,videos,required"),
        ("definition.toml", 'valued = ["A"]', 'valued = ["A", "E"]'),
    ],
)
def test_a_change_of_meaning_is_a_change_of_fingerprint(tmp_path: Path, file: str, old: str, new: str) -> None:
    folder = copy(tmp_path)
    edit(folder / file, old, new)
    assert reload(folder).fingerprint != FORM.fingerprint


# Broken definitions ---------------------------------------------------------------------------------------


def copy(tmp_path: Path) -> Path:
    """A copy of all definitions; returns the folder of the standard form in it."""
    shutil.copytree(ROOT, tmp_path / "definitions")
    return tmp_path / "definitions" / "provider_report_2024"


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def reload(folder: Path) -> Definition:
    return load(folder, load_code_lists(folder.parent / "codelists"), read_toml(folder.parent / "kinds.toml"))


def in_file(name: str, old: str, new: str) -> Callable[[Path], None]:
    return lambda folder: edit(folder / name, old, new)


POINT = "data.services,1,list,none,required"
RULE = 'code = "P-FMT-002"\ntopic = "format"\nseverity = "error"'
BROKEN: dict[str, tuple[Callable[[Path], None], str, str]] = {
    "a label missing in one language": (in_file("data_points.csv", "Omfattede tjenester", ""), "data_points.csv",
         "data.services"),
    "a message missing in one language": (in_file("rules.toml", "nl = \"{label}: deze code is geen rij van het formulier.\"\n", ""),
                                          "rules.toml", "P-FMT-001"),
    "an unknown unit": (in_file("data_points.csv", POINT, POINT.replace("none", "parsecs")), "data_points.csv",
         "data.services.unit"),
    "an unknown dimension": (in_file("data_points.csv", POINT + ",,", POINT + ",,colour"), "data_points.csv",
         "data.services.dimensions"),
    "an unknown value type": (in_file("data_points.csv", POINT, POINT.replace("list", "lists")), "data_points.csv",
         "data.services.value_type"),
    "an unknown requirement": (in_file("data_points.csv", POINT, POINT + "ish"), "data_points.csv", "data.services.required"),
    "an unknown category": (in_file("data_points.csv", POINT, POINT.replace(",1,", ",12,")), "data_points.csv",
         "data.services.category"),
    "a category that is no number": (in_file("data_points.csv", POINT, POINT.replace(",1,", ",one,")), "data_points.csv",
                                     "data.services.category"),
    "a code in capitals": (in_file("data_points.csv", POINT, POINT.replace("data.s", "Data.S")), "data_points.csv",
         "Data.Services"),
    "an organisation named by no data point": (in_file("definition.toml", 'point = "sharing.other"', 'point = "sharing.others"'),
         "definition.toml", "naming.point"),
    "an organisation that is neither recipient nor source": (in_file("definition.toml", 'role = "recipient"', 'role = "friend"'),
         "definition.toml", "naming.role"),
    "an unknown code list": (in_file("data_points.csv", ",legal_ground,", ",legal_grounds,"), "data_points.csv",
                             "legal.processing.ground.code_list"),
    "an unknown part of a ratio": (in_file("data_points.csv", "ratio errors.known.false_positives", "ratio errors.known.false"),
                                   "data_points.csv", "errors.known.false_positive_ratio.computed"),
    "an attribute without a value": (in_file("data_points.csv", "geo=EU", "geo"), "data_points.csv", "data.images.eu"),
    "a column missing": (in_file("data_points.csv", "code,category,value_type,unit,", "code,category,value_type,units,"),
                         "data_points.csv", "unit"),
    "text that is not UTF-8": (lambda folder: (folder / "data_points.csv").write_bytes(b"code,category\n\xff\xfe,1\n") and None,
                               "data_points.csv", ""),
    "a data point that stands twice": (in_file("data_points.csv", "data.metadata.types,", "data.services,"),
         "data_points.csv", "data.services"),
    "a rule that stands twice": (in_file("rules.toml", 'code = "P-FMT-002"', 'code = "P-FMT-001"'), "rules.toml", "P-FMT-001"),
    "a severity misspelt": (in_file("rules.toml", RULE, RULE.replace("error", "eror")), "rules.toml", "P-FMT-002.severity"),
    "a rule without a clause": (in_file("rules.toml", '[[rule.clause]]\nkind = "unique_address"\n', ""), "rules.toml",
         "P-FMT-002.clause"),
    "TOML that is none": (in_file("rules.toml", "[names]", "[names"), "rules.toml", "syntax"),
    "no dimension of that code list": (in_file("definition.toml", 'code_list = "technology"', 'code_list = "gadgets"'),
                                       "definition.toml", "technology"),
    "a head without version": (in_file("definition.toml", 'version = "2024"\n', ""), "definition.toml", "version"),
    "no data points": (lambda folder: (folder / "data_points.csv").unlink(), "data_points.csv", "file"),
    "no rules": (lambda folder: (folder / "rules.toml").unlink(), "rules.toml", "file"),
    "no code list": (lambda folder: (folder.parent / "codelists" / "unit.csv").unlink(), "unit.csv", "file"),
    "a code without a label": (lambda folder: edit(folder.parent / "codelists" / "geo.csv", "EU,", "EU,,,,x\nXX,"),
         "geo.csv", "EU"),
}  # fmt: skip


@pytest.mark.parametrize(("damage", "file", "key"), BROKEN.values(), ids=list(BROKEN))
def test_a_broken_definition_is_refused_with_file_and_key(
    tmp_path: Path, damage: Callable[[Path], None], file: str, key: str
) -> None:
    folder = copy(tmp_path)
    damage(folder)
    with pytest.raises(DefinitionError) as refused:
        reload(folder)
    assert (Path(refused.value.file).name, refused.value.key) == (file, key or refused.value.key)
    with override_settings(DEFINITIONS_DIR=folder.parent):
        (problem,) = definitions_are_sound()
    assert (problem.id, file in problem.msg, key in problem.msg) == ("submissions.E001", True, True)


UNSOUND = {
    "a kind nobody wrote": ('kind = "unique_address"', 'kind = "unique_adress"', "P-FMT-002.kind"),
    "an operand nobody files": ('{ filled = "data.services" }', '{ filled = "data.service" }', "P-CMP-005"),
    "an operand nobody files after repeating": ('left = "data.{t}.eu"', 'left = "data.{t}.europe"', "P-VOL-002"),
    "a condition nobody wrote": ('{ filled = "data.services" }', '{ filed = "data.services" }', "P-CMP-005"),
    "a comparison nobody wrote": ('left = "data.{t}.eu"\nop = ">="', 'left = "data.{t}.eu"\nop = "=>"', "P-VOL-002"),
    "a placeholder lost in translation": ("{label}: rækken er indsendt", "rækken er indsendt", "P-FMT-002.message.da"),
    "a list of names that is none": ('d = "detection"', 'd = "detections"', "detections"),
}


@pytest.mark.parametrize(("old", "new", "key"), UNSOUND.values(), ids=list(UNSOUND))
def test_an_unsound_rule_is_an_error_of_the_system_check(tmp_path: Path, old: str, new: str, key: str) -> None:
    folder = copy(tmp_path)
    edit(folder / "rules.toml", old, new)
    with override_settings(DEFINITIONS_DIR=folder.parent):
        problems = definitions_are_sound()
    assert problems
    assert all(problem.level >= 40 and "rules.toml" in problem.msg and key in problem.msg for problem in problems)


def test_the_definitions_as_they_are_pass_the_system_check() -> None:
    assert definitions_are_sound() == []


def test_a_new_rule_is_a_clause_of_data_and_needs_no_code(tmp_path: Path) -> None:
    folder = copy(tmp_path)
    texts = "\n".join(f'[rule.{name}]\nen = "a"\nda = "b"\nnl = "c"' for name in ("message", "mend", "why"))
    with (folder / "rules.toml").open("a", encoding="utf-8") as rules:
        rules.write(f'\n[[rule]]\ncode = "P-NEW-001"\nseverity = "info"\n{texts}\n[[rule.clause]]\nkind = "compare"\n'
                    'left = "cases.known.images"\nop = "<="\nright = "cases.known.videos"\n')  # fmt: skip
    assert "P-NEW-001" in load_catalogue(folder.parent).get("provider_report", "2024").rules
    assert not any(rule == "P-NEW-001" for rule, _ in found(judge("provider_report", "2024", [])))
