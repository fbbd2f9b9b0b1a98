# SPDX-License-Identifier: EUPL-1.2
"""Another work address, by its owner: the new address, a code there, done.

The same limits, the same kind of code (10 minutes, 5 tries, only its keyed hash in this session) and the same
answer for every address as signing in: whether an address is somebody's is said after its code, to who can
read its mail.
"""

import datetime as dt
import secrets

from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from accounts import signals
from accounts.domain import forgetting, people
from accounts.domain.limits import Limit
from accounts.domain.organisations import is_private, normalise_email
from accounts.domain.signin import (
    CODE_ALPHABET,
    CODE_LENGTH,
    browser_of,
    count_request,
    fingerprint,
)
from accounts.errors import CodeExpired, InvalidEmail, PrivateAddress, WrongCode
from accounts.models import Person
from base import clock

LIFE = dt.timedelta(minutes=10)
TRIES = 5
#: Holds {"email", "code", "asked", "tries"}; after the code only {"done"}: the address it became.
_PENDING = "new_address"


def ask(request: HttpRequest, person: Person, *, email: str) -> None:
    """Mails a code to the new address. The code of an earlier request in this session no longer works.

    Raises InvalidEmail (also for the person's own address), PrivateAddress, TooManyRequests.
    """
    email = normalise_email(email)
    if is_private(email.rpartition("@")[2]):
        raise PrivateAddress
    if email == person.email:
        raise InvalidEmail(_("Dit is je werkmail al."), code="same")
    count_request(request, email)
    code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
    request.session[_PENDING] = {
        "email": email,
        "code": fingerprint(code, _salt(person, email)),
        "asked": clock.now().isoformat(),
        "tries": 0,
    }
    with transaction.atomic():
        signals.address_code_requested.send(
            Person,
            person=person,
            email=email,
            code=code,
            language=person.language,
            browser=browser_of(request),
        )


def pending_email(request: HttpRequest) -> str | None:
    """The address this browser asked a code for; also when that code is over."""
    found: str | None = request.session.get(_PENDING, {}).get("email")
    return found


def is_done(request: HttpRequest, person: Person) -> bool:
    """Whether this browser just did it: the second half of a double click asks nothing more."""
    return bool(request.session.get(_PENDING, {}).get("done") == person.email)


def resend(request: HttpRequest, person: Person) -> None:
    """A fresh code to the same address. Raises TooManyRequests; CodeExpired when nothing was asked."""
    email = pending_email(request)
    if email is None:
        raise CodeExpired
    ask(request, person, email=email)


def confirm(request: HttpRequest, person: Person, code: str) -> Person:
    """The address is the person's from now on. ``by`` a code that only who reads its mail can know.

    Raises WrongCode; CodeExpired (10 minutes or 5 tries over, nothing asked here); PersonRefused when
    somebody else has the address.
    """
    pending = request.session.get(_PENDING, {})
    if "code" not in pending or not _may_try(pending):
        raise CodeExpired
    if not constant_time_compare(
        pending["code"], fingerprint(code, _salt(person, pending["email"]))
    ):
        request.session[_PENDING] = pending | {"tries": pending["tries"] + 1}
        if pending["tries"] + 1 >= TRIES:
            raise CodeExpired
        raise WrongCode
    request.session.pop(_PENDING)
    email = pending["email"]
    with transaction.atomic():
        forgetting.forget_nobody(email)
        row = people.change_email(person, email=email, by=person)
    request.session[_PENDING] = {"done": email}
    return row


def _salt(person: Person, email: str) -> str:
    """A code works for one person and one address."""
    return f"address.{person.public_id}.{email}"


def _may_try(pending: dict[str, str]) -> bool:
    """Tries are counted outside the session as well: requests side by side all read the same session."""
    if clock.now() - dt.datetime.fromisoformat(pending["asked"]) >= LIFE:
        return False
    limit = Limit("address-tries", times=TRIES, seconds=int(2 * LIFE.total_seconds()))
    return int(pending["tries"]) < TRIES and limit.allows(pending["code"])
