# SPDX-License-Identifier: EUPL-1.2
"""What trainers type about a course and its dates. Rules live in courses.domain; a refusal comes back to its field."""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from base import clock
from base.templatetags.dates import duration
from base.text import one_line
from courses.domain.capacity import check_day, check_reserved
from courses.domain.teaching import Place
from courses.errors import ChangeRefused
from courses.forms.fields import (
    MINUTES,
    NO_DATE,
    BeginTime,
    Day,
    Line,
    Minutes,
    OnlineLink,
    RefusableForm,
    Text,
    ThemeField,
)
from courses.models import Course, Session
from courses.models.course import Format

MAX_GOALS = 3
MAX_GOAL_LENGTH = 150


class MomentForm(RefusableForm):
    """When and where: the fields of plan_session and change_session."""

    day = Day()
    time = BeginTime()
    minutes = Minutes(
        label=gettext_lazy("Hoe lang duurt het?"),
        help_text=gettext_lazy("In de TJC-week duurt een cursus hooguit een uur."),
        error_messages={
            "required": gettext_lazy("Kies hoe lang je cursus duurt."),
            "invalid": gettext_lazy("Kies hoe lang je cursus duurt."),
        },
    )
    format = forms.ChoiceField(
        label=gettext_lazy("Waar geef je de cursus?"),
        choices=[
            (Format.ONLINE.value, Format.ONLINE.label),
            (Format.ON_SITE.value, Format.ON_SITE.label),
            (Format.HYBRID.value, Format.HYBRID.label),
        ],
        widget=forms.RadioSelect,
        initial=Format.ONLINE.value,
        error_messages={
            "required": gettext_lazy("Kies waar je de cursus geeft."),
            "invalid_choice": gettext_lazy("Kies waar je de cursus geeft."),
        },
    )
    online_url = OnlineLink()
    place = Line(
        label=gettext_lazy("Gebouw"),
        max_length=120,
        help_text=gettext_lazy("Bijvoorbeeld: Stadskantoor"),
        error_messages={"required": gettext_lazy("Vul in waar je de cursus geeft.")},
    )
    room = Line(label=gettext_lazy("Zaal"), required=False, max_length=80)
    city = Line(label=gettext_lazy("Plaats"), required=False, max_length=80)

    #: Fields that mean nothing with that choice of ``format``: what stands there is not judged.
    _IDLE = {
        Format.ONLINE: ("place", "room", "city"),
        Format.ON_SITE: ("online_url",),
        Format.HYBRID: (),
    }

    def offer_minutes(self, minutes: Iterable[int]) -> None:
        """Lengths that exist already stay a choice, whatever the usual ones are."""
        lengths = sorted({*MINUTES, *minutes})
        widget = self.fields["minutes"].widget
        widget.choices = [(n, duration(n)) for n in lengths]

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        idle = self._IDLE.get(cleaned.get("format", ""), ("place", "room", "city", "online_url"))
        for name in idle:
            self.errors.pop(name, None)
            cleaned[name] = ""
        return cleaned

    def place_typed(self) -> Place | None:
        """None when there is no building, which online is fine and elsewhere refused by the domain."""
        cleaned = self.cleaned_data
        if not cleaned["place"]:
            return None
        return Place(name=cleaned["place"], room=cleaned["room"], city=cleaned["city"])

    def moment(self) -> dict[str, Any]:
        """Arguments of change_session, without the place."""
        names = ("day", "time", "minutes", "format", "online_url")
        return {name: self.cleaned_data[name] for name in names}


class SeatsForm(RefusableForm):
    """How many seats, for whom and until when: the fields of change_seats."""

    capacity = forms.IntegerField(
        label=gettext_lazy("Hoeveel plekken zijn er?"),
        initial=20,
        error_messages={
            "required": gettext_lazy("Vul in hoeveel collega’s mee kunnen doen."),
            "invalid": gettext_lazy("Vul een heel getal in, bijvoorbeeld 20."),
        },
    )
    reserved_seats = forms.IntegerField(
        label=gettext_lazy("Plekken voor andere organisaties"),
        required=False,
        min_value=0,
        help_text=gettext_lazy("Zoveel plekken houd je vrij voor collega’s van buiten."),
        error_messages={
            "invalid": gettext_lazy("Vul een heel getal in, bijvoorbeeld 5."),
            "min_value": gettext_lazy("Vul een heel getal in, bijvoorbeeld 5."),
        },
    )
    reserved_until = forms.DateField(
        label=gettext_lazy("Vrijhouden tot"),
        required=False,
        help_text=gettext_lazy("Vanaf deze dag mag iedereen de plekken nemen."),
        error_messages={"invalid": NO_DATE},
    )
    registration_closes = forms.DateField(
        label=gettext_lazy("Aanmelden kan tot en met"),
        required=False,
        help_text=gettext_lazy("Vul je niets in? Dan kan het tot het begin."),
        error_messages={"invalid": NO_DATE},
    )

    #: The day of a session that is planned; for a new one it is typed.
    day_planned: dt.date | None = None

    @classmethod
    def of(cls, session: Session, data: Any = None) -> "SeatsForm":
        """The seats of a session that is planned."""
        form = cls(data, initial=seats_of(session))
        form.day_planned = clock.local(session.starts_at).date()
        return form

    @property
    def more_open(self) -> bool:
        """Whether what is folded away is filled or wrong."""
        names = ("reserved_seats", "reserved_until", "registration_closes")
        return any(self[name].errors or self[name].value() for name in names)

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        day = self.day_planned or cleaned.get("day")
        until, closes = cleaned.get("reserved_until"), cleaned.get("registration_closes")
        if "reserved_until" not in self.errors:
            self._judge(check_reserved, cleaned.get("reserved_seats") or 0, until)
        for name, date in (("reserved_until", until), ("registration_closes", closes)):
            # A day that is over stays what it is as long as nobody touches it.
            if day and (not self.day_planned or name in self.changed_data):
                self._judge(check_day, name, date, day)
        return cleaned

    def _judge(self, check: Callable[..., None], *given: Any) -> None:
        """Every error at once: the domain, asked again when it is done, stops at the first."""
        try:
            check(*given)
        except ChangeRefused as error:
            self.refuse(error)

    def seats(self) -> dict[str, Any]:
        """Arguments of change_seats: what differs from how the session is."""
        closes = self.cleaned_data["registration_closes"]
        found = {
            "capacity": self.cleaned_data["capacity"],
            "reserved_seats": self.cleaned_data["reserved_seats"] or 0,
            "reserved_until": _midnight(self.cleaned_data["reserved_until"]),
            # "Tot en met" ends when the next day begins.
            "registration_closes": _midnight(closes + dt.timedelta(days=1)) if closes else None,
        }
        if self.day_planned:
            found = {name: found[name] for name in self.changed_data if name in found}
        if "registration_closes" in found:
            found["registration_closes_at"] = found.pop("registration_closes")
        return found


class SessionForm(SeatsForm, MomentForm):
    """A new date: when, where and how many seats."""

    def moment(self) -> dict[str, Any]:
        """Arguments of plan_session, without the place."""
        return super().moment() | self.seats()


class TextForm(RefusableForm):
    """What a course is about: the fields of change_course."""

    title = Line(
        label=gettext_lazy("Titel"),
        max_length=120,
        help_text=gettext_lazy("Begin met wat je leert: “Draaitabellen in Excel”"),
        error_messages={"required": gettext_lazy("Geef je cursus een titel.")},
    )
    promise = Line(
        label=gettext_lazy("Belofte in één zin"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Wat kan je collega na afloop?"),
        error_messages={"required": gettext_lazy("Schrijf in één zin wat je collega leert.")},
    )
    theme = ThemeField()
    goals = Text(
        label=gettext_lazy("Dit kun je na afloop"),
        required=False,
        help_text=gettext_lazy("Hooguit drie dingen, elk op een eigen regel."),
    )
    bring = Line(label=gettext_lazy("Neem mee"), required=False, max_length=300)
    description = Text(
        label=gettext_lazy("Over de cursus"),
        required=False,
        rows=6,
        max_length=5000,
        help_text=gettext_lazy("Met een lege regel begin je een alinea, met * een opsomming."),
    )
    quote = Line(
        label=gettext_lazy("Waarom geef je dit?"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Eén zin in je eigen woorden. Die staat bij je naam."),
    )
    level = forms.ChoiceField(
        label=gettext_lazy("Niveau"), choices=Course.Level.choices, initial=Course.Level.EVERYONE
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Taal"),
        choices=[("nl", gettext_lazy("Nederlands")), ("en", gettext_lazy("Engels"))],
        initial="nl",
    )
    licence = forms.ChoiceField(
        label=gettext_lazy("Wie mag je materiaal gebruiken?"),
        choices=Course.Licence.choices,
        initial=Course.Licence.CC_BY,
    )

    def clean_goals(self) -> list[str]:
        lines = [one_line(line.lstrip("-*• ")) for line in self.cleaned_data["goals"].splitlines()]
        goals = [line for line in lines if line]
        if len(goals) > MAX_GOALS:
            raise forms.ValidationError(_("Noem hooguit drie dingen."))
        if any(len(goal) > MAX_GOAL_LENGTH for goal in goals):
            raise forms.ValidationError(_("Maak elke regel hooguit 150 tekens lang."))
        return goals

    def text(self) -> dict[str, Any]:
        """Arguments of change_course."""
        return {name: self.cleaned_data[name] for name in TextForm.base_fields}


class TeachForm(TextForm, SessionForm):
    """«Wat kun jij goed?»: everything in one sitting."""

    #: Fields in the part that is folded away; it opens when one of them is filled or wrong.
    DETAILS = (
        "goals",
        "bring",
        "description",
        "quote",
        "level",
        "language",
        "licence",
        "reserved_seats",
        "reserved_until",
        "registration_closes",
    )

    field_order = ("title", "promise", "theme", *MomentForm.base_fields, "capacity", *DETAILS)

    @property
    def details_open(self) -> bool:
        return any(self[name].errors for name in self.DETAILS)


def _midnight(day: dt.date | None) -> dt.datetime | None:
    """When the day begins in Europe/Amsterdam."""
    return clock.from_wall_time(day, dt.time(0, 0)) if day else None


def typed_in(form: type[forms.Form], data: Any) -> dict[str, str]:
    """What somebody typed in a form, as typed."""
    return {name: data.get(name, "") for name in form.base_fields}


def text_of(course: Course) -> dict[str, Any]:
    """The present text of a course, for a TextForm."""
    values = {name: getattr(course, name) for name in TextForm.base_fields}
    theme = course.theme
    return values | {"goals": "\n".join(course.goals), "theme": theme.slug if theme else ""}


def moment_of(session: Session) -> dict[str, Any]:
    """The present time and place of a session, for a MomentForm."""
    start = clock.local(session.starts_at)
    place = session.location
    return {
        "day": start.date(),
        "time": start.time(),
        "minutes": session.minutes,
        "format": session.format,
        "online_url": session.online_url,
        "place": place.name if place else "",
        "room": place.room if place else "",
        "city": place.city if place else "",
    }


def seats_of(session: Session) -> dict[str, Any]:
    """The present seats of a session, for a SeatsForm. What was kept until a day that is over is no more."""
    kept = session.reserved_now()
    until, closes = session.reserved_until, session.registration_closes_at
    return {
        "capacity": session.capacity,
        "reserved_seats": kept or None,
        "reserved_until": clock.local(until).date() if kept and until else None,
        # The last day on which somebody can sign up.
        "registration_closes": (
            clock.local(closes - dt.timedelta(microseconds=1)).date() if closes else None
        ),
    }
