# SPDX-License-Identifier: EUPL-1.2
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.domain.organisations import normalise_email
from accounts.domain.tokens import create_token
from accounts.errors import InvalidEmail
from accounts.models import Person


class Command(BaseCommand):
    help = "Prints a new API token for a person. It is shown once; only its hash is kept."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *, email: str, **_options: Any) -> None:
        try:
            person = Person.objects.filter(email=normalise_email(email), is_active=True).first()
        except InvalidEmail:
            person = None
        if person is None:
            raise CommandError(f"There is no active person with the address {email}.")
        self.stdout.write(create_token(person))
