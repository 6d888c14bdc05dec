"""One complete filing a definition that breaks no rule at all."""

from __future__ import annotations

from typing import Any

from tests.core.builders import CATALOGUE

WORDS = {"text": "As described in the report.", "list": "Example Mail; Example Chat", "boolean": "1"}

TECHNOLOGY = {"known": "PHOTODNA", "new": "THORN_CSAM_CLASSIFIER", "solicitation": "THORN_TEXT"}

PROVIDER_2024 = {
    "data.images.eu": 1000, "data.images.non_eu": 400, "data.videos.eu": 300, "data.videos.non_eu": 100,
    "data.files.eu": 50, "data.files.non_eu": 20, "data.text_bytes.eu": 9001, "data.text_bytes.non_eu": 1001,
    "legal.processing.ground": "GDPR_6_1_F", "legal.transfers.ground": "GDPR_45",
    "cases.known.reports": 40, "cases.known.images": 60, "cases.known.videos": 20, "cases.known.files": 5,
    "cases.known.accounts_sending": 30, "cases.known.accounts_receiving": 21,
    "cases.new.reports": 10, "cases.new.images": 8, "cases.new.videos": 3, "cases.new.files": 1,
    "cases.new.accounts_sending": 7, "cases.new.accounts_receiving": 6,
    "cases.solicitation.reports": 6, "cases.solicitation.accounts_in_eu": 6, "cases.solicitation.accounts_child_in_eu": 4,
    "complaints.known.content.removed": 90, "complaints.new.content.removed": 14,
    "complaints.known.accounts.suspended": 30, "complaints.new.accounts.suspended": 9,
    "complaints.solicitation.accounts.suspended": 5,
    "errors.known.flagged": 100, "errors.known.false_positives": 2, "errors.known.false_positive_ratio": 2,
    "errors.known.reviewed": 100,
    "errors.new.flagged": 20, "errors.new.false_positives": 1, "errors.new.false_positive_ratio": 5,
    "errors.new.reviewed": 20,
    "errors.solicitation.flagged": 10, "errors.solicitation.false_positives": 1,
    "errors.solicitation.false_positive_ratio": 10, "errors.solicitation.reviewed": 10,
    "measures.known.error_rate_achieved": "1.5", "measures.new.error_rate_achieved": 4,
    "measures.solicitation.error_rate_achieved": 8,
}  # fmt: skip
ENDINGS = {".internal.lodged": 4, ".judicial.lodged": 2, ".internal.restored": 1, ".judicial.restored": 0,
           ".average_time": "9.5"}  # fmt: skip

MEMBER_STATE = {
    "frame.period_start": "2025-01-01", "frame.period_end": "2025-12-31", "frame.extraction_date": "2026-02-01",
    "frame.registers": "police_register", "frame.dynamic": 0, "frame.nil_filing": 0,
    "reports.total": 1234, "reports.cases": 1100, "reports.cases_repeated": 90, "reports.duplicates": 134,
    "reports.hosted_pages": 100, "reports.other_footing": 12, "reports.other_sources": 45,
    "reports.source.provider": 900, "reports.source.provider_national": 100, "reports.source.provider_foreign": 800,
    "reports.source.organisation": 300, "reports.source.ncmec": 200, "reports.source.hotline": 60,
    "reports.source.organisation_other": 40, "reports.source.unknown": 34,
    "reports.by_organisation[organisation=NCMEC]": 200, "reports.by_month[month=2025-01]": 99,
    "reports.provider_type.social_media": 600, "reports.provider_type.messaging": 300, "reports.provider_type.email": 100,
    "reports.provider_type.gaming": 50, "reports.provider_type.file_sharing": 80, "reports.provider_type.dating": 10,
    "reports.provider_type.marketplace": 20, "reports.provider_type.forum": 30, "reports.provider_type.other": 40,
    "reports.provider_type.unknown": 4,
    "reports.kind.csam": 1001, "reports.kind.known": 700, "reports.kind.new": 301, "reports.kind.solicitation": 200,
    "reports.month_lowest": 80, "reports.month_highest": 130,
    "handling.actionable": 800, "handling.informational": 300, "handling.opened": 600, "handling.merged": 100,
    "handling.not_opened.total": 400, "handling.not_opened.insufficient": 200, "handling.not_opened.not_criminal": 100,
    "handling.not_opened.forwarded": 100, "handling.pending": 134, "handling.investigations": 500,
    "handling.offences": 450, "handling.arrests": 99,
    "children.total": 210, "children.female": 130, "children.male": 70, "children.other": 4, "children.unstated": 6,
    "children.age_limit": 18, "children.self_generated_included": 0,
    "children.age.0_12": 50, "children.age.13_15": 80, "children.age.16_17": 70, "children.age.unknown": 10,
    "children.self_generated": 40, "children.without_material": 11, "children.safeguarded": 31,
    "children.all_sources": 300,
    "convictions.persons": 110, "convictions.count": 120, "convictions.persons_final": 100,
    "convictions.persons_report_linked": 60, "convictions.report.same_period": 20, "convictions.report.earlier_period": 30,
}  # fmt: skip

WHERE = "item_kind=content_items,geo=EU"
ACCOUNTS = "item_kind=accounts,geo=EU"
PROVIDER_2021 = {
    "data.services": "Example Mail", "data.content.type[item_kind=content_items]": "content_items",
    "data.traffic.type[data_type=USER_ACCOUNT]": "USER_ACCOUNT", f"data.volume.content[{WHERE}]": 5001,
    "data.technology[technology=PHOTODNA]": "PHOTODNA", "data.detection.new": 1,
    "legal.processing.ground[ground=GDPR_6_1_F]": "GDPR_6_1_F", "legal.processing.article_named[ground=GDPR_6_1_F]": 1,
    f"cases.identified[{WHERE},match=all]": 401, f"cases.identified[{WHERE},match=known]": 300,
    f"cases.identified[{WHERE},match=new]": 101, "cases.counted_when[case_event=REPORTED]": "REPORTED",
    f"cases.solicitation[{ACCOUNTS}]": 31, "complaints.mechanism[channel=internal]": 1,
    f"complaints.lodged[{WHERE},channel=internal]": 30, f"complaints.lodged[{WHERE},channel=judicial]": 10,
    f"complaints.lodged[{WHERE},channel=combined]": 40, f"complaints.restored[{WHERE},channel=internal]": 8,
    f"complaints.restored[{WHERE},channel=judicial]": 2, f"complaints.restored[{WHERE},channel=combined]": 10,
    f"errors.reversals[{WHERE}]": 10, f"errors.reversal_base[denominator=appeals,{WHERE}]": 40,
    f"errors.reversal_rate[denominator=appeals,{WHERE}]": 25,
    f"errors.reversals[{ACCOUNTS}]": 10, f"errors.reversal_base[denominator=suspended,{ACCOUNTS}]": 501,
    f"errors.reversal_rate[denominator=suspended,{ACCOUNTS}]": "2.00",
    f"errors.false_positives[{WHERE},match=all]": 3, f"errors.false_positive_ratio[{WHERE},match=all]": "0.75",
    "measures.applied[measure=EM01]": "EM01", "measures.human_review": 1, "measures.error_rate_achieved": "0.5",
    "retention.period[data_category=CONFIRMED_CSAM_MEDIA]": 12, "safeguards.applied[safeguard=SG01]": "SG01",
    "sharing.organisation[organisation=NCMEC]": "NCMEC", "sharing.notified[organisation=NCMEC]": 1,
}  # fmt: skip

AT = "month=2025-03,hosting_country=NL"
MEASUREMENT = {
    "method.description": "Crawl of known locations.", "method.changes": "None.",
    f"observed.locations[{AT}]": 50, f"observed.items[{AT}]": 700, f"observed.new_items[{AT}]": 20,
    f"removed.locations[{AT}]": 30, f"removed.median_time[{AT}]": "2.5", f"displaced.locations[{AT},moved_to=US]": 7,
}  # fmt: skip
REFERENCE = {
    "source.description": "Published by the clearing house.", "remarks.general": "None.",
    "reference.reports[country=NL]": 5001, "reference.report_share[country=NL]": "3.5",
    "reference.population_share[country=NL]": "3.9", "reference.national_publication[country=NL]": 4001,
    "context.reports[area=EU,breakdown=total]": 99001, "context.report_share[area=EU,breakdown=grooming]": 4,
    "context.items[area=EU,breakdown=new_images]": 777,
}  # fmt: skip


def clean_provider_2024() -> list[dict[str, Any]]:
    lines = []
    for point in CATALOGUE.get("provider_report", "2024").points.values():
        value = PROVIDER_2024.get(point.code, WORDS.get(point.value_type))
        value = next((number for ending, number in ENDINGS.items() if point.code.endswith(ending)), value)
        technology = TECHNOLOGY[point.attributes["detection"]] if point.dimensions else ""
        lines.append(
            {
                "address": f"{point.code}[technology={technology}]" if technology else point.code,
                "value": str(12 if point.unit == "months" else 0 if point.code.endswith(".sample") else value),
                "comment": "Every item sent is scanned." if point.code == "data.images.eu" else "",
            }
        )
    return lines


def clean_member_state() -> list[dict[str, Any]]:
    points = CATALOGUE.get("member_state_statistics", "1").points
    words = {p.code: WORDS[p.value_type] for p in points.values() if p.value_type in WORDS}
    return [{"address": a, "value": str(v)} for a, v in (words | MEMBER_STATE).items() if a != "frame.nil_reason"]


def clean_provider_2021() -> list[dict[str, Any]]:
    points = CATALOGUE.get("provider_report", "2021").points
    lines = []
    for address, value in PROVIDER_2021.items():
        line = {"address": address, "value": str(value)}
        if points[address.partition("[")[0]].value_type in ("count", "percentage"):
            line["period"] = "2022-01-01/2022-12-31"
        if points[address.partition("[")[0]].value_type == "duration":
            line["unit"] = "months"
        lines.append(line)
    return lines


def clean_measurement() -> list[dict[str, Any]]:
    return [{"address": address, "value": str(value)} for address, value in MEASUREMENT.items()]


def clean_reference() -> list[dict[str, Any]]:
    return [{"address": address, "value": str(value)} for address, value in REFERENCE.items()]


CLEAN = {
    ("provider_report", "2024"): clean_provider_2024,
    ("provider_report", "2021"): clean_provider_2021,
    ("member_state_statistics", "1"): clean_member_state,
    ("measurement_series", "1"): clean_measurement,
    ("reference_statistics", "1"): clean_reference,
}
PERIOD = {("provider_report", "2021"): ("2022-01-01", "2022-12-31")}
