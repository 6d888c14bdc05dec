"""Rules across filings: figures beside those of a reference source, of the other filings of a round, of the same source
in another filing.

They are computed when asked and never stored: a verdict of a revision is about that revision, while these change with every
filing that is accepted. The rules are data (`rules.toml`); each kind is one vectorised function over the observations.
"""

from __future__ import annotations

from reporting.across.catalogue import rules
from reporting.across.found import Found, Place, across, findings
from reporting.across.reading import world_of
from reporting.across.words import in_words
from reporting.across.world import World

__all__ = ["Found", "Place", "World", "across", "findings", "in_words", "rules", "world_of"]
