"""What reporting keeps beside filings: what can be made again from them, and what readers asked for."""

from reporting.models.export import Export
from reporting.models.kept import KeptView
from reporting.models.report import Report, SectionText
from reporting.models.rollup import Rollup, SummedRevision

__all__ = ["Export", "KeptView", "Report", "Rollup", "SectionText", "SummedRevision"]
