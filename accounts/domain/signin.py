# SPDX-License-Identifier: EUPL-1.2
"""Signing in by a code in the mail, on django-allauth's code verification process.

This is the only module that touches allauth's internals (docs/decisions/0002-signing-in.md); what we
rely on is pinned by tests/accounts/test_signin.py. The state of a request lives in the server-side session
of the browser that asked, with a keyed hash of the code: 10 minutes, 5 tries, a new request replaces it.
"""

import datetime as dt
import secrets
import unicodedata
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.internal.stagekit import clear_login
from allauth.account.models import Login
from allauth.account.stages import LoginByCodeStage, LoginStageController
from django.conf import settings
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language

from accounts import rules, signals
from accounts.domain import audit, people
from accounts.domain.limits import Limit, client_ip, network
from accounts.domain.organisations import match_email, normalise_email
from accounts.errors import CodeExpired, TooManyRequests, WrongCode
from accounts.models import Person
from base import clock

__all__ = [
    "browser_of",
    "cancel_code",
    "client_ip",
    "confirm_code",
    "limit_session",
    "pending_email",
    "pending_next",
    "request_code",
    "resend_code",
    "safe_next",
    "sign_out",
]

CODE_LENGTH = 8
#: No vowels (no words) and no look-alikes: 0 O, 1 I L, 2 Z, 5 S, 8 B, U V.
CODE_ALPHABET = "CDFGHJKMNPQRTVWXY34679"
PRIVILEGED_SESSION = dt.timedelta(hours=8)

HOUR = 60 * 60
PER_ADDRESS = Limit("signin-address", times=5, seconds=15 * 60)

#: In the session next to allauth's own state, so that "send a new one" still works after ten minutes.
_PENDING = "signin"
_BROWSER = "browser"


def per_network() -> Limit:
    """For one address on the internet; a whole organisation may stand behind it."""
    return Limit("signin-network", times=settings.CODES_PER_HOUR_PER_NETWORK, seconds=HOUR)


def per_domain() -> Limit:
    return Limit("signin-domain", times=settings.CODES_PER_HOUR_PER_DOMAIN, seconds=HOUR)


def count_request(request: HttpRequest, email: str) -> None:
    """Counts one code that is asked for this (normalised) address. Raises TooManyRequests."""
    for limit, key in (
        (per_network(), network(client_ip(request))),
        (PER_ADDRESS, email),
        (per_domain(), email.rpartition("@")[2]),
    ):
        if not limit.allows(key):
            raise TooManyRequests


def browser_of(request: HttpRequest) -> str:
    """A random name for this session: a code works only in the browser that asked for it."""
    name: str = request.session.setdefault(_BROWSER, secrets.token_hex(8))
    return name


def fingerprint(code: str, salt: str) -> str:
    """Keyed hash of a code as people type it: case, spaces and dashes do not matter."""
    typed = unicodedata.normalize("NFKC", code[:100]).upper()
    plain = "".join(c for c in typed if c.isalnum())
    return salted_hmac(f"accounts.signin.{salt}", plain, algorithm="sha256").hexdigest()


class _CodeProcess(LoginCodeVerificationProcess):
    """allauth's process, keeping only the hash of the code and mailing through our signal."""

    @classmethod
    def start(cls, request: HttpRequest, *, person: Person, email: str) -> None:
        # LoginCodeVerificationProcess.initiate names its own class, so this repeats its four lines.
        login = Login(user=person, email=email)
        login.state["stages"] = {"current": LoginByCodeStage.key}
        stage = LoginByCodeStage(LoginStageController(request, login), request, login)
        stage.state.update(cls.initial_state(user=person, email=email))
        stage.state["initiated_by_user"] = True
        process = cls(stage=stage)
        process.send()
        process.persist()

    @classmethod
    def current(cls, request: HttpRequest) -> "_CodeProcess | None":
        stage = LoginStageController.enter(request, LoginByCodeStage.key)
        if stage is None or "code" not in stage.state:
            return None
        process: _CodeProcess | None = cls(stage=stage).abort_if_invalid()
        return process

    def generate_code(self) -> str:
        code: str = get_adapter().generate_login_code()
        self.state["code"] = fingerprint(code, self.state["user_id"])
        return code

    def send_by_email(self, email: str, skip_enumeration_mails: bool = False) -> None:  # noqa: FBT001, FBT002
        code = self.generate_code()
        context = {"request": self.request, "code": code, "user": self.user}
        get_adapter().send_mail("account/email/login_code", email, context)

    def accepts(self, code: str) -> bool:
        return constant_time_compare(self.code, fingerprint(code, self.state["user_id"]))

    def may_try(self) -> bool:
        """Counts tries outside the session as well: requests side by side all read the same session."""
        tries = Limit("signin-tries", times=self.max_attempts, seconds=2 * self.timeout)
        return tries.allows(self.code)


def request_code(request: HttpRequest, *, email: str, next_url: str = "") -> None:
    """Mails a code to the address and remembers in this session that it was asked.

    Says and does the same for known and unknown addresses; an unknown one gets an unverified row. The code
    of an earlier request in this session no longer works. ``next_url`` is kept when it is on our own host.
    Raises InvalidEmail, PrivateAddress, TooManyRequests.
    """
    email = normalise_email(email)
    count_request(request, email)
    with transaction.atomic():
        person = people.person_for_email(email, language=(get_language() or "")[:2])
        _CodeProcess.start(request, person=person, email=email)
    request.session[_PENDING] = {"email": email, "next": safe_next(request, next_url)}


def _pending(request: HttpRequest) -> dict[str, str]:
    pending: dict[str, str] = request.session.get(_PENDING, {})
    return pending


def pending_email(request: HttpRequest) -> str | None:
    """The address this browser asked a code for; also when that code is over."""
    return _pending(request).get("email")


def pending_next(request: HttpRequest) -> str:
    """Where to go after the code: a path on our own host, or nothing. Read it before confirm_code."""
    return _pending(request).get("next", "")


def resend_code(request: HttpRequest) -> None:
    """A fresh code to the same address. Raises TooManyRequests; CodeExpired when nothing was asked."""
    email = pending_email(request)
    if email is None:
        raise CodeExpired
    request_code(request, email=email, next_url=pending_next(request))


def cancel_code(request: HttpRequest) -> None:
    """Another address will be typed: the code of this session stops working."""
    request.session.pop(_PENDING, None)
    clear_login(request)


def confirm_code(request: HttpRequest, code: str) -> Person:
    """Signs in whoever typed the code that was mailed; the address is theirs from then on.

    Raises WrongCode, or CodeExpired (10 minutes or 5 tries over, no code in this browser): then
    resend_code makes a new one.
    """
    process = _CodeProcess.current(request)
    person: Person | None = process.user if process else None
    if process is None or person is None or not process.may_try():
        clear_login(request)
        raise CodeExpired
    if not (process.accepts(code) and person.is_active):
        if process.record_invalid_attempt():
            raise WrongCode
        raise CodeExpired
    with transaction.atomic():
        _verify(person)
        process.finish(redirect_url=None)
        audit.record("person.signed_in", actor=person, subject=person)
    request.session.pop(_PENDING, None)
    limit_session(request, person)
    return person


def _verify(person: Person) -> None:
    """First time: the address is proven. Every time: an empty organisation is looked up once more."""
    if person.organisation is None:
        match = match_email(person.email)
        if match.organisation is not None:
            people.set_organisation(person, match.organisation, confirmed=True)
    if person.verified_at is None:
        person.verified_at = clock.now()
        person.save(update_fields=["verified_at", "updated_at"])
        signals.person_verified.send(Person, person=person)


def limit_session(request: HttpRequest, person: Person) -> None:
    """Who can see others' names signs in every 8 hours, everybody else every 30 days (settings)."""
    if rules.has_short_session(person):
        request.session.set_expiry(int(PRIVILEGED_SESSION.total_seconds()))
    else:
        request.session.set_expiry(None)


def sign_out(request: HttpRequest) -> None:
    logout(request)


def safe_next(request: HttpRequest, url: Any) -> str:
    """The url when it is a path on our own host, else nothing."""
    url = str(url or "")
    allowed = url.startswith("/") and url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return url if allowed and len(url) <= 2000 else ""  # noqa: PLR2004 - longer than any page of ours
