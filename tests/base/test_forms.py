# SPDX-License-Identifier: EUPL-1.2
"""What `{{ form }}` puts on the page: people with and without a screen reader depend on these ids and words."""

import datetime as dt
from html.parser import HTMLParser

import pytest
from django import forms
from django.forms import formset_factory
from django.template import Context, Template
from django.test import SimpleTestCase
from django.utils import translation


@pytest.fixture(autouse=True)
def _dutch():
    with translation.override("nl"):
        yield


class SignUp(forms.Form):
    name = forms.CharField(label="Je naam", error_messages={"required": "Vul je naam in."})
    email = forms.EmailField(
        label="Je werkmail",
        help_text="Hier sturen we de uitnodiging naartoe.",
        error_messages={"required": "Vul je werkmail in."},
    )
    wish = forms.CharField(
        label="Wat wil je leren?", required=False, widget=forms.Textarea(attrs={"class": "lang"})
    )


class Plan(forms.Form):
    day = forms.DateField(label="Wanneer")
    start = forms.TimeField(label="Hoe laat")
    minutes = forms.ChoiceField(
        label="Hoe lang",
        choices=[("30", "30 minuten"), ("60", "1 uur")],
        widget=forms.RadioSelect,
        help_text="Korter mag altijd.",
        error_messages={"required": "Kies hoe lang."},
    )
    theme = forms.ChoiceField(label="Onderwerp", choices=[("", "Kies"), ("data", "Data")])
    agreed = forms.BooleanField(label="Mijn leidinggevende weet ervan", required=False)


class Elements(HTMLParser):
    """Every element as (tag, attributes, text inside it)."""

    VOID = frozenset({"input", "path", "circle", "rect", "line", "br"})

    def __init__(self, html):
        super().__init__()
        self.found = []
        self._open = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        element = {"tag": tag, "attrs": dict(attrs), "text": ""}
        self.found.append(element)
        if tag not in self.VOID:
            self._open.append(element)

    def handle_endtag(self, tag):
        # Shapes inside an icon close themselves and were never opened here.
        if tag not in self.VOID:
            while self._open.pop()["tag"] != tag:
                pass

    def handle_data(self, data):
        for element in self._open:
            element["text"] += data

    def all(self, tag, **attrs):
        wanted = {key.rstrip("_").replace("_", "-"): value for key, value in attrs.items()}
        return [
            element
            for element in self.found
            if element["tag"] == tag and wanted.items() <= element["attrs"].items()
        ]

    def one(self, tag, **attrs):
        (element,) = self.all(tag, **attrs)
        return element


def words(element):
    return " ".join(element["text"].split())


def render(form):
    return Elements(str(form))


def test_untouched_form_has_no_summary_and_no_error_marks():
    page = render(SignUp())
    assert [e for e in page.found if "data-foutoverzicht" in e["attrs"]] == []
    assert [e for e in page.found if "aria-invalid" in e["attrs"]] == []


def test_summary_counts_errors_and_links_to_the_fields():
    page = render(SignUp({"name": "", "email": "", "wish": ""}))
    summary = page.one("div", role="group")
    assert summary["attrs"]["tabindex"] == "-1"
    assert "data-foutoverzicht" in summary["attrs"]
    heading = page.one("h2", id=summary["attrs"]["aria-labelledby"])
    assert words(heading) == "Nog 2 dingen aanvullen"
    links = [(link["attrs"]["href"], words(link)) for link in page.all("a")]
    assert links == [("#id_name", "Vul je naam in."), ("#id_email", "Vul je werkmail in.")]
    for target, _text in links:
        page.one("input", id=target.removeprefix("#"))


def test_summary_of_one_error_is_singular():
    page = render(SignUp({"name": "Merel", "email": ""}))
    assert words(page.one("h2")) == "Nog 1 ding aanvullen"


def test_help_and_error_carry_the_ids_that_django_announces():
    page = render(SignUp({"name": "Merel", "email": ""}))
    field = page.one("input", id="id_email")
    assert field["attrs"]["aria-invalid"] == "true"
    assert field["attrs"]["aria-describedby"] == "id_email_helptext id_email_error"
    assert (
        words(page.one("div", id="id_email_helptext")) == "Hier sturen we de uitnodiging naartoe."
    )
    assert words(page.one("div", id="id_email_error")) == "Vul je werkmail in."


def test_only_optional_fields_say_that_they_may_stay_empty():
    page = render(SignUp())
    assert words(page.one("label", for_="id_name")) == "Je naam"
    assert words(page.one("label", for_="id_wish")) == "Wat wil je leren? (hoeft niet)"


def test_form_may_leave_the_optional_mark_out():
    class Filter(SignUp):
        mark_optional = False

    assert words(render(Filter()).one("label", for_="id_wish")) == "Wat wil je leren?"


def test_lone_checkbox_has_its_label_behind_it_without_mark():
    label = render(Plan()).one("label", for_="id_agreed")
    assert words(label) == "Mijn leidinggevende weet ervan"


def test_radio_buttons_stand_in_a_fieldset_with_a_legend():
    page = render(Plan({"day": "2026-10-13", "start": "10:00", "theme": "data"}))
    fieldset = page.one("fieldset")
    assert fieldset["attrs"]["aria-describedby"] == "id_minutes_helptext id_minutes_error"
    assert words(page.one("legend")) == "Hoe lang"
    radios = page.all("input", type="radio")
    assert [radio["attrs"]["id"] for radio in radios] == ["id_minutes_0", "id_minutes_1"]
    assert [words(page.one("label", for_=r["attrs"]["id"])) for r in radios] == [
        "30 minuten",
        "1 uur",
    ]
    link = page.one("a")
    assert (link["attrs"]["href"], words(link)) == ("#id_minutes_0", "Kies hoe lang.")


def test_widgets_wear_the_classes_of_the_design_system_and_keep_their_own():
    page = render(SignUp())
    assert page.one("input", id="id_name")["attrs"]["class"] == (
        "utrecht-textbox utrecht-textbox--html-input"
    )
    assert page.one("textarea")["attrs"]["class"] == (
        "lang utrecht-textarea utrecht-textarea--html-textarea"
    )
    assert "class" not in render(Plan()).one("input", id="id_agreed")["attrs"]


def test_refused_select_is_marked():
    page = render(Plan({"theme": ""}))
    assert page.one("select")["attrs"]["class"].split()[-1] == "utrecht-select--invalid"


def test_date_and_time_are_native_and_hold_iso_values_in_dutch():
    page = render(Plan(initial={"day": dt.date(2026, 10, 13), "start": dt.time(9, 30)}))
    day, start = page.one("input", id="id_day")["attrs"], page.one("input", id="id_start")["attrs"]
    assert (day["type"], day["value"]) == ("date", "2026-10-13")
    assert (start["type"], start["value"]) == ("time", "09:30")
    form = Plan({"day": "2026-10-13", "start": "09:30", "minutes": "30", "theme": "data"})
    assert form.is_valid()
    assert form.cleaned_data["day"] == dt.date(2026, 10, 13)


def test_making_one_form_native_leaves_the_class_alone():
    str(Plan())
    assert Plan.base_fields["day"].widget.input_type == "text"


def test_split_date_and_time_are_named_apart():
    class Deadline(forms.Form):
        until = forms.SplitDateTimeField(label="Tot")

    page = render(Deadline({"until_0": "", "until_1": ""}))
    assert words(page.one("legend")) == "Tot"
    inputs = [(e["attrs"]["type"], e["attrs"]["aria-label"]) for e in page.all("input")]
    assert inputs == [("date", "Datum"), ("time", "Tijd")]
    assert page.one("a")["attrs"]["href"] == "#id_until_0"


def test_errors_of_no_field_are_in_the_summary_without_a_link():
    class Short(SignUp):
        def clean(self):
            raise forms.ValidationError("Dat past niet in een uur.")

    page = render(Short({"name": "Merel", "email": "merel@cjib.example"}))
    assert words(page.one("h2")) == "Nog 1 ding aanvullen"
    assert [words(item) for item in page.all("li")] == ["Dat past niet in een uur."]
    assert page.all("a") == []


def test_typed_text_comes_back_escaped():
    html = str(SignUp({"name": '"><script>x</script>', "email": ""}))
    assert "<script>" not in html
    assert "&quot;&gt;&lt;script&gt;x&lt;/script&gt;" in html


def test_help_text_is_escaped_unless_it_is_markup():
    class Curious(forms.Form):
        a = forms.CharField(help_text="Kleiner < groter")

    assert "Kleiner &lt; groter" in str(Curious())


def test_hidden_fields_are_there_without_label():
    class WithToken(SignUp):
        token = forms.CharField(widget=forms.HiddenInput)

    page = render(WithToken(initial={"token": "t"}))
    assert page.one("input", type="hidden")["attrs"] == {
        "type": "hidden",
        "name": "token",
        "value": "t",
        "id": "id_token",
    }
    assert page.all("label", for_="id_token") == []


def test_formset_has_one_summary_for_all_its_forms():
    formset = formset_factory(SignUp, extra=2)(
        {
            "form-TOTAL_FORMS": "2",
            "form-INITIAL_FORMS": "0",
            "form-0-name": "Merel",
            "form-0-email": "",
            "form-1-name": "",
            "form-1-email": "bas@zwolle.example",
        }
    )
    page = render(formset)
    assert words(page.one("h2")) == "Nog 2 dingen aanvullen"
    assert [link["attrs"]["href"] for link in page.all("a")] == [
        "#id_form-0-email",
        "#id_form-1-name",
    ]
    assert [words(legend) for legend in page.all("legend")] == ["Deel 1", "Deel 2"]
    assert page.one("input", name="form-TOTAL_FORMS")["attrs"]["value"] == "2"


def test_one_field_by_hand():
    html = Template("{{ form.name.as_field_group }}").render(Context({"form": SignUp()}))
    page = Elements(html)
    assert words(page.one("label", for_="id_name")) == "Je naam"
    assert page.all("h2") == []


class AdminKeepsDjangosTemplates(SimpleTestCase):
    """Our renderer is the project's, and the admin must still look like itself."""

    def test_error_list_template_is_djangos(self):
        form = SignUp({"name": ""})
        self.assertHTMLEqual(
            str(form["name"].errors),
            '<ul class="errorlist" id="id_name_error"><li>Vul je naam in.</li></ul>',
        )
