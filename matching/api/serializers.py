# SPDX-License-Identifier: EUPL-1.2
"""Outside data into inside data and back. Dutch names outside, English inside; no business rule here."""

from typing import Any

from django.urls import reverse
from rest_framework import serializers

from base.api.fields import UtcDateTimeField
from courses.api.serializers import OrganisatieVerwijzing
from courses.models import Theme
from matching.models import KnowledgeRequest, TrainerProfile

STATES = {
    KnowledgeRequest.State.OPEN: "open",
    KnowledgeRequest.State.PROPOSED: "voorgesteld",
    KnowledgeRequest.State.ASKED: "gevraagd",
    KnowledgeRequest.State.ACCEPTED: "toegezegd",
    KnowledgeRequest.State.PLANNED: "gepland",
    KnowledgeRequest.State.DONE: "geweest",
    KnowledgeRequest.State.CLOSED: "gesloten",
    KnowledgeRequest.State.EXPIRED: "verlopen",
}
WHERE = {
    "online": KnowledgeRequest.Where.ONLINE,
    "op-locatie": KnowledgeRequest.Where.ON_SITE,
    "beide": KnowledgeRequest.Where.EITHER,
}


class WaarField(serializers.ChoiceField):
    """``online`` | ``op-locatie`` | ``beide``."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=list(WHERE), **kwargs)

    def to_internal_value(self, data: Any) -> str:
        return WHERE[super().to_internal_value(data)].value

    def to_representation(self, value: Any) -> str:
        return next(name for name, inside in WHERE.items() if inside == value)


class Kennisvraag(serializers.ModelSerializer[KnowledgeRequest]):
    """``tekst``, ``naam`` and ``organisatie`` only with a token; without one they are null."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    titel = serializers.CharField(source="title", read_only=True)
    thema: Any = serializers.SlugRelatedField(source="theme", slug_field="slug", read_only=True)
    taal = serializers.CharField(source="language", read_only=True)
    status = serializers.SerializerMethodField()
    steun = serializers.IntegerField(source="supporters", read_only=True)
    gesteld = UtcDateTimeField(source="created_at", read_only=True)
    tekst = serializers.SerializerMethodField()
    naam = serializers.SerializerMethodField()
    organisatie = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()

    class Meta:
        model = KnowledgeRequest
        fields = [
            "id",
            "titel",
            "thema",
            "taal",
            "status",
            "steun",
            "gesteld",
            "tekst",
            "naam",
            "organisatie",
            "url",
        ]

    def get_status(self, row: KnowledgeRequest) -> str:
        return STATES[KnowledgeRequest.State(row.state)]

    def get_tekst(self, row: KnowledgeRequest) -> str | None:
        return row.text if self.context["reads"] else None

    def get_naam(self, row: KnowledgeRequest) -> str | None:
        return row.asker.name if self.context["reads"] and row.asker else None

    def get_organisatie(self, row: KnowledgeRequest) -> str | None:
        return row.organisation.name if self.context["reads"] and row.organisation else None

    def get_url(self, row: KnowledgeRequest) -> str:
        return str(self.context["request"].build_absolute_uri(row.get_absolute_url()))


class KennisvraagInvoer(serializers.Serializer[Any]):
    """A question of the token's owner."""

    tekst = serializers.CharField(source="text", max_length=20_000)
    titel = serializers.CharField(source="title", max_length=120, required=False)
    thema = serializers.SlugRelatedField(
        source="theme", slug_field="slug", queryset=Theme.objects.all(), required=False
    )
    aantal = serializers.IntegerField(source="people", min_value=1, max_value=500, required=False)
    waar = WaarField(source="where", required=False)
    wanneer = serializers.CharField(
        source="when_text", max_length=200, required=False, allow_blank=True
    )
    taal = serializers.ChoiceField(source="language", choices=["nl", "en"], required=False)
    openVoorAnderen = serializers.BooleanField(source="open_to_others", required=False)  # noqa: N815 - the API speaks camelCase


class Trainer(serializers.ModelSerializer[TrainerProfile]):
    """Who stands in the trainer pool, as on the public page. Never an address."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    naam = serializers.CharField(source="person.name", read_only=True)
    organisatie = OrganisatieVerwijzing(source="person.organisation", read_only=True)
    kop = serializers.CharField(source="headline", read_only=True)
    expertise = serializers.CharField(read_only=True)
    voorbeeldvragen = serializers.ListField(
        source="example_questions", child=serializers.CharField(), read_only=True
    )
    themas: Any = serializers.SlugRelatedField(
        source="themes", slug_field="slug", many=True, read_only=True
    )
    talen = serializers.ListField(source="languages", child=serializers.CharField(), read_only=True)
    provincies = serializers.ListField(
        source="provinces", child=serializers.CharField(), read_only=True
    )
    online = serializers.BooleanField(read_only=True)
    url = serializers.SerializerMethodField()

    class Meta:
        model = TrainerProfile
        fields = [
            "id",
            "naam",
            "organisatie",
            "kop",
            "expertise",
            "voorbeeldvragen",
            "themas",
            "talen",
            "provincies",
            "online",
            "url",
        ]

    def get_url(self, row: TrainerProfile) -> str:
        path = reverse("courses:trainer", args=[row.person.slug])
        return str(self.context["request"].build_absolute_uri(path))
