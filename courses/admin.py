# SPDX-License-Identifier: EUPL-1.2
"""For administrators: look and repair texts. Seats, states and dates are changed on the pages, which tell
people about it; here they are read-only."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from courses.models import (
    Course,
    CourseTrainer,
    Edition,
    Location,
    Material,
    Registration,
    Session,
    Theme,
)


class ReadOnly:
    formfield_overrides: ClassVar = {models.URLField: {"assume_scheme": "https"}}

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyAdmin(ReadOnly, admin.ModelAdmin):
    pass


class CourseTrainerInline(ReadOnly, admin.TabularInline):
    """Who is added or taken away on the page of the course gets or loses invitations."""

    model = CourseTrainer
    extra = 0


class MaterialInline(ReadOnly, admin.TabularInline):
    """A file comes in on the page of the course, which looks what it really is."""

    model = Material
    extra = 0


@admin.register(Theme)
class ThemeAdmin(admin.ModelAdmin):
    list_display = ["name", "slug", "tint", "icon"]


@admin.register(Edition)
class EditionAdmin(ReadOnlyAdmin):
    """Sessions hang on its days and limits: the national coordinator changes it, at /edities-beheer/."""

    list_display = ["name", "kind", "starts_on", "ends_on", "max_minutes"]
    list_filter = ["kind"]
    search_fields = ["name"]


@admin.register(Course)
class CourseAdmin(admin.ModelAdmin):
    list_display = ["title", "organisation", "theme", "status", "published_at"]
    list_filter = ["status", "theme"]
    search_fields = ["title", "promise"]
    autocomplete_fields = ["organisation"]
    readonly_fields = ["status", "published_at", "draft"]
    inlines = [CourseTrainerInline, MaterialInline]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A course without a trainer belongs to nobody; trainers make it."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Registrations would go with it, without a word to anybody. It is stopped or archived on its page."""
        return False


@admin.register(Location)
class LocationAdmin(admin.ModelAdmin):
    list_display = ["name", "room", "city", "organisation"]
    search_fields = ["name", "city"]
    autocomplete_fields = ["organisation"]


@admin.register(Session)
class SessionAdmin(ReadOnlyAdmin):
    list_display = ["course", "starts_at", "format", "taken", "capacity", "status"]
    list_filter = ["status", "edition", "format"]
    list_select_related = ["course"]
    search_fields = ["course__title"]
    date_hierarchy = "starts_at"


@admin.register(Registration)
class RegistrationAdmin(ReadOnlyAdmin):
    list_display = ["session", "organisation", "state", "registered_at", "cancel_reason"]
    list_filter = ["state", "cancel_reason"]
    list_select_related = ["session__course", "organisation"]
    search_fields = ["session__course__title"]
