"""Names of the sheets and columns that a workbook of the portal has beside its data."""

ABOUT = "_about"
LISTS = "_lists"
MARKS = "_marks"
OWN = (ABOUT, LISTS, MARKS)
"""Hidden sheets of our own, never read as data."""
NOTE = "#"
"""A column whose name begins so, and a row with it alone in its address, are for people and not read."""
RULE = "――――――――――"
"""Stands in a note between what was found and the help below it; what is above goes when the workbook is marked again."""
FIELD_NAMES = (
    "address", "value", "obs_status", "period", "unit", "qualifier", "low", "high", "reason", "flags", "comment",
)  # fmt: skip
"""As `canonical.FIELDS`; here for the process that knows nothing else."""
