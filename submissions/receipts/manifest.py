"""The receipt for machines."""

from __future__ import annotations

from typing import Any

from submissions.models import Revision

RECOMPUTE = 'curl --header "Authorization: Bearer $TOKEN" $PORTAL/api/v1/revisions/%s/content.txt | sha256sum'


def manifest(revision: Revision) -> dict[str, Any]:
    """What was filed, by whom, and the hash that anybody who may read the revision can compute again. Times in ISO 8601,
    hashes in hexadecimal. Loads of the revision: filing, entity, period, source, submitter."""
    filing, definition = revision.filing, revision.definition
    return {
        "number": revision.receipt,
        "received": revision.submitted_at.isoformat(),
        "return": filing.period.return_id,
        "version": revision.version,
        "entity": filing.entity.code,
        "period": filing.period.label,
        "revision": revision.number,
        "correction": revision.reason,
        "door": revision.door,
        "sandbox": filing.sandbox,
        "submitted_by": str(revision.submitted_by),
        "signatory": revision.signatory,
        "statement": revision.statement,
        "sha256": revision.content_hash,
        "lines": revision.lines,
        "recompute": RECOMPUTE % revision.pk,
        "source_sha256": revision.source.sha256,
        "source": {"media_type": revision.source.media_type, "name": revision.source.name},
        "fingerprint": revision.fingerprint,
        "definition": {"title": definition.title["en"], "legal_ref": definition.legal_ref},
        "state": revision.state,
        "findings": {
            "checked": revision.checked_at.isoformat() if revision.checked_at else None,
            "errors": revision.errors,
            "warnings": revision.warnings,
            "infos": revision.infos,
            "not_evaluated": revision.not_evaluated,
        },
    }
