# SPDX-License-Identifier: EUPL-1.2
"""«Post uit»: what went out, what waits, what failed and why; sending again; holding back bulk mail."""

import uuid
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts import access, rules
from accounts.domain import audit
from courses.models import Edition, Session
from notifications.domain import addresses, bounced, pausing, sent
from notifications.domain.resend import NotResent, resend_message
from notifications.models import BulkPause

PER_PAGE = 25
_REFUSED_SHOWN = 20
_LABELS = {
    "": gettext_lazy("Alles"),
    "mislukt": gettext_lazy("Mislukt"),
    "wacht": gettext_lazy("Wacht"),
    "verstuurd": gettext_lazy("Verstuurd"),
    "niet-nodig": gettext_lazy("Niet meer nodig"),
}
sees_post = rules.coordinates | rules.is_admin
pauses_bulk = rules.is_national | rules.is_admin


@access.requires(sees_post)
@require_safe
def sent_mail(request: HttpRequest) -> HttpResponse:
    reader = sent.Reader.of(access.me(request))
    if request.GET.get("deel") == "voortgang" and getattr(request, "htmx", False):
        return render(request, "notifications/post_uit.html#voortgang", _progress(reader))
    filters = _filters(request)
    base = sent.narrowed(
        sent.visible(reader), sent.Filters(session=filters.session, edition=filters.edition)
    )
    rows, has_older = sent.page_of(
        sent.narrowed(base, sent.Filters(group=filters.group)),
        reader,
        older_than=_uuid(request.GET.get("ouder")),
        size=PER_PAGE,
    )
    audit.record(
        "messages.viewed", actor=reader.person, count=len([row for row in rows if row.name])
    )
    counts = sent.counts(base)
    context = {
        "reader": reader,
        "rows": rows,
        "older": rows[-1].message.public_id if has_older else "",
        "is_first": "ouder" not in request.GET,
        "filters": filters,
        "only_session": _session(filters),
        "groups": [
            (key, label, counts.get(key, sum(counts.values()))) for key, label in _LABELS.items()
        ],
        "editions": Edition.objects.order_by("-starts_on", "pk")[:20],
        "refused": sent.refused(reader)[:_REFUSED_SHOWN],
        "bounced": bounced.groups(reader),
    }
    return render(request, "notifications/post_uit.html", context | _progress(reader))


def _progress(reader: sent.Reader) -> dict[str, Any]:
    """Rounds of bulk mail concern who may hold them back."""
    if not pauses_bulk(reader.person):
        return {"pauses": False}
    return {
        "pauses": True,
        "rounds": sent.rounds(),
        "paused": BulkPause.objects.first(),
    }


def _filters(request: HttpRequest) -> sent.Filters:
    group = request.GET.get("staat", "")
    return sent.Filters(
        group=group if group in sent.GROUPS else "",
        session=_uuid(request.GET.get("bijeenkomst")),
        edition=request.GET.get("editie", "")[:100],
    )


def _session(filters: sent.Filters) -> Session | None:
    if filters.session is None:
        return None
    return Session.objects.select_related("course").filter(public_id=filters.session).first()


def _uuid(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        return None


@access.requires(sees_post)
@require_POST
def resend(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The same mail once more, because somebody says it did not come."""
    reader = sent.Reader.of(access.me(request))
    message = get_object_or_404(
        sent.visible(reader).select_related("person", "invitation"), public_id=public_id
    )
    if not sent.row_for(message, reader).may_resend:
        raise Http404
    try:
        with transaction.atomic():
            resend_message(message)
            audit.record("message.resent", actor=reader.person, subject=message)
    except NotResent as reason:
        messages.error(request, str(reason))
    else:
        messages.success(request, _("Het bericht gaat opnieuw weg."))
    return _back(request)


@access.requires(sees_post)
@require_POST
def try_address(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """An address that refused our mail works again, says somebody who asked its owner."""
    reader = sent.Reader.of(access.me(request))
    row = get_object_or_404(sent.refused(reader), public_id=public_id)
    addresses.try_again(row, by=reader.person)
    messages.success(request, _("We mailen weer naar %(address)s.") % {"address": row.address})
    return _back(request)


@access.requires(sees_post)
@require_POST
def try_domain(request: HttpRequest) -> HttpResponse:
    """The gateway of this domain refused invitations; somebody says that it takes them now."""
    reader = sent.Reader.of(access.me(request))
    domain = request.POST.get("domein", "")[:255].lower()
    number = bounced.try_domain(reader, domain, by=reader.person) if domain else 0
    if number:
        messages.success(
            request,
            ngettext(
                "%(number)d uitnodiging gaat opnieuw naar %(domain)s.",
                "%(number)d uitnodigingen gaan opnieuw naar %(domain)s.",
                number,
            )
            % {"number": number, "domain": domain},
        )
    else:
        messages.info(request, _("Hier is niets meer om opnieuw te sturen."))
    return _back(request)


@access.requires(pauses_bulk)
@require_POST
def pause(request: HttpRequest) -> HttpResponse:
    pausing.pause_bulk(by=access.me(request))
    messages.success(request, _("De bulkmail staat stil. Codes en uitnodigingen gaan gewoon door."))
    return redirect("notifications:sent")


@access.requires(pauses_bulk)
@require_POST
def resume(request: HttpRequest) -> HttpResponse:
    pausing.resume_bulk(by=access.me(request))
    messages.success(request, _("De bulkmail gaat weer door."))
    return redirect("notifications:sent")


def _back(request: HttpRequest) -> HttpResponse:
    """To the page with the filters somebody came from."""
    where = request.POST.get("terug", "")
    if where.startswith("/") and url_has_allowed_host_and_scheme(where, allowed_hosts=None):
        return redirect(where)
    return redirect("notifications:sent")
