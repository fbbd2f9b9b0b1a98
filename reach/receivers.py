# SPDX-License-Identifier: EUPL-1.2
"""What this room hears from the others."""

from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from accounts.models import Role
from reach import tasks
from reach.models import ExportJob


@receiver(post_delete, sender=ExportJob)
def export_deleted(instance: ExportJob, **kwargs: Any) -> None:
    """Also when it goes along with its person: no file stays behind."""
    if instance.file.name:
        storage, name = instance.file.storage, instance.file.name
        # No partial: Django asks a robust hook that failed for its name, and a partial has none.
        transaction.on_commit(lambda: storage.delete(name), robust=True)


@receiver(post_save, sender=Role)
def role_given(instance: Role, created: bool, **kwargs: Any) -> None:  # noqa: FBT001 - Django's signature
    """A coordinator finds the own figures there soon, not tomorrow."""
    if created and instance.kind == Role.Kind.COORDINATOR:
        transaction.on_commit(tasks.ask_own_figures, robust=True)
