# SPDX-License-Identifier: EUPL-1.2
"""The post of the service desk: mails that a person has to decide about."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import access, rules
from accounts.domain import audit
from accounts.models import Person
from notifications.inbound import desk
from notifications.models import InboundMessage, Invitation, Outcome

PER_PAGE = 20

#: Administrators and the national coordinator; a coordinator sees only the own colleagues, elsewhere.
works_at_desk = (
    rules.is_admin
)  # names of senders and invited people: nothing for the national coordinator

_DECISIONS: dict[str, Callable[..., InboundMessage]] = {
    "verwerk": desk.apply_answer,
    "weg": desk.drop,
    "zelf": desk.answered_by_hand,
}


@dataclass(frozen=True, slots=True)
class Item:
    """A row with what we understood of it, in words."""

    row: InboundMessage
    understood: str
    apply_label: str


@access.requires(works_at_desk)
@never_cache
@require_safe
def post(request: HttpRequest) -> HttpResponse:
    page = Paginator(desk.waiting(), PER_PAGE).get_page(request.GET.get("page"))
    items = [_item(row) for row in page.object_list]
    audit.record("inbound.viewed", actor=access.me(request), count=len(items))
    context = {
        "page_obj": page,
        "items": items,
        "total": page.paginator.count,
    }
    return render(request, "notifications/post.html", context)


@access.requires(works_at_desk)
@require_POST
def decide(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    row = get_object_or_404(InboundMessage, public_id=public_id)
    act = _DECISIONS.get(request.POST.get("besluit", ""))
    if act is None:
        return HttpResponseBadRequest(_("Kies wat je met deze mail wilt doen."))
    try:
        decided = act(row, by=access.me(request))
    except desk.NotDecided as reason:
        messages.error(request, str(reason))
    else:
        messages.success(request, _sentence(decided))
    return redirect("notifications:desk")


def _sentence(row: InboundMessage) -> str:
    match row.decision:
        case InboundMessage.Decision.APPLIED if row.outcome == Outcome.YES_AGAIN:
            return _("Weer aangemeld. De uitnodiging gaat per mail.")
        case InboundMessage.Decision.APPLIED:
            return _("Verwerkt: %(outcome)s.") % {"outcome": Outcome(row.outcome).label}
        case InboundMessage.Decision.BY_HAND:
            return _("Genoteerd: je hebt zelf geantwoord.")
    return _("Weggelegd. Er is niets veranderd.")


def _item(row: InboundMessage) -> Item:
    if not row.method:
        return Item(row, "", "")
    says = _says(row)
    if row.invitation is None:
        return Item(row, says, "")
    label = ""
    if desk.may_be_applied(row):
        label = (
            _("Meld weer aan")
            if row.outcome == Outcome.YES_AGAIN
            else _("Verwerk als antwoord van %(name)s") % {"name": _name(row.invitation.person)}
        )
    return Item(row, f"{says} {_about(row.invitation)}", label)


def _says(row: InboundMessage) -> str:
    words = {
        "ACCEPTED": _("Het antwoord is ja."),
        "TENTATIVE": _("Het antwoord is misschien."),
        "DECLINED": _("Het antwoord is nee."),
        "DELEGATED": _("De uitnodiging is doorgegeven aan een collega."),
    }
    if row.method == "REPLY" and row.partstat in words:
        return words[row.partstat]
    if row.method == "COUNTER":
        return _("Er wordt een andere tijd voorgesteld.")
    if row.method == "REFRESH":
        return _("Er wordt om de uitnodiging gevraagd.")
    return ""


def _about(invitation: Invitation) -> str:
    if invitation.session is None:
        return _("De uitnodiging is van %(name)s.") % {"name": _name(invitation.person)}
    return _("De uitnodiging is van %(name)s, voor “%(title)s”.") % {
        "name": _name(invitation.person),
        "title": invitation.session.course.title,
    }


def _name(person: Person | None) -> str:
    return (person.name or person.email) if person else _("iemand die er niet meer is")
