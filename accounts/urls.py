# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from accounts.views import address, mine, roles, signin

app_name = "accounts"

urlpatterns = [
    path("inloggen/", signin.signin, name="signin"),
    path("inloggen/code/", signin.code, name="code"),
    path("inloggen/code/opnieuw/", signin.resend, name="resend"),
    path("uitloggen/", signin.signout, name="signout"),
    path("mijn/organisatie/", mine.organisation, name="organisation"),
    path("mijn/gegevens/", mine.details, name="me"),
    path("mijn/gegevens/werkmail/", address.new_address, name="new-address"),
    path("mijn/gegevens/werkmail/code/", address.code, name="new-address-code"),
    path("mijn/gegevens/werkmail/code/opnieuw/", address.resend, name="new-address-resend"),
    path("toegang-vragen/", roles.request_access, name="request-access"),
    path("coordinatie/toegang/", roles.access_requests, name="access"),
    path("coordinatie/toegang/<uuid:public_id>/", roles.decide_access, name="decide-access"),
    path("coordinatie/collegas-bevestigen/", roles.confirm_people, name="confirm-people"),
    path(
        "coordinatie/collegas-bevestigen/<uuid:public_id>/",
        roles.confirm_person,
        name="confirm-person",
    ),
]
