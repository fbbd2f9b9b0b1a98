# SPDX-License-Identifier: EUPL-1.2
"""Dutch public organisations and the mail domains that belong to them.

Types follow the Register van Overheidsorganisaties (ROO); the key is the TOOI URI where there is one,
else the ROO ``systeemId`` (standards.md, section 3).
"""

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from base.models import PublicModel, TimestampedModel


class Layer(models.TextChoices):
    RIJK = "rijk", _("Rijk")
    PROVINCIE = "provincie", _("Provincies")
    GEMEENTE = "gemeente", _("Gemeenten")
    WATERSCHAP = "waterschap", _("Waterschappen")
    GEMEENSCHAPPELIJKE_REGELING = "gemeenschappelijke_regeling", _("Gemeenschappelijke regelingen")
    ZBO = "zbo", _("Zelfstandige bestuursorganen")
    RECHTSPRAAK = "rechtspraak", _("Rechtspraak")
    POLITIE = "politie", _("Politie")
    VEILIGHEIDSREGIO = "veiligheidsregio", _("Veiligheidsregio’s")
    CARIBISCH = "caribisch", _("Caribisch Nederland")
    OVERIG = "overig", _("Overig")


class OrganisationKind(models.TextChoices):
    MINISTERIE = "ministerie", _("Ministerie")
    AGENTSCHAP = "agentschap", _("Agentschap of uitvoeringsorganisatie")
    INSPECTIE = "inspectie", _("Inspectie")
    ADVIESCOLLEGE = "adviescollege", _("Adviescollege")
    ZBO = "zbo", _("Zelfstandig bestuursorgaan")
    HOOG_COLLEGE = "hoog_college", _("Hoog College van Staat")
    RECHTSPRAAK = "rechtspraak", _("Rechtspraak")
    POLITIE = "politie", _("Politie")
    PROVINCIE = "provincie", _("Provincie")
    GEMEENTE = "gemeente", _("Gemeente")
    WATERSCHAP = "waterschap", _("Waterschap")
    GEMEENSCHAPPELIJKE_REGELING = "gemeenschappelijke_regeling", _("Gemeenschappelijke regeling")
    VEILIGHEIDSREGIO = "veiligheidsregio", _("Veiligheidsregio")
    OMGEVINGSDIENST = "omgevingsdienst", _("Omgevingsdienst")
    GGD = "ggd", _("GGD")
    CARIBISCH = "caribisch", _("Caribisch openbaar lichaam")
    KOEPEL = "koepel", _("Koepelorganisatie")
    OVERIG = "overig", _("Overig")


class Province(models.TextChoices):
    DRENTHE = "drenthe", "Drenthe"
    FLEVOLAND = "flevoland", "Flevoland"
    FRYSLAN = "fryslan", "Fryslân"
    GELDERLAND = "gelderland", "Gelderland"
    GRONINGEN = "groningen", "Groningen"
    LIMBURG = "limburg", "Limburg"
    NOORD_BRABANT = "noord-brabant", "Noord-Brabant"
    NOORD_HOLLAND = "noord-holland", "Noord-Holland"
    OVERIJSSEL = "overijssel", "Overijssel"
    UTRECHT = "utrecht", "Utrecht"
    ZEELAND = "zeeland", "Zeeland"
    ZUID_HOLLAND = "zuid-holland", "Zuid-Holland"
    CARIBISCH = "caribisch", _("Caribisch Nederland")


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def active(self, on: dt.date) -> "OrganisationQuerySet":
        """Organisations of the register (or confirmed by hand) that exist on that date."""
        return self.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gte=on),
            confirmed=True,
        )


class Organisation(PublicModel, TimestampedModel):
    name = models.CharField(_("naam"), max_length=250)
    slug = models.SlugField(max_length=120, unique=True)
    abbreviation = models.CharField(_("afkorting"), max_length=40, blank=True)
    kind = models.CharField(
        _("soort"), max_length=40, choices=OrganisationKind, default=OrganisationKind.OVERIG
    )
    layer = models.CharField(_("bestuurslaag"), max_length=40, choices=Layer, default=Layer.OVERIG)
    province = models.CharField(_("provincie"), max_length=20, choices=Province, blank=True)
    tooi = models.CharField("TOOI", max_length=200, unique=True, null=True, blank=True)
    roo_id = models.CharField("ROO systeemId", max_length=40, unique=True, null=True, blank=True)
    oin = models.CharField("OIN", max_length=20, blank=True)
    valid_from = models.DateField(_("geldig vanaf"), null=True, blank=True)
    valid_until = models.DateField(_("geldig tot en met"), null=True, blank=True)
    successor = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="predecessors",
        verbose_name=_("opvolger"),
    )
    confirmed = models.BooleanField(
        _("bevestigd"),
        default=True,
        help_text=_("Uit, zolang een collega deze organisatie zelf heeft genoemd."),
    )

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisatie")
        verbose_name_plural = _("organisaties")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True)
                | Q(valid_from__isnull=True)
                | Q(valid_until__gte=F("valid_from")),
                name="organisation_ends_after_start",
            ),
            models.CheckConstraint(
                condition=~Q(tooi="") & ~Q(roo_id=""), name="organisation_keys_null_not_empty"
            ),
            models.CheckConstraint(
                condition=Q(successor__isnull=True) | ~Q(successor=F("id")),
                name="organisation_not_own_successor",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class EmailDomain(TimestampedModel):
    """A mail domain of an organisation. A shared domain (rijksoverheid.nl) has several rows."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="email_domains"
    )
    domain = models.CharField(_("maildomein"), max_length=253, db_index=True)

    class Meta:
        verbose_name = _("maildomein")
        verbose_name_plural = _("maildomeinen")
        ordering = ["domain"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "domain"], name="email_domain_once_per_organisation"
            ),
            models.CheckConstraint(
                condition=Q(domain=Lower("domain")) & ~Q(domain=""), name="email_domain_lower"
            ),
        ]

    def __str__(self) -> str:
        return self.domain
