# SPDX-License-Identifier: EUPL-1.2
"""From what learners type and choose to what the domain takes."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.domain import names
from accounts.domain.organisations import search as search_organisations
from accounts.errors import AccountsError
from accounts.forms import OTHER, WorkEmailField
from accounts.models import Organisation
from courses.domain import catalogue
from courses.domain.search import MAX_QUERY

#: As much of a strange value as a notice repeats.
_SHOWN = 40
#: Registration.question
QUESTION_LIMIT = 500
#: Letters that a name of an organisation has at least.
SHORTEST_NAME = 2


def filters_from(query: QueryDict) -> catalogue.Filters:
    """The filters of an address. Unknown values are named, not obeyed; theme slugs are checked later."""
    unknown: list[str] = []

    def known(name: str, values: tuple[str, ...]) -> tuple[str, ...]:
        asked = query.getlist(name)
        unknown.extend(value for value in asked if value and value not in values)
        return tuple(value for value in values if value in asked)

    themes = tuple(dict.fromkeys(value for value in query.getlist("thema") if value))
    where = known("waar", catalogue.WHERE)
    when = known("wanneer", catalogue.WHEN)
    free = known("vrij", ("1",))
    asked = " ".join(query.get("q", "")[:MAX_QUERY].replace("\x00", "").split())
    sort = known("sorteer", sorts_for(asked))
    return catalogue.Filters(
        query=asked,
        themes=themes[:50],
        where=where,
        when=when,
        free=bool(free),
        sort=sort[0] if sort else sorts_for(asked)[0],
        unknown=tuple(unknown),
    )


def sorts_for(query: str) -> tuple[str, ...]:
    """The orders there are, the usual one first. What fits best is a question only with words to fit."""
    return catalogue.SORTS if query else catalogue.SORTS[1:]


def shown_unknown(values: tuple[str, ...]) -> list[str]:
    """Strange values as the notice repeats them: a few, cut off."""
    return [
        value if len(value) <= _SHOWN else f"{value[:_SHOWN]}…" for value in dict.fromkeys(values)
    ][:3]


class SignUpForm(forms.Form):
    """Three fields at most, of which two must be filled."""

    naam = forms.CharField(
        label=_("Je naam"),
        error_messages={"required": _("Vul je naam in.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    werkmail = WorkEmailField(help_text=_("Hier sturen we de uitnodiging voor je agenda naartoe."))
    vraag = forms.CharField(
        label=_("Wat wil je vooral leren?"),
        help_text=_("De trainer leest dit voor de cursus."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # POST, not GET: addresses do not belong in the log of a web server.
        self.fields["werkmail"].widget.attrs.update(
            {
                "data-hx-post": reverse("courses:register-organisation"),
                "data-hx-trigger": "change",
                "data-hx-params": "werkmail,csrfmiddlewaretoken",
                "data-hx-target": "#waar-je-werkt",
                "data-hx-swap": "innerHTML",
            }
        )

    def clean_naam(self) -> str:
        return _said(lambda: names.clean_name(self.cleaned_data["naam"]))

    def clean_vraag(self) -> str:
        return _said(lambda: names.one_line(self.cleaned_data["vraag"], limit=QUESTION_LIMIT))


class WorksAtForm(forms.Form):
    """Where somebody works, when the mail domain does not say: one of ``choices`` (a shared domain), one
    of all organisations, or one that we do not know yet."""

    organisatie = forms.ChoiceField(
        label=_("Waar werk je?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Kies je organisatie.")},
    )
    andere = forms.CharField(
        label=_("Hoe heet je organisatie?"),
        required=False,
        widget=forms.TextInput(attrs={"list": "organisaties", "autocomplete": "organization"}),
    )
    nieuw = forms.BooleanField(label=_("Mijn organisatie staat er niet bij"), required=False)
    mark_optional = False

    def __init__(self, *args: Any, choices: list[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_id = {str(choice.public_id): choice for choice in choices}
        self.organisation: Organisation | None = None
        if choices:
            field = self.fields["organisatie"]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [(key, choice.name) for key, choice in self.by_id.items()]
            field.choices += [(OTHER, _("Mijn organisatie staat er niet bij"))]
            self.fields["andere"].label = _("Staat je organisatie er niet bij? Hoe heet hij?")
            del self.fields["nieuw"]
        else:
            del self.fields["organisatie"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        picked = cleaned.get("organisatie", OTHER)
        if picked != OTHER:
            self.organisation = self.by_id[picked]
            return cleaned
        try:
            named = names.one_line(cleaned.get("andere", ""), limit=250)
        except AccountsError as refused:
            self.add_error("andere", refused.sentence)
            return cleaned
        if sum(c.isalpha() for c in named) < SHORTEST_NAME:
            self.add_error("andere", _("Vul de naam van je organisatie in."))
            return cleaned
        cleaned["andere"] = named
        self.organisation = _existing(named)
        if self.organisation is None and "nieuw" in self.fields and not cleaned.get("nieuw"):
            self.add_error(
                "andere",
                _(
                    "Deze organisatie staat niet in de lijst. Kies er een uit de lijst, of vink aan "
                    "dat jouw organisatie er niet bij staat."
                ),
            )
        return cleaned

    @property
    def organisation_name(self) -> str:
        return self.organisation.name if self.organisation else str(self.cleaned_data["andere"])


def _existing(named: str) -> Organisation | None:
    wanted = named.casefold()
    return next((o for o in search_organisations(named) if o.name.casefold() == wanted), None)


def _said(clean: Callable[[], str]) -> str:
    """A refusal of the domain, as the error of this field."""
    try:
        return clean()
    except AccountsError as refused:
        raise forms.ValidationError(refused.sentence, code=refused.code) from None
