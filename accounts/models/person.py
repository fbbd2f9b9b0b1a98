# SPDX-License-Identifier: EUPL-1.2
"""The user model. Everyone learns; what else someone may do follows from roles and courses.

A row exists from the moment somebody types an address, but means nothing until ``verified_at``: names
typed by strangers never reach it (accounts.domain.signin), and unverified rows are forgotten.
"""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models.organisation import Organisation, Province
from base.models import PublicModel, TimestampedModel


class PersonManager(BaseUserManager["Person"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        person = self.model(email=email.strip().lower(), **fields)
        if password:
            person.set_password(password)
        else:
            person.set_unusable_password()
        person.save(using=self._db)
        return person

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        return self.create_user(
            email, password, **fields | {"is_staff": True, "is_superuser": True}
        )

    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(email=(username or "").lower())


class Person(PublicModel, TimestampedModel, AbstractBaseUser, PermissionsMixin):
    class Language(models.TextChoices):
        DUTCH = "nl", _("Nederlands")
        ENGLISH = "en", _("Engels")

    email = models.EmailField(_("werkmail"), max_length=254, unique=True)
    name = models.CharField(_("naam"), max_length=120, blank=True)
    slug = models.SlugField(
        max_length=140,
        unique=True,
        null=True,
        blank=True,
        help_text=_("Adres van het trainerprofiel; leeg zolang iemand geen cursus geeft."),
    )
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="people",
        verbose_name=_("organisatie"),
    )
    organisation_confirmed = models.BooleanField(
        _("organisatie bevestigd"),
        default=False,
        help_text=_("Volgt uit het maildomein, of een coördinator heeft meegekeken."),
    )
    language = models.CharField(_("taal"), max_length=2, choices=Language, default=Language.DUTCH)
    function = models.CharField(_("functie"), max_length=120, blank=True)
    province = models.CharField(_("provincie"), max_length=20, choices=Province, blank=True)
    verified_at = models.DateTimeField(_("code ingevoerd op"), null=True, blank=True)
    is_active = models.BooleanField(_("actief"), default=True)
    is_staff = models.BooleanField(_("beheerder"), default=False)

    objects = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("collega")
        verbose_name_plural = _("collega’s")
        indexes = [
            # A few rows out of a million, each looked for by itself: nobody proved to be them, or to work there.
            models.Index(
                fields=["created_at"],
                condition=Q(verified_at__isnull=True),
                name="person_unverified",
            ),
            models.Index(
                fields=["organisation"],
                condition=Q(organisation_confirmed=False),
                name="person_unconfirmed",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="person_email_lower"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def first_name(self) -> str:
        return self.name.split(" ", 1)[0]

    @property
    def is_verified(self) -> bool:
        return self.verified_at is not None

    @cached_property
    def role_keys(self) -> frozenset[tuple[str, int | None]]:
        """(kind, organisation id) of every role; read once per request."""
        return frozenset(self.roles.values_list("kind", "organisation_id"))
