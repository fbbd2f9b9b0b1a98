# SPDX-License-Identifier: EUPL-1.2
"""The administrator sees what went out and can send it again; nothing else can be done there."""

import pytest
import time_machine

from notifications.models import Message
from tests.factories import PersonFactory
from tests.notifications.conftest import SUMMER, post, seat, the_invitation


@pytest.fixture(autouse=True)
def clock_in_summer():
    with time_machine.travel(SUMMER, tick=False) as traveller:
        yield traveller


@pytest.fixture
def administrator(client, db):
    client.force_login(
        PersonFactory(is_staff=True, is_superuser=True, email="beheer@tjc.example"),
        backend="django.contrib.auth.backends.ModelBackend",
    )
    return client


@pytest.mark.parametrize("name", ["message", "invitation"])
def test_lists_and_rows_show_but_cannot_be_changed(name, administrator, rows, learner):
    seat(rows, learner)
    post()
    row = Message.objects.get() if name == "message" else the_invitation()
    address = f"/beheer/notifications/{name}/"

    assert administrator.get(address).status_code == 200
    page = administrator.get(f"{address}{row.pk}/change/")
    assert page.status_code == 200
    assert b'name="_save"' not in page.content
    assert administrator.post(f"{address}{row.pk}/change/", {"state": "dead"}).status_code == 403
    assert administrator.get(f"{address}add/").status_code == 403
    assert administrator.post(f"{address}{row.pk}/delete/", {"post": "yes"}).status_code == 403


def test_send_again_from_either_list(administrator, rows, learner):
    seat(rows, learner)
    post()
    for name, key in (("message", Message.objects.get().pk), ("invitation", the_invitation().pk)):
        answer = administrator.post(
            f"/beheer/notifications/{name}/",
            {"action": "send_again", "_selected_action": [str(key)]},
            follow=True,
        )
        assert [str(line) for line in answer.context["messages"]] == ["1 bericht gaat opnieuw weg."]
        assert [mail.shape for mail in post()] == [("REQUEST", 0)]


def test_a_code_is_not_sent_again_and_not_shown(administrator, rows, learner):
    from notifications.domain.people import send_code

    send_code(learner, email=learner.email, code="K7F3QX", language="nl", browser="a")
    row = Message.objects.get()
    answer = administrator.post(
        "/beheer/notifications/message/",
        {"action": "send_again", "_selected_action": [str(row.pk)]},
        follow=True,
    )
    assert [str(line) for line in answer.context["messages"]] == [
        f"{row.key}: Een code sturen we niet opnieuw. Vraag een nieuwe aan."
    ]
    page = administrator.get(f"/beheer/notifications/message/{row.pk}/change/").content.decode()
    assert "K7F3QX" not in page
    assert "secret" not in page


@pytest.mark.parametrize("name", ["message", "invitation"])
def test_a_list_of_three_takes_as_many_queries_as_of_one(
    name, administrator, rows, learner, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries():
        with CaptureQueriesContext(connection) as seen:
            assert administrator.get(f"/beheer/notifications/{name}/").status_code == 200
        return len(seen)

    seat(rows, learner)
    queries()
    one = queries()
    for number in range(2):
        seat(rows, PersonFactory(email=f"n{number}@cjib.example"))
    assert queries() == one
