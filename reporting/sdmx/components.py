"""What a data structure holds: dimensions, one measure, attributes. Everything else here follows this table."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pysdmx.model import DataType, Role

from portal.reader import language
from reporting.sdmx import names
from submissions.definition import Definition

Name = str | Promise
TIME, VALUE = "TIME_PERIOD", "OBS_VALUE"


@dataclass(frozen=True)
class Part:
    """A component. Its values come from a code list, or are of a type."""

    id: str
    name: Name
    role: Role
    code_list: str = ""
    kind: DataType = DataType.STRING
    required: bool = False
    about: Name = ""


def dimension(name: str, label: Name, **more: object) -> Part:
    return Part(name, label, Role.DIMENSION, required=True, **more)  # type: ignore[arg-type]


def attribute(name: str, label: Name, **more: object) -> Part:
    return Part(name, label, Role.ATTRIBUTE, **more)  # type: ignore[arg-type]


FREQ = dimension("FREQ", _("Frequency"), code_list="freq", about=_("How often the return is filed."))
ENTITY = dimension(
    "REPORTING_ENTITY", _("Reporting entity"),
    about=_("Who filed; EU for a sum over Member States. Greece is EL."),
)  # fmt: skip
OWN_DAYS = dimension(
    "OWN_DAYS",
    _("Days of its own"),
    about=_(
        "First and last day that the figure covers, such as 2021-08-02_2021-12-31; _Z where they are those of the "
        "reporting period."
    ),
)
MEASURED = (
    dimension(
        TIME,
        _("Reporting period"),
        kind=DataType.PERIOD,
        about=_("A calendar year, or the first day and the number of days: 2021-08-02/P152D."),
    ),
    Part(
        VALUE,
        _("Value"),
        Role.MEASURE,
        kind=DataType.DOUBLE,
        about=_("The number filed; nothing where the answer is in words, a range, or missing."),
    ),
)
CODES = _("Codes, with semicolons between them.")
ATTRIBUTES = (
    attribute("OBS_STATUS", _("Status"), code_list="obs_status"),
    attribute("UNIT_MEASURE", _("Unit"), code_list="unit"),
    attribute("QUALIFIER", _("Qualifier"), code_list="qualifier"),
    attribute("LOW", _("Lower end of the range"), kind=DataType.DOUBLE),
    attribute("HIGH", _("Upper end of the range"), kind=DataType.DOUBLE),
    attribute("TEXT_VALUE", _("Answer in words"), about=_("Texts, dates, codes; 1 and 0 for yes and no.")),
    attribute("REASON", _("Reasons"), about=CODES),
    attribute("FLAGS", _("Comparability flags"), about=CODES),
    attribute("COMMENT", _("Comment")),
    attribute("CONF_STATUS", _("Confidentiality"), code_list="conf_status"),
    attribute(
        "WITHHELD",
        _("Why it is withheld"),
        about=_("small_count: few people; protects_another: another figure could be computed with it."),
    ),
    attribute("SUM_OF", _("Sum of"), about=_("Reporting entities that a sum is over, with semicolons between them.")),
    attribute("ENTITY_COUNTRY", _("Country of the reporting entity"), code_list="country"),
    attribute("REPORTING_PERIOD", _("Name of the reporting period")),
    attribute("PERIOD_START", _("First day")),
    attribute("PERIOD_END", _("Last day")),
    attribute("ADDRESS", _("Address"), about=_("Name of the figure everywhere else in the portal.")),
    attribute("RECEIPT", _("Receipt"), about=_("Of the revision that the figure stands in.")),
    attribute("VINTAGE", _("Standing since"), about=_("When the figure was accepted, or published as a statistic.")),
)


def parts(definition: Definition) -> tuple[Part, ...]:
    """The components of a definition's data structure, in the language of the request."""
    return told(definition, language())


@lru_cache(maxsize=64)
def told(definition: Definition, asked: str) -> tuple[Part, ...]:
    own = (
        dimension(one.id.upper(), one.label[asked], code_list=one.code_list or "")
        for one in definition.dimensions.values()
    )
    indicator = dimension("INDICATOR", _("Data point"), code_list=indicator_list(definition))
    return (FREQ, ENTITY, indicator, *own, OWN_DAYS, *MEASURED, *ATTRIBUTES)


def indicator_list(definition: Definition) -> str:
    return f"{definition.return_id}_indicator"


def key_ids(definition: Definition) -> list[str]:
    """Dimensions of a series key, in their order: all but time."""
    return [part.id for part in parts(definition) if part.role == Role.DIMENSION and part.id != TIME]


def attribute_ids() -> list[str]:
    return [part.id for part in ATTRIBUTES]


def dimension_lists(definition: Definition) -> set[str]:
    """Code lists of open dimensions."""
    return {one.code_list for one in definition.dimensions.values() if one.code_list}


def freq(definition: Definition) -> str:
    """SDMX CL_FREQ."""
    return {"year": "A"}.get(definition.period_type, names.NOT_STATED)
