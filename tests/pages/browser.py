"""What a browser would send of a form, read from its page."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

Fields = dict[str, list[str]]


class Sent(HTMLParser):
    """Fields of the form with an id, as a browser sends them when none was touched and no button pressed."""

    def __init__(self, form: str) -> None:
        super().__init__()
        self.form, self.inside, self.fields = form, False, Fields()
        self.select, self.options, self.area, self.text = "", list[tuple[str, bool]](), "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = given.get("id") == self.form
        elif not self.inside:
            return
        elif tag == "select":
            self.select, self.options = given.get("name", ""), []
        elif tag == "option":
            self.options.append((given.get("value", ""), "selected" in given))
        elif tag == "textarea":
            self.area, self.text = given.get("name", ""), ""
        elif tag == "input" and given.get("name") and (
            given.get("type") not in ("checkbox", "radio") or "checked" in given
        ):  # fmt: skip
            self.fields.setdefault(given["name"], []).append(given.get("value", ""))

    def handle_data(self, data: str) -> None:
        self.text += data if self.area else ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag == "select" and self.select:
            chosen = [value for value, selected in self.options if selected] or [value for value, _ in self.options[:1]]
            self.fields.setdefault(self.select, []).append(chosen[-1])
            self.select = ""
        elif tag == "textarea" and self.area:
            # The line break after the tag is no part of the text; breaks are sent as CRLF.
            written = self.text.removeprefix("\n").replace("\n", "\r\n")
            self.fields.setdefault(self.area, []).append(written)
            self.area = ""


def fields_of(response: Any, form: str = "entry") -> Fields:
    reader = Sent(form)
    reader.feed(response.content.decode())
    return reader.fields
