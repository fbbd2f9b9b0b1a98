# SPDX-License-Identifier: EUPL-1.2
"""Who: people, organisations, roles, access and the audit trail."""

from accounts.models.access import AccessRequest, ApiToken, Role
from accounts.models.audit import AuditEvent
from accounts.models.deletion import DeletionRecord
from accounts.models.organisation import (
    EmailDomain,
    Layer,
    Organisation,
    OrganisationKind,
    Province,
)
from accounts.models.person import Person

__all__ = [
    "AccessRequest",
    "ApiToken",
    "AuditEvent",
    "DeletionRecord",
    "EmailDomain",
    "Layer",
    "Organisation",
    "OrganisationKind",
    "Person",
    "Province",
    "Role",
]
