# SPDX-License-Identifier: EUPL-1.2
"""Writing the audit trail."""

from typing import Any

from accounts.models import AuditEvent, Organisation, Person


def record(
    verb: str,
    *,
    actor: Person | None,
    subject: Any = None,
    organisation: Organisation | None = None,
    **detail: Any,
) -> AuditEvent:
    """One line in the audit trail, in the caller's transaction. ``detail`` holds ids and counts, no names."""
    return AuditEvent.objects.create(
        verb=verb,
        actor=actor,
        subject=AuditEvent.subject_of(subject) if subject is not None else "",
        organisation=organisation,
        detail=detail,
    )
