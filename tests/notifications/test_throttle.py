# SPDX-License-Identifier: EUPL-1.2
"""How fast mail may go to one domain: buckets, connections, and what a drain makes of them.

Rates are low and waits short: these tests read the real clock.
"""

import time
import uuid

import pytest
import redis
from django.core import mail

from notifications import delivery, outbox
from notifications.models import Message
from notifications.models.message import Kind
from notifications.throttle import InProcess, InRedis, Throttle
from tests.factories import OrganisationFactory, PersonFactory, SessionFactory
from tests.notifications.conftest import seat

#: One mail at once, and the next one long after the test.
SLOW = 0.01


@pytest.fixture(params=["process", "redis"])
def store(request, settings):
    if request.param == "process":
        return InProcess()
    location = settings.CACHES["default"].get("LOCATION", "")
    if not location.startswith("redis"):
        pytest.skip("the cache of this engine is not Redis")
    return InRedis(location, f"test{uuid.uuid4().hex}:")


def test_a_bucket_gives_its_share_and_fills_again(store):
    bucket = {"rate": 20, "capacity": 40, "forced": False}
    assert store.take({"cjib.nl": 100}, **bucket)["cjib.nl"][0] == 40
    assert store.take({"cjib.nl": 100, "utrecht.nl": 3}, **bucket)["utrecht.nl"][0] == 3
    time.sleep(0.3)
    taken, left = store.take({"cjib.nl": 100}, **bucket)["cjib.nl"]
    assert 5 <= taken <= 40
    assert 0 <= left < 1


def test_forced_mail_always_goes_and_bulk_makes_room_for_it(store):
    assert store.take({"cjib.nl": 30}, rate=0.1, capacity=20, forced=True)["cjib.nl"][0] == 30
    assert store.take({"cjib.nl": 1}, rate=0.1, capacity=20, forced=False)["cjib.nl"][0] == 0


def test_connections_are_bounded_and_end_by_themselves(store):
    took = [store.connect(name, most=2, seconds=60) for name in ("a", "b", "c", "a")]
    assert took == [True, True, False, True]
    store.disconnect("a")
    assert store.connect("c", most=2, seconds=0.2)
    time.sleep(0.3)
    assert store.connect("d", most=2, seconds=60)


def test_without_redis_the_process_counts_by_itself():
    class Away(InProcess):
        def take(self, *args, **kwargs):
            raise redis.ConnectionError

        def connect(self, *args, **kwargs):
            raise redis.ConnectionError

        disconnect = connect

    throttle = Throttle(rate=0.01, connections=1, store=Away())
    domain = f"{uuid.uuid4().hex}.nl"
    assert throttle.admit([domain] * 5)[domain] == 1
    assert throttle.closed() == [domain]
    assert throttle.connect()
    throttle.disconnect()


def owe(session, number, domain):
    employer = OrganisationFactory()
    for n in range(number):
        seat(session, PersonFactory(email=f"m{n}@{domain}", organisation=employer))


def sent_to():
    return [message.to[0].partition("@")[2] for message in mail.outbox]


@pytest.mark.django_db
def test_a_domain_at_its_limit_holds_up_nobody_else(store):
    session = SessionFactory(capacity=100)
    owe(session, 6, "groot.example")
    owe(session, 1, "klein.example")
    mail.outbox.clear()
    tally = delivery.drain(seconds=0, throttle=Throttle(rate=SLOW, store=store))
    assert sent_to() == ["groot.example", "klein.example"]
    assert (tally.sent, tally.throttled) == (2, True)
    rest = Message.objects.filter(state="pending")
    assert set(rest.values_list("domain", "attempts", "lease_token")) == {
        ("groot.example", 0, None)
    }


@pytest.mark.django_db
def test_a_long_queue_of_one_domain_holds_up_nobody_behind_it(store, monkeypatch):
    monkeypatch.setattr(delivery, "BATCH", 4)
    session = SessionFactory(capacity=100)
    owe(session, 15, "groot.example")
    owe(session, 1, "klein.example")
    # Another worker took its share a moment ago.
    Throttle(rate=SLOW, store=store).admit(["groot.example"])
    mail.outbox.clear()
    delivery.drain(seconds=0, throttle=Throttle(rate=SLOW, store=store))
    assert sent_to() == ["klein.example"]


@pytest.mark.django_db
def test_codes_do_not_wait_for_the_rate(store):
    session = SessionFactory(capacity=100)
    owe(session, 4, "groot.example")
    for n, person in enumerate(PersonFactory.create_batch(3, organisation=OrganisationFactory())):
        outbox.put(
            Kind.LOGIN_CODE,
            key=f"code:{n}",
            person=person,
            to=f"code{n}@groot.example",
            secret="123456",
            queue="urgent",
        )
    mail.outbox.clear()
    began = time.monotonic()
    delivery.drain(seconds=0, throttle=Throttle(rate=SLOW, store=store))
    assert [message.to[0] for message in mail.outbox] == [
        f"code{n}@groot.example" for n in range(3)
    ]
    assert time.monotonic() - began < 1 / SLOW  # by the rate, the second may go after that


@pytest.mark.django_db
def test_a_drain_waits_for_the_rate_until_all_is_sent(store):
    owe(SessionFactory(capacity=100), 12, "groot.example")
    began = time.monotonic()
    tally = delivery.drain(throttle=Throttle(rate=4, store=store))
    # Eight at once, the other four at four a second.
    assert (tally.sent, tally.throttled) == (12, False)
    assert time.monotonic() - began >= 0.9


@pytest.mark.django_db
def test_a_drain_without_a_connection_carries_urgent_mail_only(store):
    owe(SessionFactory(capacity=100), 1, "groot.example")
    person = PersonFactory(email="code@groot.example")
    outbox.put(Kind.LOGIN_CODE, key="code:1", person=person, secret="123456", queue="urgent")
    assert store.connect("another worker", most=1, seconds=5)
    assert delivery.drain(throttle=Throttle(rate=0, connections=1, store=store)).sent == 1
    store.disconnect("another worker")
    assert delivery.drain(throttle=Throttle(rate=0, connections=1, store=store)).sent == 1


@pytest.mark.django_db
def test_a_batch_is_sorted_by_domain():
    session = SessionFactory(capacity=100)
    for n, domain in enumerate(["b.example", "a.example", "b.example", "a.example"]):
        seat(session, PersonFactory(email=f"m{n}@{domain}"))
    mail.outbox.clear()
    delivery.drain()
    assert sent_to() == ["a.example"] * 2 + ["b.example"] * 2


@pytest.mark.django_db
def test_a_slow_server_does_not_hold_up_a_code_that_comes_in_the_middle_of_a_batch(monkeypatch):
    """A look at the urgent queue between two mails, not only between two batches."""
    monkeypatch.setattr(delivery, "URGENT_EVERY", 0.0)
    owe(SessionFactory(capacity=100), 5, "groot.example")
    person = PersonFactory(email="code@groot.example")
    carry_one = delivery._carry_one

    def one_by_one(message, *args):
        carry_one(message, *args)
        if message.kind != Kind.LOGIN_CODE:
            outbox.put(Kind.LOGIN_CODE, key="code:1", person=person, secret="1", queue="urgent")

    monkeypatch.setattr(delivery, "_carry_one", one_by_one)
    mail.outbox.clear()
    delivery.drain()
    assert [message.to[0].partition("@")[0] for message in mail.outbox] == [
        "m0",
        "code",
        "m1",
        "m2",
        "m3",
        "m4",
    ]
