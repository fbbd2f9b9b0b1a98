# SPDX-License-Identifier: EUPL-1.2
"""For administrators: look. Questions, matches and profiles change on the pages, which tell people about it."""

from django.contrib import admin

from courses.admin import ReadOnlyAdmin
from matching.models import KnowledgeRequest, Match, MatchRun, Nomination, TrainerProfile


@admin.register(TrainerProfile)
class TrainerProfileAdmin(ReadOnlyAdmin):
    list_display = ["person", "headline", "state", "requests_per_year", "online"]
    list_filter = ["state", "online", "themes"]
    list_select_related = ["person"]
    search_fields = ["person__name", "headline"]


@admin.register(KnowledgeRequest)
class KnowledgeRequestAdmin(ReadOnlyAdmin):
    list_display = ["title", "organisation", "theme", "state", "created_at"]
    list_filter = ["state", "theme"]
    list_select_related = ["organisation", "theme"]
    search_fields = ["title"]
    date_hierarchy = "created_at"


@admin.register(Match)
class MatchAdmin(ReadOnlyAdmin):
    list_display = ["request", "trainer", "state", "origin", "asked_at"]
    list_filter = ["state", "origin"]
    list_select_related = ["request", "trainer"]
    search_fields = ["request__title"]


@admin.register(MatchRun)
class MatchRunAdmin(ReadOnlyAdmin):
    list_display = ["started_at", "kind", "state", "encoder_version"]
    list_filter = ["kind", "state"]


@admin.register(Nomination)
class NominationAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "state", "theme", "answered_at", "erased_at"]
    list_filter = ["state"]
    exclude = ["email", "name", "why", "said_no_key"]
