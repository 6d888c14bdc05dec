"""The data-quality report: which figures are missing and why, which cannot be added and why, which contradict each other
or the reference. The machine-made counterpart of sections 2.1.1, 2.2.1 to 2.2.3 and 3 of COM(2023) 797."""

from reporting.quality.report import Quality, Scope, quality

__all__ = ["Quality", "Scope", "quality"]
