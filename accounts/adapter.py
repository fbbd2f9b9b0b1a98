# SPDX-License-Identifier: EUPL-1.2
"""What django-allauth asks of us. Its own pages, mails and messages are not used."""

import secrets
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse

from accounts import signals
from accounts.domain.signin import CODE_ALPHABET, CODE_LENGTH, browser_of
from accounts.models import Person


class AccountAdapter(DefaultAccountAdapter):
    def generate_login_code(self) -> str:
        return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """The one mail that leaves allauth is the code, and the notifications room sends it."""
        if template_prefix != "account/email/login_code":
            raise NotImplementedError(f"TrainJeCollega does not send {template_prefix}")
        person: Person = context["user"]
        if person.is_active:
            signals.signin_code_requested.send(
                Person,
                person=person,
                email=email,
                code=context["code"],
                language=person.language,
                browser=browser_of(context["request"]),
            )

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """Our pages say what happened in their own words."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def respond_user_inactive(self, request: HttpRequest, user: Person) -> HttpResponse:
        return HttpResponse(status=403)
