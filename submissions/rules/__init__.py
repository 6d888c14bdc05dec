"""Kinds of rule: each is one short, vectorised function; the definition holds the rules themselves as data.

Three scopes. A *line* kind looks at each line by itself and gives an expression over the lines. A *cell* kind
compares figures of one filing and gives an expression over the cells (one row a group, one set of columns a data
point). A *filing* kind compares lines with lines, periods or last year, and gives the violating rows.
"""

from __future__ import annotations

from submissions.rules import cells, filing, history, lines, periods, series
from submissions.rules.registry import KINDS, Context, Docket, Judged, Kind

__all__ = ["KINDS", "Context", "Docket", "Judged", "Kind", "cells", "filing", "history", "lines", "periods", "series"]
