# SPDX-License-Identifier: EUPL-1.2
"""Writing the audit trail."""

from typing import Any

from accounts.models import AuditEvent, Organisation, Person


def record(
    verb: str,
    *,
    actor: Person | None,
    subject: Any = None,
    organisation: Organisation | int | None = None,
    **detail: Any,
) -> AuditEvent:
    """One line in the audit trail, in the caller's transaction. ``detail`` holds ids and counts, no names.

    ``organisation`` may be its primary key, for a caller that would otherwise load the row for this alone.
    """
    return AuditEvent.objects.create(
        verb=verb,
        actor=actor,
        subject=AuditEvent.subject_of(subject) if subject is not None else "",
        organisation_id=organisation.pk if isinstance(organisation, Organisation) else organisation,
        detail=detail,
    )
