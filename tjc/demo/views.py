# SPDX-License-Identifier: EUPL-1.2
"""One-click sign-in and the mailbox. These URLs exist only in demo mode (tjc.urls)."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import translate_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tjc.demo import postbox
from tjc.demo.loading.state import marker
from tjc.demo.roles import BY_KEY, SESSION_KEY, person_for

PAGE_SIZE = 25


@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """Become the person of the chosen demo role and start on the page of that role."""
    role = BY_KEY.get(request.POST.get("role", ""))
    if role is None:
        raise Http404
    person = person_for(role)
    if person is None:
        if marker() is None:
            sentence = _("Er zijn geen demogegevens geladen. Start met make demo.")
        else:
            sentence = _(
                "Dit account is verwijderd. Wil je het terug? Gooi de map var weg en start make demo opnieuw."
            )
        messages.error(request, sentence)
        return redirect(_in_language(request, "/"))
    logout(request)
    login(request, person, backend="django.contrib.auth.backends.ModelBackend")
    request.session[SESSION_KEY] = role.key
    return redirect(_in_language(request, role.start))


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect(_in_language(request, "/"))


def _in_language(request: HttpRequest, path: str) -> str:
    """These addresses have no language of their own: the page with the button had one."""
    code = request.POST.get("taal", "")
    return translate_url(path, code) if code in dict(settings.LANGUAGES) else path


@require_safe
def mail_list(request: HttpRequest) -> HttpResponse:
    recipient = request.GET.get("aan", "")
    page = Paginator(postbox.mails(recipient=recipient), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    return render(request, "demo/mail_list.html", {"page_obj": page, "recipient": recipient})


@require_safe
def mail_detail(request: HttpRequest, key: str) -> HttpResponse:
    return render(request, "demo/mail_detail.html", {"mail": _mail_or_404(key)})


@require_safe
def mail_file(request: HttpRequest, key: str) -> HttpResponse:
    """The mail as it was sent, octet for octet."""
    return _download(_mail_or_404(key).octets, "message/rfc822", "bericht.eml")


@require_safe
def calendar_file(request: HttpRequest, key: str) -> HttpResponse:
    part = _mail_or_404(key).calendar
    if part is None:
        raise Http404
    kind = "text/calendar; charset=utf-8"
    if part.method:
        kind += f"; method={part.method}"
    return _download(part.octets, kind, "uitnodiging.ics")


def _mail_or_404(key: str) -> postbox.Mail:
    mail = postbox.mail(key)
    if mail is None:
        raise Http404
    return mail


def _download(octets: bytes, content_type: str, name: str) -> HttpResponse:
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(octets, content_type=content_type, headers=disposition)
