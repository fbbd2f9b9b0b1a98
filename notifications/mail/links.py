# SPDX-License-Identifier: EUPL-1.2
"""Addresses in mails, in the language that is active (notifications.preparing switches to the receiver's).

All open a page; none of them acts on GET, because mail scanners open every link.
"""

import uuid
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

from accounts.models import Person
from courses import tokens
from courses.models import Course, Edition, Registration, Session
from notifications import tokens as mail_tokens


def home() -> str:
    return page("pages:home")


def page(name: str, *args: object) -> str:
    return f"{settings.BASE_URL}{reverse(name, args=args)}"


def course(row: Course) -> str:
    return page("courses:course", row.slug)


def register(row: Session) -> str:
    return page("courses:register", row.public_id)


def withdraw(row: Registration) -> str:
    return page("courses:withdraw", tokens.withdraw_token(row))


def evaluate(row: Registration) -> str:
    return page("courses:evaluate", tokens.evaluate_token(row))


def manage(row: Course) -> str:
    return page("courses:manage", row.public_id)


def catalogue() -> str:
    return page("courses:catalogue")


def me() -> str:
    return page("accounts:me")


def access() -> str:
    return page("accounts:request-access")


def coordination() -> str:
    return page("pages:coordinator")


def edition(row: Edition) -> str:
    return page("courses:edition", row.slug)


def preferences() -> str:
    return page("mail:preferences")


def unsubscribe(person: Person) -> str:
    return page("mail:unsubscribe", mail_tokens.unsubscribe_token(person))


def applied(row: Registration) -> str:
    return page("mail:applied", mail_tokens.applied_token(row))


def download(public_id: uuid.UUID) -> str:
    """One file that a coordinator asked for."""
    return page("reach:export", public_id)


def downloads(**choice: str) -> str:
    """The page where a coordinator chooses one, with this choice made."""
    return f"{page('reach:exports')}?{urlencode(choice)}"


def monthly() -> str:
    return page("reach:monthly")


def stop_monthly(public_id: str) -> str:
    return page("reach:monthly-stop", mail_tokens.monthly_token(public_id))
