# SPDX-License-Identifier: EUPL-1.2
"""What went out, what waits, what failed and why. Read-only; the one thing to do is send it again."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from notifications.domain.resend import NotResent, resend_invitation, resend_message
from notifications.models import Invitation, Message
from notifications.reasons import in_words


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    actions = ["send_again"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_send_again_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    @admin.action(description=_("Stuur opnieuw"), permissions=["send_again"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        count = 0
        for row in queryset[:100]:
            try:
                self.resend(row)
            except NotResent as reason:
                self.message_user(request, f"{row}: {reason}", messages.WARNING)
            else:
                count += 1
        if count:
            text = ngettext(
                "%(count)d bericht gaat opnieuw weg.",
                "%(count)d berichten gaan opnieuw weg.",
                count,
            )
            self.message_user(request, text % {"count": count}, messages.SUCCESS)

    def resend(self, row: Any) -> None:
        raise NotImplementedError


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "kind", "person", "state", "attempts", "sent_at", "reason"]
    list_filter = ["state", "kind", "queue"]
    list_select_related = ["person"]
    search_fields = ["key", "person__email", "to_address"]
    date_hierarchy = "created_at"
    exclude = ["secret", "rendered", "lease_token"]
    show_full_result_count = False

    @admin.display(description=_("reden"), ordering="last_error")
    def reason(self, row: Message) -> str:
        return in_words(row.last_error)

    def resend(self, row: Message) -> None:
        resend_message(row)


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    list_display = [
        "uid",
        "person",
        "session",
        "role",
        "state",
        "sequence",
        "method_sent",
        "partstat",
    ]
    list_filter = ["state", "role", "partstat"]
    list_select_related = ["person", "session__course"]
    search_fields = ["uid", "person__email", "address"]
    show_full_result_count = False

    def resend(self, row: Invitation) -> None:
        resend_invitation(row)
