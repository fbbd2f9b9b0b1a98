# SPDX-License-Identifier: EUPL-1.2
"""The people that the banner's buttons sign in as, and where each of them starts."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from tjc.demo.loading.state import marker

SESSION_KEY = "demo_role"


@dataclass(frozen=True)
class DemoRole:
    key: str
    label: str | Promise
    start: str


ROLES = [
    DemoRole("learner", _("Collega"), "/mijn/"),
    DemoRole("trainer", _("Trainer"), "/mijn/cursussen/"),
    DemoRole("coordinator", _("Coördinator"), "/coordinatie/bereik/"),
    DemoRole("national", _("Landelijk coördinator"), "/edities-beheer/"),
    DemoRole("admin", _("Beheerder"), "/beheer/"),
]
BY_KEY = {role.key: role for role in ROLES}


def person_for(role: DemoRole) -> Person | None:
    """The person whom the loaded demo data gave this role; None without demo data."""
    loaded = marker()
    if loaded is None:
        return None
    return Person.objects.filter(public_id=loaded.detail["roles"][role.key], is_active=True).first()
