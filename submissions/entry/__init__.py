"""The web form of every return, made from its definition alone; nothing here touches a database.

`section_fields` turns lines of a draft into the fields a browser would send, `read_section` turns fields into lines.
"""

from submissions.entry.fields import read_section, section_fields
from submissions.entry.lines import plain

__all__ = ["plain", "read_section", "section_fields"]
