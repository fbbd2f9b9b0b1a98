# SPDX-License-Identifier: EUPL-1.2
"""security.txt as RFC 9116 asks."""

import datetime as dt

import time_machine
from django.test import RequestFactory

from tjc.pages.wellknown import security_txt


@time_machine.travel(dt.datetime(2026, 12, 31, 23, 30, tzinfo=dt.UTC), tick=False)
def test_security_txt_has_the_five_fields(settings):
    settings.SECURITY_CONTACT = "mailto:security@utrecht.nl"
    settings.BASE_URL = "https://tjc.utrecht.nl"
    answer = security_txt(RequestFactory().get("/.well-known/security.txt"))
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.content.decode() == (
        "Contact: mailto:security@utrecht.nl\n"
        "Expires: 2027-06-29T00:00:00Z\n"
        "Preferred-Languages: nl, en\n"
        "Canonical: https://tjc.utrecht.nl/.well-known/security.txt\n"
        "Policy: https://tjc.utrecht.nl/contact/\n"
    )


def test_it_expires_within_a_year_and_not_within_a_month():
    text = security_txt(RequestFactory().get("/.well-known/security.txt")).content.decode()
    fields = dict(line.split(": ", 1) for line in text.splitlines())
    left = dt.datetime.fromisoformat(fields["Expires"]) - dt.datetime.now(dt.UTC)
    assert dt.timedelta(days=30) < left < dt.timedelta(days=365)
