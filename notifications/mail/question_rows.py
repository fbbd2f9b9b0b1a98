# SPDX-License-Identifier: EUPL-1.2
"""The questions, matches and nominations that the mails of one batch are about, read once for all of them."""

from collections.abc import Sequence
from functools import cached_property

from django.db.models import Prefetch

from matching.models import KnowledgeRequest, Match, Nomination
from notifications.models import Message

_FOLLOWERS = Prefetch(
    "request__followers",
    KnowledgeRequest.objects.select_related("organisation").order_by("pk"),
)


class QuestionRows:
    def __init__(self, messages: Sequence[Message]) -> None:
        self._messages = messages

    def match(self, message: Message) -> Match | None:
        return self._matches.get(message.payload.get("match", 0))

    def request(self, message: Message) -> KnowledgeRequest | None:
        return self._requests.get(message.payload.get("request", 0))

    def nomination(self, message: Message) -> Nomination | None:
        return self._nominations.get(message.payload.get("nomination", 0))

    def asked_in(self, request: KnowledgeRequest) -> Match | None:
        """Whom this question lies with now."""
        return (
            request.matches.filter(state=Match.State.ASKED, trainer__isnull=False)
            .select_related("trainer__organisation")
            .first()
        )

    def bundled_with(self, request: KnowledgeRequest) -> list[KnowledgeRequest]:
        """The questions that the same session would answer."""
        seeking = {KnowledgeRequest.State.OPEN, KnowledgeRequest.State.PROPOSED}
        return [row for row in request.followers.all() if row.state in seeking]

    @cached_property
    def _matches(self) -> dict[int, Match]:
        return (
            Match.objects.select_related(
                "request__asker", "request__organisation", "trainer__organisation"
            )
            .prefetch_related("options", _FOLLOWERS)
            .order_by()
            .in_bulk(self._ids("match"))
        )

    @cached_property
    def _requests(self) -> dict[int, KnowledgeRequest]:
        return (
            KnowledgeRequest.objects.select_related(
                "asker", "organisation", "theme", "session__course", "session__location"
            )
            .order_by()
            .in_bulk(self._ids("request"))
        )

    @cached_property
    def _nominations(self) -> dict[int, Nomination]:
        return (
            Nomination.objects.select_related("nominator__organisation", "request")
            .order_by()
            .in_bulk(self._ids("nomination"))
        )

    def _ids(self, name: str) -> list[int]:
        found = (m.payload.get(name) for m in self._messages)
        return [key for key in found if isinstance(key, int)]
