# SPDX-License-Identifier: EUPL-1.2
"""The Django admin for administrators: organisations with their domains, people, roles, requests, audit."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.domain import organisations, people, roles
from accounts.errors import AccessRefused, AccountsError
from accounts.models import (
    AccessRequest,
    ApiToken,
    AuditEvent,
    DeletionRecord,
    EmailDomain,
    Organisation,
    Person,
    Role,
)
from base import clock


class ReadOnly:
    """Rows that are looked at, not edited."""

    def has_add_permission(self, request: HttpRequest, *_args: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class EmailDomainForm(forms.ModelForm):
    class Meta:
        model = EmailDomain
        fields = ["domain"]

    def clean_domain(self) -> str:
        try:
            domain = organisations.normalise_domain(self.cleaned_data["domain"])
        except AccountsError:
            raise ValidationError(_("Dit is geen domein. Voorbeeld: gemeente.nl")) from None
        if organisations.is_private(domain):
            raise ValidationError(_("Dit is een maildomein voor privéadressen."))
        return domain


class EmailDomainInline(admin.TabularInline):
    model = EmailDomain
    form = EmailDomainForm
    extra = 1


class OrganisationForm(forms.ModelForm):
    class Meta:
        model = Organisation
        exclude = ["slug"]  # noqa: DJ006 - everything else, and models come and go

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        for key in ("tooi", "roo_id"):  # unique columns: NULL means none
            self.cleaned_data[key] = self.cleaned_data.get(key) or None
        step, seen = self.cleaned_data.get("successor"), {self.instance.pk}
        while step is not None:
            if step.pk in seen:
                self.add_error("successor", _("Deze opvolger komt weer bij deze organisatie uit."))
                break
            seen.add(step.pk)
            step = step.successor
        return cleaned


@admin.register(Organisation)
class OrganisationAdmin(admin.ModelAdmin):
    form = OrganisationForm
    inlines = [EmailDomainInline]
    list_display = ["name", "abbreviation", "kind", "layer", "province", "valid_until", "confirmed"]
    list_filter = ["confirmed", "layer", "kind", "province"]
    search_fields = ["name", "abbreviation", "tooi", "roo_id", "email_domains__domain"]
    autocomplete_fields = ["successor"]
    readonly_fields = ["public_id", "slug", "created_at", "updated_at"]

    def save_model(
        self,
        request: HttpRequest,
        obj: Organisation,
        form: forms.ModelForm,
        change: bool,  # noqa: FBT001 - Django's signature
    ) -> None:
        obj.slug = obj.slug or organisations.free_slug(obj.name)
        super().save_model(request, obj, form, change)

    def save_formset(
        self,
        request: HttpRequest,
        form: forms.ModelForm,
        formset: Any,
        change: bool,  # noqa: FBT001 - Django's signature
    ) -> None:
        """Domains through the domain functions: the audit line keeps the importer from undoing it."""
        assert isinstance(request.user, Person)
        organisation = form.instance
        for row in formset.save(commit=False):
            if row.pk:
                before = EmailDomain.objects.get(pk=row.pk).domain
                organisations.remove_domain(organisation, before, by=request.user)
            organisations.add_domain(organisation, row.domain, by=request.user)
        for row in formset.deleted_objects:
            organisations.remove_domain(organisation, row.domain, by=request.user)


@admin.register(Person)
class PersonAdmin(admin.ModelAdmin):
    list_display = ["email", "name", "organisation", "organisation_confirmed", "verified_at"]
    ordering = ["email"]
    list_filter = ["organisation_confirmed", "is_active", "is_staff", "language"]
    list_select_related = ["organisation"]
    search_fields = ["email", "name", "organisation__name"]
    autocomplete_fields = ["organisation"]
    readonly_fields = ["public_id", "verified_at", "last_login", "created_at", "updated_at"]
    fieldsets = [
        (None, {"fields": ["email", "name", "slug", "language", "function", "province"]}),
        (_("Organisatie"), {"fields": ["organisation", "organisation_confirmed"]}),
        (_("Toegang"), {"fields": ["is_active", "is_staff", "is_superuser"]}),
        (_("Momenten"), {"fields": readonly_fields}),
    ]

    def has_delete_permission(self, request: HttpRequest, obj: Person | None = None) -> bool:
        """Nobody is deleted here: erasing takes back seats, calendars and words first
        (notifications.domain.erasing), and leaves a record."""
        return False

    def save_model(
        self,
        request: HttpRequest,
        obj: Person,
        form: forms.ModelForm,
        change: bool,  # noqa: FBT001 - Django's signature
    ) -> None:
        """Another address through the domain function, so that invitations move along."""
        if not change:
            obj.set_unusable_password()
        email = obj.email
        if change and "email" in form.changed_data:
            obj.email = Person.objects.values_list("email", flat=True).get(pk=obj.pk)
        super().save_model(request, obj, form, change)
        if email != obj.email:
            assert isinstance(request.user, Person)
            try:
                people.change_email(obj, email=email, by=request.user)
            except AccountsError as refused:
                messages.error(request, str(refused.sentence))


@admin.register(Role)
class RoleAdmin(admin.ModelAdmin):
    list_display = ["person", "kind", "organisation", "granted_by", "created_at"]
    list_filter = ["kind"]
    list_select_related = ["person", "organisation", "granted_by"]
    search_fields = ["person__email", "person__name", "organisation__name"]
    autocomplete_fields = ["person", "organisation"]
    fields = ["person", "kind", "organisation"]

    def has_change_permission(self, request: HttpRequest, obj: Role | None = None) -> bool:
        """A role is granted or taken back, never turned into another."""
        return False

    def save_model(
        self,
        request: HttpRequest,
        obj: Role,
        form: forms.ModelForm,
        change: bool,  # noqa: FBT001 - Django's signature
    ) -> None:
        assert isinstance(request.user, Person)
        if obj.organisation is not None:
            role = roles.grant_coordinator(
                obj.person, organisation=obj.organisation, by=request.user
            )
        else:
            role = roles.grant_national(obj.person, by=request.user)
        obj.pk = role.pk

    def delete_model(self, request: HttpRequest, obj: Role) -> None:
        assert isinstance(request.user, Person)
        roles.revoke(obj, by=request.user)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Role]) -> None:
        for role in queryset.select_related("person", "organisation"):
            self.delete_model(request, role)


@admin.register(AccessRequest)
class AccessRequestAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["person", "organisation", "status", "created_at", "decided_by", "decided_at"]
    list_filter = ["status"]
    list_select_related = ["person", "organisation", "decided_by"]
    search_fields = ["person__email", "person__name", "organisation__name"]
    actions = ["grant", "refuse"]

    def _decide(
        self, request: HttpRequest, queryset: QuerySet[AccessRequest], *, granted: bool
    ) -> None:
        assert isinstance(request.user, Person)
        for row in queryset:
            try:
                roles.decide_access(row, by=request.user, granted=granted)
            except AccessRefused as refused:
                self.message_user(request, f"{row}: {refused.sentence}", messages.ERROR)

    @admin.action(description=_("Ken toe"))
    def grant(self, request: HttpRequest, queryset: QuerySet[AccessRequest]) -> None:
        self._decide(request, queryset, granted=True)

    @admin.action(description=_("Wijs af"))
    def refuse(self, request: HttpRequest, queryset: QuerySet[AccessRequest]) -> None:
        self._decide(request, queryset, granted=False)


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["__str__", "person", "created_at", "last_used_on", "revoked_at"]
    list_select_related = ["person"]
    search_fields = ["person__email"]
    fields = ["person", "created_at", "last_used_on", "revoked_at"]
    actions = ["revoke"]

    @admin.action(description=_("Trek in"))
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        queryset.filter(revoked_at__isnull=True).update(revoked_at=clock.now())


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["at", "verb", "actor", "organisation", "subject"]
    list_filter = ["verb"]
    list_select_related = ["actor", "organisation"]
    search_fields = ["verb", "subject", "actor__email"]
    date_hierarchy = "at"


@admin.register(DeletionRecord)
class DeletionRecordAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["person_key", "asked_at", "done_at", "counts"]
    search_fields = ["person_key"]
    date_hierarchy = "asked_at"
