"""Explanations: what the filer answers to a finding."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from portal.models import User
from submissions.actions.drafts import require_filer
from submissions.actions.refusals import Refused
from submissions.models import Explanation, Filing

LONGEST_EXPLANATION = 4000


@dataclass(frozen=True)
class Answer:
    """What the filer says of one finding; `about` is the finding's `subject`."""

    rule: str
    address: str
    about: str
    text: str
    publish: bool = False


@transaction.atomic
def explain(
    *, filing: Filing, rule: str, address: str, about: str, text: str, by: User, publish: bool = False
) -> Explanation | None:
    """Keep what the filer says of a finding; without text the explanation is taken back. `about` is the finding's
    `subject`."""
    require_filer(filing, by)
    if rule not in filing.definition.rules:
        raise Refused("unknown_rule", _("There is no rule %(rule)s in this return.") % {"rule": rule})
    if len(text) > LONGEST_EXPLANATION:
        raise too_long()
    key: dict[str, Any] = {"filing": filing, "rule": rule, "address": address, "subject": about}
    if not text.strip():
        Explanation.objects.filter(**key).delete()
        return None
    kept, _created = Explanation.objects.update_or_create(
        **key, defaults={"text": text.strip(), "publish": publish, "written_by": by}
    )
    return kept


@transaction.atomic
def explain_all(*, filing: Filing, answers: Iterable[Answer], by: User) -> None:
    """Keep many explanations at once; one without text is taken back. What stays as it was keeps its writer."""
    require_filer(filing, by)
    known = filing.explanations.by_finding()
    changed: list[Explanation] = []
    taken_back: list[int] = []
    for answer in answers:
        text, key = answer.text.strip(), (answer.rule, answer.address, answer.about)
        kept = known.get(key)
        if len(text) > LONGEST_EXPLANATION:
            raise too_long()
        if not text and kept:
            taken_back.append(kept.pk)
        elif text and (kept is None or (kept.text, kept.publish) != (text, answer.publish)):
            changed.append(Explanation(filing=filing, rule=answer.rule, address=answer.address, subject=answer.about,
                                       text=text, publish=answer.publish, written_by=by))  # fmt: skip
    filing.explanations.filter(pk__in=taken_back).delete()
    Explanation.objects.bulk_create(
        changed, update_conflicts=True, unique_fields=["filing", "rule", "address", "subject"],
        update_fields=["text", "publish", "written_by", "written_at"],
    )  # fmt: skip


def too_long() -> Refused:
    return Refused(
        "explanation_too_long", _("Keep an explanation within %(most)s characters.") % {"most": LONGEST_EXPLANATION}
    )
