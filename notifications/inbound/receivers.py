# SPDX-License-Identifier: EUPL-1.2
"""Who signs in, read the code that we mailed: the address works."""

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver

from accounts.models import Person
from notifications.domain import addresses


@receiver(user_logged_in)
def signed_in(user: Person, **kwargs: Any) -> None:
    addresses.works([user.email])
