# SPDX-License-Identifier: EUPL-1.2
"""Everything we hold about somebody, as data (article 15 and 20 GDPR).

Follows every relation to the person, so that a table that is added to any room is in it the same day. What
belongs to others is left out: their names and addresses, and what only a machine reads.
"""

import datetime as dt
import uuid
from typing import Any

from django.db.models import BinaryField, Field, ForeignKey, Model

from accounts.models import Organisation, Person
from base import clock
from courses.models import Course, Edition, Evaluation, Location, Session, Theme

#: Of these a row may be named; any other could carry somebody else's name.
NAMED: tuple[type[Model], ...] = (Course, Edition, Location, Organisation, Session, Theme)
#: Nothing about the person, or the same again: through tables and tables of Django and allauth.
LEFT_OUT = frozenset({"courses.Course", "account.EmailAddress", "admin.LogEntry"})
#: What somebody typed about a colleague is that colleague's.
_OF_OTHERS = {"matching.Nomination": frozenset({"email", "name", "said_no_key"})}
#: A session is named after its course.
_JOINS: dict[object, str] = {Session: "{}__course"}
#: Keys, secrets and the bookkeeping of the outbox.
_MACHINE = frozenset(
    {
        "id",
        "public_id",
        "password",
        "person",
        "key",
        "digest",
        "hash",
        "prefix",
        "secret",
        "payload",
    }
    | {
        "key_hash",
        "facts",
        "sent_facts",
        "payload_hash",
        "lease_token",
        "lease_until",
        "draft",
        "notified_at",
    }
    | {"search_text", "search_more", "revision", "told_revision", "in_flight_until"}
)


def copy_of(person: Person) -> dict[str, Any]:
    return {
        "gemaakt_op": clock.local(clock.now()).isoformat(timespec="seconds"),
        "collega": _row(person),
        **{str(name): rows for name, rows in _related(person).items() if rows},
    }


def _related(person: Person) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for relation in sorted(Person._meta.related_objects, key=lambda one: str(one.name)):
        model = relation.related_model
        if model._meta.label in LEFT_OUT or relation.many_to_many:
            continue
        joins = [
            _JOINS.get(field.related_model, "{}").format(field.name) for field in _named(model)
        ]
        rows = model._default_manager.filter(**{relation.field.name: person}).order_by("pk")
        name = f"{model._meta.app_label}.{model._meta.verbose_name_plural}"
        found.setdefault(name, []).extend(_row(row) for row in rows.select_related(*joins))
        if model._meta.label == "courses.Registration":
            found["courses.evaluaties"] = [
                _row(row)
                for row in Evaluation.objects.filter(registration__person=person).order_by("pk")
            ]
    return found


def _named(model: type[Model]) -> "list[Field[Any, Any]]":
    fields = model._meta.fields
    return [one for one in fields if isinstance(one, ForeignKey) and one.related_model in NAMED]


def _row(row: Model) -> dict[str, Any]:
    found: dict[str, Any] = {}
    others = _OF_OTHERS.get(row._meta.label, frozenset())
    for field in row._meta.fields:
        if field.name in _MACHINE or field.name in others or isinstance(field, BinaryField):
            continue
        if isinstance(field, ForeignKey):
            if field.related_model in NAMED:
                found[field.name] = str(getattr(row, field.name) or "")
            continue
        found[field.name] = _plain(getattr(row, field.attname))
    for many in row._meta.many_to_many:
        if many.related_model in NAMED:
            found[many.name] = [str(one) for one in getattr(row, many.name).all()]
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return clock.local(value).isoformat(timespec="seconds")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return str(value)
    return value if isinstance(value, str | int | float | bool | list | dict | None) else str(value)
