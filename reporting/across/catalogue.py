"""The rules across filings, read from `rules.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from reporting.across.kinds import KINDS
from submissions.definition import DefinitionError, Rule
from submissions.loading import read_rule, read_toml

FILE = Path(__file__).parent / "rules.toml"


@lru_cache(maxsize=1)
def rules() -> Mapping[str, Rule]:
    """By code, in the order of the file. Raises `DefinitionError` for a rule that cannot be used."""
    return read_rules(FILE)


def read_rules(file: Path) -> Mapping[str, Rule]:
    found: dict[str, Rule] = {}
    for entry in read_toml(file).get("rule", []):
        rule = read_rule(entry, {}, file)
        if rule.code in found:
            raise DefinitionError(file, rule.code, "stands twice")
        for clause in rule.clauses:
            if clause.kind not in KINDS:
                raise DefinitionError(file, f"{rule.code}.kind", f"there is no kind of rule '{clause.kind}'")
        found[rule.code] = rule
    return found
