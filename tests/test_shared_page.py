# SPDX-License-Identifier: EUPL-1.2
"""One copy of the catalogue for who asks in the same second: never anybody's own, never an old one."""

import time

import pytest
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.test import Client, RequestFactory
from django.urls import reverse

import tjc.urls  # noqa: F401 - read while this is still a demo, for the tests after these
from base import shared_page
from courses.models import Session
from tests.factories import PersonFactory, SessionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_copies(settings):
    settings.SHARED_PAGE_SECONDS = 60
    settings.DEMO_MODE = False  # its banner signs in with one click, so it has a form token
    shared_page.forget()
    yield
    shared_page.forget()


@pytest.fixture
def course():
    return SessionFactory(capacity=9, course__title="Brieven die iedereen snapt").course


def sell_one(course):
    session = Session.objects.get(course=course)
    session.taken += 1
    session.save()


def shown(client, path="/cursussen/", **headers):
    return client.get(path, headers=headers).content.decode()


def test_visitors_share_one_copy(client, course, django_assert_num_queries):
    first = shown(client)
    with django_assert_num_queries(0):
        again = client.get("/cursussen/")
    assert again.content.decode() == first
    assert "9 van 9 plekken vrij" in first
    assert {"Cookie", "HX-Request"} <= {part.strip() for part in again["Vary"].split(",")}
    assert again["Content-Security-Policy"]


def test_a_copy_is_not_kept_longer_than_it_may(client, course, settings):
    assert "9 van 9 plekken vrij" in shown(client)
    sell_one(course)
    assert "9 van 9 plekken vrij" in shown(client)
    shared_page.forget()
    settings.SHARED_PAGE_SECONDS = 0.05
    assert "8 van 9 plekken vrij" in shown(client)
    sell_one(course)
    time.sleep(0.1)
    assert "7 van 9 plekken vrij" in shown(client)


def test_who_is_signed_in_gets_a_page_of_the_own_and_leaves_none_behind(client, course):
    shown(client)
    sell_one(course)
    me = PersonFactory(name="Merel Jansen")
    client.force_login(me)
    own = shown(client)
    assert "8 van 9 plekken vrij" in own
    assert "Mijn TJC" in own
    client.logout()
    client.cookies.clear()
    assert "Mijn TJC" not in shown(client)


def test_who_just_signed_out_reads_it_and_nobody_else_does(client, course):
    client.force_login(PersonFactory())
    client.post(reverse("accounts:signout"))
    client.cookies.pop("sessionid")  # as a browser does with a cookie that is taken back
    visitor = Client()
    assert "Tot de volgende keer" in shown(client)
    assert "Tot de volgende keer" not in shown(visitor)
    client.force_login(PersonFactory())
    client.post(reverse("accounts:signout"))
    client.cookies.pop("sessionid")
    assert "Tot de volgende keer" in shown(client)


def test_another_question_language_or_part_is_another_copy(client, course):
    pages = [
        shown(client),
        shown(client, "/cursussen/?vrij=1"),
        shown(client, "/en/cursussen/"),
        shown(client, **{"HX-Request": "true"}),
    ]
    assert len(set(pages)) == 4
    assert [shown(client), shown(client, "/en/cursussen/")] == [pages[0], pages[2]]


def test_switched_off_it_keeps_nothing(client, course, settings):
    settings.SHARED_PAGE_SECONDS = 0
    assert "9 van 9 plekken vrij" in shown(client)
    sell_one(course)
    assert "8 van 9 plekken vrij" in shown(client)


def made_of(view, times=2):
    """What ``times`` visitors of a view get."""
    wrapped = shared_page.shared_page(view)
    return [wrapped(RequestFactory().get("/proef/")) for _ in range(times)]


def counting(answer):
    """A view that numbers its answers."""
    asked = []

    def view(request: HttpRequest) -> HttpResponse:
        asked.append(request)
        return answer(request, len(asked))

    return view


def test_the_page_of_a_demo_is_not_kept(client, course, settings):
    settings.DEMO_MODE = True
    shown(client)
    sell_one(course)
    assert "8 van 9 plekken vrij" in shown(client)


def test_a_page_with_a_form_token_is_never_kept():
    view = counting(lambda request, number: HttpResponse(f"{number} {get_token(request)[:0]}"))
    assert [page.content for page in made_of(view)] == [b"1 ", b"2 "]


def test_a_cookie_or_an_error_is_never_kept():
    def with_cookie(request, number):
        response = HttpResponse(str(number))
        response.set_cookie("x", "y")
        return response

    assert [page.content for page in made_of(counting(with_cookie))] == [b"1", b"2"]
    failing = counting(lambda request, number: HttpResponse(str(number), status=503))
    assert [page.content for page in made_of(failing)] == [b"1", b"2"]


def test_there_are_never_more_than_so_many_copies():
    wrapped = shared_page.shared_page(lambda request: HttpResponse("x"))
    for number in range(shared_page.MOST + 7):
        wrapped(RequestFactory().get(f"/proef/?n={number}"))
    assert len(shared_page._copies) == shared_page.MOST
