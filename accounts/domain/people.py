# SPDX-License-Identifier: EUPL-1.2
"""People: the row behind an address, its organisation, and what somebody tells about themselves."""

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import rules, signals
from accounts.domain import audit, roles
from accounts.domain.names import clean_name, one_line
from accounts.domain.organisations import match_email, normalise_email
from accounts.errors import PersonRefused, PrivateAddress
from accounts.models import Organisation, Person, Role


@transaction.atomic
def person_for_email(email: str, *, language: str = "") -> Person:
    """The person of this address; a new unverified row when there is none. An existing row is not touched.

    A new row gets its organisation where the mail domain tells. Does the same work for known and unknown
    addresses, so that the time it takes tells nothing. Raises InvalidEmail, PrivateAddress.
    """
    email = normalise_email(email)
    match = match_email(email)
    if match.kind == "private":
        raise PrivateAddress
    person, _created = Person.objects.get_or_create(
        email=email,
        defaults={
            "password": make_password(None),
            "language": language if language in Person.Language.values else Person.Language.DUTCH,
            "organisation": match.organisation,
            "organisation_confirmed": match.kind == "known",
        },
    )
    return person


def set_organisation(person: Person, organisation: Organisation | None, *, confirmed: bool) -> None:
    person.organisation = organisation
    person.organisation_confirmed = confirmed and organisation is not None
    person.save(update_fields=["organisation", "organisation_confirmed", "updated_at"])


@transaction.atomic
def choose_organisation(person: Person, organisation: Organisation) -> None:
    """The person says where they work. It counts at once where the mail domain allows it, else a
    coordinator confirms it first. Who coordinated the organisation that is left does so no more."""
    before = person.organisation
    if before == organisation and person.organisation_confirmed:
        return
    confirmed = match_email(person.email).covers(organisation)
    set_organisation(person, organisation, confirmed=confirmed)
    _stop_coordinating(person, before, by=person)


def _stop_coordinating(person: Person, left: Organisation | None, *, by: Person) -> None:
    """Roles for other organisations stay: somebody may coordinate more than one."""
    if left is not None and person.organisation != left:
        for role in person.roles.filter(kind=Role.Kind.COORDINATOR, organisation=left):
            roles.revoke(role, by=by)


@transaction.atomic
def complete_profile(
    person: Person, *, name: str | None = None, organisation: Organisation | None = None
) -> None:
    """After the code: fills what is empty with what was typed at sign-up. Raises InvalidName."""
    if name and not person.name:
        person.name = clean_name(name)
        person.save(update_fields=["name", "updated_at"])
    if organisation is not None and person.organisation is None:
        choose_organisation(person, organisation)


def change_profile(
    person: Person, *, name: str, language: str, function: str = "", province: str = ""
) -> None:
    """Raises InvalidName."""
    person.name = clean_name(name)
    person.language = language
    person.function = one_line(function, limit=120)
    person.province = province
    person.save(update_fields=["name", "language", "function", "province", "updated_at"])


def change_language(person: Person, language: str) -> None:
    """The language of somebody's mails."""
    person.language = language
    person.save(update_fields=["language", "updated_at"])


@transaction.atomic
def change_email(person: Person, *, email: str, by: Person) -> Person:
    """Another work address, proven before by a code or known to an administrator. Tells the others, so that
    invitations move along. Where somebody works follows from the new domain when that is somewhere else; who
    coordinated the old organisation does so no more.

    Raises InvalidEmail, PrivateAddress, PersonRefused (somebody else has that address).
    """
    email = normalise_email(email)
    match = match_email(email)
    if match.kind == "private":
        raise PrivateAddress
    row = Person.objects.select_for_update(no_key=True, of=("self",)).get(pk=person.pk)
    previous = row.email
    if email == previous:
        return row
    try:
        with transaction.atomic():
            row.email = email
            row.save(update_fields=["email", "updated_at"])
    except IntegrityError:
        raise PersonRefused(_("Dit adres is al van iemand.")) from None
    before = row.organisation
    if before is None or not match.covers(before):
        set_organisation(row, match.organisation or before, confirmed=match.kind == "known")
    _stop_coordinating(row, before, by=by)
    audit.record("person.email_changed", actor=by, subject=row)
    signals.email_changed.send(Person, person=row, previous=previous)
    return row


@transaction.atomic
def invite_colleague(*, name: str, email: str, by: Person, organisation: Organisation) -> Person:
    """The colleague whom a coordinator registers; the row is made when it is new.

    Only colleagues of ``organisation``: somebody who works there, or a new address at one of its mail
    domains. Every other address gets the same sentence, so that this tells nothing about who is known here.
    The caller has checked that ``by`` coordinates the organisation. Raises PersonRefused, InvalidEmail,
    InvalidName.
    """
    name = clean_name(name)
    email = normalise_email(email)
    match = match_email(email)
    if match.kind == "private":
        raise PrivateAddress
    person = Person.objects.filter(email=email).first()
    if person is None and match.covers(organisation):
        person, created = Person.objects.get_or_create(
            email=email,
            defaults={
                "name": name,
                "password": make_password(None),
                "language": by.language,
                "organisation": organisation,
                "organisation_confirmed": True,
            },
        )
        if created:
            audit.record("person.invited", actor=by, subject=person, organisation=organisation)
            return person
    if (
        person is not None
        and person.is_active
        and person.organisation is None
        and not person.is_verified
        and match.covers(organisation)
    ):
        set_organisation(person, organisation, confirmed=True)
    if person is None or not person.is_active or person.organisation_id != organisation.pk:
        raise PersonRefused(
            _(
                "Je kunt alleen collega’s van %(organisation)s aanmelden. Werkt iemand ergens anders? Die kan "
                "zich zelf aanmelden."
            )
            % {"organisation": organisation.name},
            code="other_organisation",
        )
    if not person.name:
        person.name = name
        person.save(update_fields=["name", "updated_at"])
    return person


def _waiting(person: Person, *, by: Person) -> tuple[Person, Organisation]:
    """The locked row and its organisation. Raises PersonRefused when there is nothing to decide for ``by``."""
    row = Person.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    if row.organisation is None or row.organisation_confirmed:
        raise PersonRefused(_("Hier is al over beslist."), code="already_decided")
    if not rules.may_confirm_person(by, row):
        raise PersonRefused(_("Dit kan alleen een coördinator van deze organisatie doen."))
    return row, row.organisation


@transaction.atomic
def confirm_organisation(person: Person, *, by: Person) -> Person:
    """This person does work there. The national coordinator's yes also confirms an organisation that
    somebody named. Raises PersonRefused."""
    row, organisation = _waiting(person, by=by)
    if not organisation.confirmed:
        organisation.confirmed = True
        organisation.save(update_fields=["confirmed", "updated_at"])
    set_organisation(row, organisation, confirmed=True)
    audit.record("organisation.confirmed", actor=by, subject=row, organisation=organisation)
    signals.organisation_confirmed.send(Person, person=row, organisation=organisation, by=by)
    return row


@transaction.atomic
def reject_organisation(person: Person, *, by: Person) -> Person:
    """This person does not work there: the organisation goes, the question comes back. Raises
    PersonRefused."""
    row, organisation = _waiting(person, by=by)
    set_organisation(row, None, confirmed=False)
    audit.record("organisation.rejected", actor=by, subject=row, organisation=organisation)
    signals.organisation_rejected.send(Person, person=row, organisation=organisation, by=by)
    return row
