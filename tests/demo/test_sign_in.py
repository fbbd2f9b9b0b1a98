# SPDX-License-Identifier: EUPL-1.2
import os
import subprocess
import sys

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent, Person
from tjc.demo.roles import ROLES


def run_python(code, **env):
    """In a process of its own: settings modules can be loaded only once."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "name", "start"),
    [
        ("learner", "Merel Jansen", "/mijn/"),
        ("trainer", "Samira El Idrissi", "/mijn/cursussen/"),
        ("coordinator", "Willemijn Bax", "/coordinatie/bereik/"),
        ("national", "Jelle Bakema", "/edities-beheer/"),
        ("admin", "Latifa Amezian", "/beheer/"),
    ],
)
def test_one_click_signs_in_as_the_role(loaded, client, role, name, start):
    answer = client.post(reverse("demo:sign-in"), {"role": role})
    assert (answer.status_code, answer.url) == (302, start)
    assert Person.objects.get(pk=client.session["_auth_user_id"]).name == name
    assert client.session["demo_role"] == role


@pytest.mark.django_db
def test_another_role_starts_a_new_session(loaded, client):
    client.post(reverse("demo:sign-in"), {"role": "learner"})
    first = client.session.session_key
    client.post(reverse("demo:sign-in"), {"role": "trainer"})
    assert client.session.session_key != first
    assert client.session["demo_role"] == "trainer"


@pytest.mark.django_db
def test_signing_out_forgets_the_role(loaded, client):
    client.post(reverse("demo:sign-in"), {"role": "learner"})
    assert client.post(reverse("demo:sign-out")).url == "/"
    assert dict(client.session) == {}


@pytest.mark.django_db
def test_an_unknown_role_is_not_found(client):
    assert client.post(reverse("demo:sign-in"), {"role": "koning"}).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["sign-in", "sign-out"])
def test_a_link_cannot_sign_in_or_out(client, name):
    assert client.get(reverse(f"demo:{name}")).status_code == 405


@pytest.mark.django_db
def test_signing_in_needs_the_form_of_our_own_page(loaded):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(reverse("demo:sign-in"), {"role": "admin"}).status_code == 403
    assert "_auth_user_id" not in strict.session


@pytest.mark.django_db
def test_without_demo_data_nobody_is_signed_in(loaded, client):
    AuditEvent.objects.filter(verb="demo.loaded").delete()
    assert client.post(reverse("demo:sign-in"), {"role": "admin"}).url == "/"
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db
def test_a_role_whose_account_was_deleted_says_how_to_get_it_back(loaded, client):
    """'Verwijder mijn account' works in the demo too."""
    client.post(reverse("demo:sign-in"), {"role": "learner"})
    client.post("/mijn/gegevens/verwijderen/")
    answer = client.post(reverse("demo:sign-in"), {"role": "learner"}, follow=True)
    assert "Dit account is verwijderd." in answer.content.decode()
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db
def test_banner_offers_every_role_and_marks_the_current_one(loaded, client):
    client.post(reverse("demo:sign-in"), {"role": "trainer"})
    answer = client.get(reverse("demo:mails"))
    shown = [(str(role["label"]), role["current"]) for role in answer.context["demo_roles"]]
    assert shown == [(str(role.label), role.key == "trainer") for role in ROLES]
    assert answer.content.decode().count('name="role"') == 5


@pytest.mark.django_db
def test_banner_costs_an_anonymous_visitor_no_query(client, django_assert_num_queries, settings):
    with django_assert_num_queries(0):
        answer = client.get(reverse("demo:mails"))
    assert answer.context["demo_roles"][0]["current"] is False


PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "tjc.settings.production",
    "SECRET_KEY": "p" * 60,
    "BASE_URL": "https://trainjecollega.example",
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
}


def test_production_has_no_demo_app():
    code = (
        "from django.conf import settings as s; print('tjc.demo' in s.INSTALLED_APPS, s.DEMO_MODE)"
    )
    assert run_python(code, **PRODUCTION) == "False False"
    assert run_python(code, DJANGO_SETTINGS_MODULE="tjc.settings.demo") == "True True"


def test_production_has_no_demo_page_and_no_demo_context():
    code = """
import django; django.setup()
from django.conf import settings
from django.urls import Resolver404, resolve
for path in ("/demo/inloggen/", "/demo/uitloggen/", "/demo/postbus/", "/beheer/"):
    try:
        resolve(path)
        print(path, "page")
    except Resolver404:
        print(path, "nothing")
print(any("demo" in p for p in settings.TEMPLATES[0]["OPTIONS"]["context_processors"]))
"""
    assert run_python(code, **PRODUCTION).splitlines() == [
        "/demo/inloggen/ nothing",
        "/demo/uitloggen/ nothing",
        "/demo/postbus/ nothing",
        "/beheer/ page",
        "False",
    ]


@pytest.mark.parametrize(
    "email_url", ["smtp://user:pass@mail.example:25", "smtps://mail.example", "file:///elsewhere"]
)
def test_demo_writes_files_whatever_email_url_says(email_url, tmp_path):
    code = """
import django; django.setup()
from django.conf import settings
from django.core.mail import get_connection
print(type(get_connection()).__name__, settings.EMAIL_FILE_PATH)
"""
    env = {"DJANGO_SETTINGS_MODULE": "tjc.settings.demo", "EMAIL_URL": email_url}
    answer = run_python(code, TJC_VAR=str(tmp_path), **env)
    assert answer == f"EmlFileBackend {tmp_path / 'mail'}"
