"""What the engine knows of codes, as data: `comparability.toml` and the bridges between versions of a return."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from submissions.catalogue import catalogue
from submissions.definition import Definition, split_address

PURPOSES = ("add", "rank", "chart")


@dataclass(frozen=True)
class Link:
    """One line of a bridge: what became of figures with these members (`*`: any, `-`: not stated)."""

    members: Mapping[str, str]
    new_codes: tuple[str, ...]
    relation: str


@dataclass(frozen=True, eq=False)
class Knowledge:
    spread: float
    not_added: tuple[str, ...]
    overlapping: frozenset[str]
    territories: frozenset[str]
    told_by_unit: frozenset[str]
    status: Mapping[str, str]
    unclear: Mapping[str, tuple[str, ...]]
    effect: Mapping[str, Mapping[str, str]]
    """Reason -> purpose -> `bars`, `out`, `marks` or nothing. Reasons stand in the order in which they are told."""
    parts: Mapping[str, Mapping[str, tuple[str, ...]]]
    """Code list -> member that stands for others -> those others."""
    links: Mapping[tuple[str, str, str], tuple[Link, ...]]
    """Return, old version, old code -> lines of the bridge."""

    def descendants(self, code_list: str, member: str) -> set[str]:
        below = self.parts.get(code_list, {}).get(member, ())
        return set(below).union(*(self.descendants(code_list, one) for one in below))

    def wholes(self, present: set[str]) -> set[str]:
        """Of some members, those that stand for others among them, in whichever code list."""
        return {one for name in self.parts for one in present if self.descendants(name, one) & present}

    def siblings(self, code_list: str, present: set[str]) -> set[str]:
        """Everybody who is expected where some parts of a whole are there; what is in no whole expects nobody."""
        wholes = self.parts.get(code_list, {}).values()
        lowest = {m for m in present if not self.descendants(code_list, m) & present}
        return lowest.union(*(whole for whole in wholes if lowest & set(whole)))

    def bridged(self, definition: Definition, code: str, address: str) -> tuple[str, str]:
        """The code this figure has in the next version where the bridge calls them equal, and the relation. A figure
        that is narrower than the line of the bridge (a service of its own aside) is not the same figure."""
        _code, stated = split_address(address)
        for link in self.links.get((definition.return_id, definition.version, code), ()):
            if all(fits(stated.get(name, ""), wanted) for name, wanted in link.members.items()):
                narrower = {n for n in stated if n not in link.members and definition.dimensions[n].in_series}
                if link.relation == "equal" and (narrower or len(link.new_codes) != 1):
                    return "", "part_of"
                return (link.new_codes[0] if link.relation == "equal" else ""), link.relation
        return "", ""


def fits(stated: str, wanted: str) -> bool:
    return bool(stated) if wanted == "*" else stated == ("" if wanted == "-" else wanted)


def knowledge() -> Knowledge:
    """Loaded once a process from `settings.DEFINITIONS_DIR`."""
    return load(settings.DEFINITIONS_DIR)


@lru_cache(maxsize=8)
def load(root: Path) -> Knowledge:
    read: dict[str, Any] = tomllib.loads((root / "comparability.toml").read_text(encoding="utf-8"))
    return Knowledge(
        spread=float(read["spread"]),
        not_added=tuple(read["not_added"]),
        overlapping=frozenset(read["overlapping"]),
        territories=frozenset(read["territories"]),
        told_by_unit=frozenset(read["told_by_unit"]),
        status=read["status"],
        unclear={name: tuple(codes) for name, codes in read["unclear"].items()},
        effect=read["effect"],
        parts={name: {whole: tuple(some) for whole, some in tree.items()} for name, tree in read["parts"].items()},
        links=dict(bridges(root / "bridges")),
    )


def bridges(folder: Path) -> dict[tuple[str, str, str], tuple[Link, ...]]:
    """Files `<return>_<old version>_<new version>.csv`."""
    found: dict[tuple[str, str, str], tuple[Link, ...]] = {}
    for file in sorted(folder.glob("*.csv")):
        return_id, old, _new = file.stem.rsplit("_", 2)
        with file.open(encoding="utf-8", newline="") as lines:
            for line in csv.DictReader(lines):
                pairs = (part.partition("=") for part in line["old_dims"].split(";") if part)
                link = Link(
                    {name: member for name, _, member in pairs},
                    tuple(filter(None, line["new_codes"].split(";"))),
                    line["relation"],
                )
                key = (return_id, old, line["old_code"])
                found[key] = (*found.get(key, ()), link)
    return found


def flags_forcing(what: str) -> frozenset[str]:
    """Comparability flags that force a status (`CL_OBS_STATUS=D`) or a comment (`comment`), by their code list."""
    codes = catalogue().code_lists["comparability_flag"].codes.values()
    return frozenset(code.id for code in codes if code.equivalent == f"forces {what}")
