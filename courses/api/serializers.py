# SPDX-License-Identifier: EUPL-1.2
"""Outside data into inside data and back. Dutch names outside, English inside; no business rule here."""

import datetime as dt
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from base import clock
from base.api.fields import UtcDateTimeField
from courses.domain.capacity import SEATS
from courses.models import Course, Edition, Registration, Session, Theme
from courses.models.course import Format

STATES = {
    Registration.State.HELD: "vastgehouden",
    Registration.State.REGISTERED: "aangemeld",
    Registration.State.WAITING: "wachtlijst",
    Registration.State.ATTENDED: "aanwezig",
    Registration.State.ABSENT: "afwezig",
    Registration.State.CANCELLED: "afgemeld",
}
FORMATS = {"op-locatie": Format.ON_SITE, "online": Format.ONLINE, "hybride": Format.HYBRID}
STATUSES = {
    Session.Status.DRAFT: "concept",
    Session.Status.PLANNED: "gepland",
    Session.Status.CANCELLED: "geannuleerd",
}


class FormatField(serializers.ChoiceField):
    """``online`` | ``op-locatie`` | ``hybride``."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=list(FORMATS), **kwargs)

    def to_internal_value(self, data: Any) -> str:
        return FORMATS[super().to_internal_value(data)].value

    def to_representation(self, value: Any) -> str:
        return next(name for name, inside in FORMATS.items() if inside == value)


class OrganisatieVerwijzing(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    naam = serializers.CharField(source="name")
    tooi = serializers.CharField(allow_null=True)


class TrainerVerwijzing(serializers.Serializer[Any]):
    naam = serializers.CharField(source="person.name")
    organisatie = serializers.CharField(source="person.organisation.name", default="")
    rol = serializers.SerializerMethodField()

    def get_rol(self, row: Any) -> str:
        return "trainer" if row.part == "lead" else "medetrainer"


class Cursus(serializers.ModelSerializer[Course]):
    id = serializers.UUIDField(source="public_id", read_only=True)
    titel = serializers.CharField(source="title", max_length=120)
    belofte = serializers.CharField(source="promise", max_length=200)
    omschrijving = serializers.CharField(source="description", max_length=8000, required=False)
    leerdoelen = serializers.ListField(
        source="goals", child=serializers.CharField(max_length=200), max_length=5, required=False
    )
    meenemen = serializers.CharField(source="bring", max_length=300, required=False)
    thema = serializers.SlugRelatedField(
        source="theme", slug_field="slug", queryset=Theme.objects.all()
    )
    vorm = FormatField(source="format", required=False)
    minuten = serializers.IntegerField(source="minutes", min_value=5, max_value=240, required=False)
    taal = serializers.ChoiceField(source="language", choices=["nl", "en"], required=False)
    status = serializers.SerializerMethodField()
    organisatie = OrganisatieVerwijzing(source="organisation", read_only=True)
    trainers = TrainerVerwijzing(source="trainer_rows", many=True, read_only=True)
    url = serializers.SerializerMethodField()

    class Meta:
        model = Course
        fields = [
            "id",
            "titel",
            "belofte",
            "omschrijving",
            "leerdoelen",
            "meenemen",
            "thema",
            "vorm",
            "minuten",
            "taal",
            "status",
            "organisatie",
            "trainers",
            "url",
        ]

    def get_status(self, course: Course) -> str:
        return {
            Course.Status.DRAFT: "concept",
            Course.Status.PUBLISHED: "gepubliceerd",
            Course.Status.CANCELLED: "geannuleerd",
            Course.Status.ARCHIVED: "gearchiveerd",
        }[Course.Status(course.status)]

    def get_url(self, course: Course) -> str:
        return str(self.context["request"].build_absolute_uri(course.get_absolute_url()))


class Bijeenkomst(serializers.ModelSerializer[Session]):
    """Times in UTC; ``tijdzone`` is the zone people plan in. The online link is never here."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    cursus = serializers.UUIDField(source="course.public_id", read_only=True)
    titel = serializers.CharField(source="course.title", read_only=True)
    editie = serializers.CharField(
        source="edition.slug", read_only=True, default=None, allow_null=True
    )
    begin = UtcDateTimeField(source="starts_at", read_only=True)
    einde = UtcDateTimeField(source="ends_at", read_only=True)
    tijdzone = serializers.SerializerMethodField()
    vorm = FormatField(source="format", read_only=True)
    locatie = serializers.SerializerMethodField()
    plekken = serializers.IntegerField(source="capacity", read_only=True)
    vrij = serializers.IntegerField(source="free", read_only=True)
    plekkenVoorAndereOrganisaties = serializers.IntegerField(  # noqa: N815 - the API speaks camelCase
        source="reserved_now",
        read_only=True,
        help_text="zoveel plekken zijn tot vrijgehoudenTot voor collega's van buiten",
    )
    vrijgehoudenTot = serializers.SerializerMethodField()  # noqa: N815
    aanmeldenTot = UtcDateTimeField(  # noqa: N815
        source="registration_closes_at",
        read_only=True,
        allow_null=True,
        help_text="null: tot het begin",
    )
    status = serializers.SerializerMethodField()

    class Meta:
        model = Session
        fields = [
            "id",
            "cursus",
            "titel",
            "editie",
            "begin",
            "einde",
            "tijdzone",
            "vorm",
            "locatie",
            "plekken",
            "vrij",
            "plekkenVoorAndereOrganisaties",
            "vrijgehoudenTot",
            "aanmeldenTot",
            "status",
        ]

    def get_tijdzone(self, session: Session) -> str:
        return clock.AMSTERDAM.key

    @extend_schema_field(UtcDateTimeField(allow_null=True))
    def get_vrijgehoudenTot(self, session: Session) -> str | None:  # noqa: N802
        """Null when nothing is kept any more."""
        until = session.reserved_until
        if until is None or not session.reserved_now():
            return None
        return str(UtcDateTimeField().to_representation(until))

    def get_locatie(self, session: Session) -> str:
        return str(session.location or "")

    def get_status(self, session: Session) -> str:
        return STATUSES[Session.Status(session.status)]


class BijeenkomstInvoer(serializers.Serializer[Any]):
    """A new date, or with ``partial`` a change of one. ``begin`` needs an offset."""

    begin = UtcDateTimeField()
    minuten = serializers.IntegerField(min_value=1, max_value=10_000)
    plekken = serializers.IntegerField(source="capacity", min_value=0, max_value=1_000_000)
    vorm = FormatField(required=False)
    gebouw = serializers.CharField(max_length=120, required=False)
    zaal = serializers.CharField(max_length=80, required=False, allow_blank=True)
    plaats = serializers.CharField(max_length=80, required=False, allow_blank=True)
    link = serializers.URLField(max_length=500, required=False, allow_blank=True)
    plekkenVoorAndereOrganisaties = serializers.IntegerField(  # noqa: N815
        source="reserved_seats", min_value=0, max_value=1_000_000, required=False
    )
    vrijgehoudenTot = UtcDateTimeField(  # noqa: N815
        source="reserved_until", required=False, allow_null=True
    )
    aanmeldenTot = UtcDateTimeField(  # noqa: N815
        source="registration_closes_at", required=False, allow_null=True
    )

    def seats(self) -> dict[str, Any]:
        """What was sent of ``courses.domain.capacity.SEATS``, by the domain's names."""
        return {name: self.validated_data[name] for name in SEATS if name in self.validated_data}

    def moment(self) -> dict[str, Any]:
        """The wall-clock day and time in Europe/Amsterdam that the domain plans with."""
        begin: dt.datetime | None = self.validated_data.get("begin")
        if begin is None:
            return {}
        wall = clock.local(begin)
        return {"day": wall.date(), "time": wall.time()}


class Aanmelding(serializers.ModelSerializer[Registration]):
    id = serializers.UUIDField(source="public_id", read_only=True)
    bijeenkomst = serializers.UUIDField(source="session.public_id", read_only=True)
    naam = serializers.CharField(source="person.name", read_only=True, default="")
    organisatie = serializers.CharField(source="organisation.name", read_only=True, default="")
    status = serializers.SerializerMethodField()
    positie = serializers.SerializerMethodField()

    class Meta:
        model = Registration
        fields = ["id", "bijeenkomst", "naam", "organisatie", "status", "positie"]

    def get_status(self, registration: Registration) -> str:
        return STATES[Registration.State(registration.state)]

    def get_positie(self, registration: Registration) -> int | None:
        """Place in the waiting list, where the caller has asked for it; else null."""
        return getattr(registration, "position", None)


class Aanmeldingen(serializers.Serializer[Any]):
    resultaten = Aanmelding(many=True)


class AanmeldingInvoer(serializers.Serializer[Any]):
    naam = serializers.CharField(max_length=120)
    email = serializers.CharField(max_length=254)
    vraag = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class AnnuleringInvoer(serializers.Serializer[Any]):
    reden = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class Editie(serializers.ModelSerializer[Edition]):
    id = serializers.UUIDField(source="public_id", read_only=True)
    naam = serializers.CharField(source="name")
    soort = serializers.CharField(source="kind")
    beginDatum = serializers.DateField(source="starts_on")  # noqa: N815 - the API speaks camelCase
    eindDatum = serializers.DateField(source="ends_on")  # noqa: N815
    maxMinuten = serializers.IntegerField(source="max_minutes")  # noqa: N815

    class Meta:
        model = Edition
        fields = ["id", "slug", "naam", "soort", "beginDatum", "eindDatum", "maxMinuten"]
