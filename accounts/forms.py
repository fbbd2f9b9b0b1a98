# SPDX-License-Identifier: EUPL-1.2
"""Forms of the accounts pages. They clean what was typed; the rules live in the domain."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.domain import names, organisations
from accounts.errors import AccountsError, PrivateAddress
from accounts.models import Organisation, Person, Province

OTHER = "anders"


def _said(clean: Callable[[], Any]) -> Any:
    """A refusal of the domain, as the error of this field."""
    try:
        return clean()
    except AccountsError as refused:
        raise forms.ValidationError(refused.sentence, code=refused.code) from None


class WorkEmailField(forms.CharField):
    """A work address: normalised, never one at a provider for consumers."""

    widget = forms.EmailInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Je werkmail"))
        kwargs.setdefault("error_messages", {"required": _("Vul je werkmail in.")})
        super().__init__(**kwargs)
        self.widget.attrs.update({"autocomplete": "email", "spellcheck": "false"})

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        return str(_said(lambda: self._work_email(text))) if text else ""

    @staticmethod
    def _work_email(text: str) -> str:
        email = organisations.normalise_email(text)
        if organisations.is_private(email.rpartition("@")[2]):
            raise PrivateAddress
        return email


class SigninForm(forms.Form):
    email = WorkEmailField(
        help_text=_("Hier sturen we een code naartoe. Een wachtwoord heb je niet nodig.")
    )


class NewAddressForm(forms.Form):
    email = WorkEmailField(
        label=_("Je nieuwe werkmail"), help_text=_("We sturen een code naar dit adres.")
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code uit je mail"),
        help_text=_("8 letters en cijfers. Hoofdletters maken niet uit."),
        error_messages={"required": _("Vul de code uit je mail in.")},
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "text",
                "autocapitalize": "characters",
                "spellcheck": "false",
            }
        ),
    )


class SearchOrganisationForm(forms.Form):
    """A GET form: finds organisations, changes nothing."""

    mark_optional = False

    zoek = forms.CharField(
        label=_("Hoe heet je organisatie?"),
        max_length=250,
        error_messages={
            "required": _("Vul de naam van je organisatie in."),
            "max_length": _("Dit is te lang. Gebruik hooguit 250 tekens."),
        },
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )

    def clean_zoek(self) -> str:
        return str(_said(lambda: names.one_line(self.cleaned_data["zoek"], limit=250)))


class OrganisationForm(forms.Form):
    """One of ``choices``, or (with ``named``) the organisation that is not among them."""

    organisation = forms.ChoiceField(
        label=_("Je organisatie"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Kies je organisatie.")},
    )

    def __init__(
        self, *args: Any, choices: list[Organisation], named: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.by_id = {str(choice.public_id): choice for choice in choices}
        options = [(key, choice.name) for key, choice in self.by_id.items()]
        if named:
            options.append((OTHER, _("Mijn organisatie staat er niet bij: “%s”") % named))
        field = self.fields["organisation"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = options

    def chosen(self) -> Organisation | None:
        """None: the organisation that was named."""
        return self.by_id.get(self.cleaned_data["organisation"])


class ProfileForm(forms.Form):
    name = forms.CharField(
        label=_("Je naam"),
        error_messages={"required": _("Vul je naam in.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = forms.ChoiceField(
        label=_("In welke taal mailen we je?"),
        choices=Person.Language.choices,
        error_messages={"required": _("Kies een taal.")},
    )
    function = forms.CharField(
        label=_("Je functie"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    province = forms.ChoiceField(
        label=_("Je provincie"),
        required=False,
        choices=[("", _("Geen keuze")), *Province.choices],
    )

    def clean_name(self) -> str:
        return str(_said(lambda: names.clean_name(self.cleaned_data["name"])))

    def clean_function(self) -> str:
        return str(_said(lambda: names.one_line(self.cleaned_data["function"], limit=120)))


class AccessForm(OrganisationForm):
    motivation = forms.CharField(
        label=_("Waarom vraag je toegang aan?"),
        help_text=_("Bijvoorbeeld: ik regel de opleidingen bij ons."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].label = _("Voor welke organisatie?")

    def clean_motivation(self) -> str:
        return str(_said(lambda: names.one_line(self.cleaned_data["motivation"], limit=500)))


class DecisionForm(forms.Form):
    """The two buttons under a request."""

    besluit = forms.ChoiceField(choices=[("ja", "ja"), ("nee", "nee")])

    def yes(self) -> bool:
        return bool(self.cleaned_data["besluit"] == "ja")
