# SPDX-License-Identifier: EUPL-1.2
"""Who sees a colleague's name because of a role leaves a line in the audit trail: every address of the product is
walked, as every coordinator, the national coordinator and an administrator, the Django admin included.

Names of trainers are public, and who asks a question is known to all who signed in; those do not count.
"""

import contextlib
import html
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.domain import audit
from accounts.domain.tokens import create_token
from accounts.models import AuditEvent, Person
from matching.models import KnowledgeRequest, Nomination
from notifications.models import RefusedAddress
from reach.models import ExportJob
from tests import caching
from tests.factories import PersonFactory
from tests.test_permissions import Undo, World, addresses, path_of, world

__all__ = ["world"]  # the fixture, used below

pytestmark = pytest.mark.django_db

#: Who sees names because of what they are, not because they take part or teach.
LOOKING = ("host", "learners", "elsewhere", "national", "admin")
Seen = dict[tuple[str, str], bool]


@pytest.fixture
def names(world: World) -> list[str]:
    """Of people whom not everybody may know; no two letters of them stand anywhere else."""
    openly = PersonFactory(name="Vraagt Openlijk")
    KnowledgeRequest.objects.update(asker=openly)
    Nomination.objects.update(nominator=openly)
    hidden = [world.people["learner"], world.people["colleague"]]
    hidden += Person.objects.filter(organisation_confirmed=False)
    found = []
    for number, person in enumerate(hidden):
        name, email = f"Onbekende Zwaluw{number}", f"zwaluw{number}@verborgen.example"
        RefusedAddress.objects.filter(address=person.email).update(address=email)
        Person.objects.filter(pk=person.pk).update(name=name, email=email)
        found += [name, email]
    job = ExportJob.objects.get()
    file = default_storage.save("uitvoer/zwaluw.csv", ContentFile(found[0].encode()))
    ExportJob.objects.filter(pk=job.pk).update(file=file)
    return found


def looked(world: World, role: str, method: str, path: str, names: list[str], **data: Any) -> Any:
    """None where this role is shown nobody; else whether that was written down."""
    caching.empty()
    client, person = Client(), world.people[role]
    found = None
    with contextlib.suppress(Undo), transaction.atomic():
        headers = {}
        if path.startswith("/api/"):
            headers = {"Authorization": f"Bearer {create_token(person)}"}
        else:
            client.force_login(Person.objects.get(pk=person.pk))
        before = AuditEvent.objects.count()
        response = getattr(client, method)(path, data, headers=headers)
        content = b"".join(response) if response.streaming else response.content
        text = html.unescape(content.decode(errors="replace"))
        if response.status_code == 200 and any(name in text for name in names):
            lines = list(AuditEvent.objects.order_by("pk")[before:])
            found = any(line.actor_id == person.pk for line in lines)
        raise Undo
    return found


def admin_paths() -> Iterator[tuple[str, str]]:
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield f"{name}_changelist", reverse(f"{name}_changelist")
        row = model.objects.order_by("pk").first()
        if row is not None:
            for page in ("change", "history", "delete"):
                yield f"{name}_{page}", reverse(f"{name}_{page}", args=[row.pk])


def walk(world: World, names: list[str], only: frozenset[str] = frozenset()) -> Seen:
    paths = [(name, path_of(world, name)) for name in sorted(addresses())]
    learner = world.people["learner"]
    in_admin = [
        *admin_paths(),
        ("admin:autocomplete", f"{reverse('admin:autocomplete')}?{AUTOCOMPLETE}"),
        ("admin:a learner", reverse("admin:accounts_person_change", args=[learner.pk])),
    ]
    found = {}
    for role in LOOKING:
        for name, path in paths + (in_admin if role == "admin" else []):
            if only and name not in only:
                continue
            if (logged := looked(world, role, "get", path, names)) is not None:
                found[name, role] = logged
        choice = {"tabel": "registrations", "formaat": "csv", "editie": "alles"}
        file = looked(world, role, "post", reverse("reach:exports"), names, **choice)
        if file is not None:
            found["reach:exports, file", role] = file
    return found


#: Where names are shown, and to whom.
SOME = {
    ("pages:coordinator-people", "learners"),
    ("pages:coordinator-withdraw", "learners"),
    ("reach:download", "learners"),
    ("reach:exports, file", "learners"),
    ("reach:export-file", "host"),
    ("notifications:sent", "learners"),
    ("accounts:confirm-people", "host"),
    ("admin:accounts_person_changelist", "admin"),
    ("admin:a learner", "admin"),
    ("admin:autocomplete", "admin"),
}
AUTOCOMPLETE = "app_label=accounts&model_name=role&field_name=person"


def test_whoever_is_shown_a_name_because_of_a_role_is_in_the_audit_trail(
    world: World, names: list[str]
) -> None:
    seen = walk(world, names)
    unlogged = sorted(f"{name} as {role}" for (name, role), logged in seen.items() if not logged)
    assert not unlogged, unlogged
    assert set(seen) >= SOME  # it did look where there are names


def test_without_the_audit_trail_the_same_walk_finds_them(
    world: World, names: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "record", lambda *args, **kwargs: None)
    seen = walk(world, names, only=frozenset(name for name, _role in SOME))
    assert set(seen) >= SOME
    assert not any(seen.values())
