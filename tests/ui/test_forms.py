"""Form markup and the shared fields: complete, tied together, and never losing what was typed."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.db import models
from django.test.utils import isolate_apps

from sen.forms import (
    CheckboxTiles,
    Combobox,
    CountedTextarea,
    DateField,
    MomentField,
    MoneyField,
    PhoneField,
    RadioTiles,
    Tile,
    WholeNumberField,
    YesNoUnknownField,
    formfield,
)

OFFICES = [("1", "Miami"), ("2", "Key West")]


class Everything(forms.Form):
    title = forms.CharField(label="Title", max_length=10, help_text="One line.")
    note = forms.CharField(label="Note", required=False)
    office = forms.ChoiceField(label="Office", choices=OFFICES, widget=Combobox())
    kinds = forms.MultipleChoiceField(
        label="Kinds", choices=OFFICES, widget=CheckboxTiles(descriptions={"1": "A line."})
    )
    one = forms.ChoiceField(label="One", choices=[("", "-"), *OFFICES], widget=RadioTiles())
    born = DateField(label="Born")
    happened = MomentField(label="Happened", zone="America/New_York")
    value = MoneyField(label="Value")
    rounds = WholeNumberField(label="Rounds")
    phone = PhoneField(label="Phone")
    counsel = YesNoUnknownField(label="Counsel")
    story = forms.CharField(label="Story", max_length=20, widget=CountedTextarea())
    attest = forms.BooleanField(label="I attest", widget=Tile())


TYPED = {
    "p-title": "far too long a title",
    "p-note": "<b>kept</b>",
    "p-office": "2",
    "p-kinds": ["1", "nonsense"],
    "p-born_0": "2",
    "p-born_1": "3o",
    "p-born_2": "19",
    "p-happened_0": "3",
    "p-happened_1": "14",
    "p-happened_2": "2026",
    "p-happened_3": "25:99",
    "p-happened_4": "Pacific/Guam",
    "p-value": "about $5",
    "p-rounds": "four",
    "p-phone": "555-0142",
    "p-counsel": "unknown",
    "p-story": "a story that is longer than it may be",
}


def moment(*parts: str) -> MomentField | datetime | None:
    return MomentField().clean(list(parts))


def test_what_was_typed_is_kept_however_wrong_it_is():
    html = Everything(TYPED, prefix="p").render()
    for typed in (
        "far too long a title",
        "&lt;b&gt;kept",
        "3o",
        "25:99",
        "about $5",
        "four",
        "555-0142",
        "longer than",
    ):
        assert typed in html
    assert '<option value="2" selected>Key West' in html
    assert '<option value="Pacific/Guam" selected>' in html
    assert html.count(" checked") == 2


def test_a_group_ties_label_hint_and_error_to_its_control():
    group = Everything(TYPED, prefix="p")["title"].as_field_group()
    assert '<label class="usa-label usa-label--error" for="id_p-title">Title</label>' in group
    assert 'aria-describedby="id_p-title_helptext id_p-title_error"' in group
    assert 'id="id_p-title_error"' in group
    assert 'aria-invalid="true"' in group


def test_only_what_may_be_left_out_says_optional():
    form = Everything()
    assert "(optional)" in form["note"].as_field_group()
    assert "(optional)" not in form["title"].as_field_group()
    form.optional_is_plain = True
    assert "(optional)" not in form["note"].as_field_group()


def test_parts_and_tiles_are_groups_with_a_legend():
    form = Everything(TYPED, prefix="p")
    for name in ("born", "happened", "kinds", "one", "counsel"):
        assert "<legend" in form[name].as_field_group()
    assert 'aria-describedby="id_p-born_error"' in form["born"].as_field_group()


@pytest.mark.parametrize(("name", "first"), [("born", "id_born_0"), ("one", "id_one_1"), ("title", "id_title")])
def test_the_error_list_links_to_a_control_that_exists(name, first):
    bound = Everything({})[name]
    assert bound.first_id == first
    assert f'id="{first}"' in bound.as_field_group()


def test_a_long_text_is_counted_and_never_cut_by_the_browser():
    group = Everything()["story"].as_field_group()
    assert "data-count-limit" in group
    assert 'maxlength="20"' not in group


def test_a_needed_answer_says_so_in_plain_words():
    assert Everything({}).errors["title"] == ["This answer is needed."]


def test_an_own_message_for_a_needed_answer_stands():
    class Own(forms.Form):
        office = forms.CharField(error_messages={"required": "Choose the office."})

    assert Own({}).errors["office"] == ["Choose the office."]


def test_a_date_is_read_from_its_parts():
    assert DateField().clean(["2", "28", "2026"]) == date(2026, 2, 28)
    assert DateField(required=False).clean(["", "", ""]) is None


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        (["2", "30", "2026"], "does not exist"),
        (["2", "", "2026"], "Give the day"),
        (["x", "1", "2026"], "does not exist"),
    ],
)
def test_a_wrong_date_says_what_is_wrong(parts, words):
    with pytest.raises(forms.ValidationError, match=words):
        DateField().clean(parts)


@pytest.mark.parametrize("typed", ["14:32", "1432", "2:32 pm", "2:32PM"])
def test_a_time_is_read_as_people_write_it(typed):
    value = moment("3", "14", "2026", typed, "Pacific/Guam")
    assert value == datetime(2026, 3, 14, 14, 32, tzinfo=ZoneInfo("Pacific/Guam"))
    assert value.tzinfo.key == "Pacific/Guam"


def test_a_moment_comes_back_in_its_own_zone():
    initial = {"happened": datetime(2026, 3, 14, 18, 32, tzinfo=ZoneInfo("UTC"))}
    html = Everything(initial=initial)["happened"].as_widget()
    assert 'value="14:32"' in html
    assert '<option value="America/New_York" selected>' in html


def test_an_hour_that_the_clocks_skipped_is_refused():
    with pytest.raises(forms.ValidationError, match="they go forward over it"):
        moment("3", "8", "2026", "02:30", "America/New_York")


def test_a_zone_alone_is_no_answer():
    with pytest.raises(forms.ValidationError, match=r"required|needed"):
        moment("", "", "", "", "America/New_York")


@pytest.mark.parametrize("zone", ["", "Mars/Base", "../etc"])
def test_an_unknown_zone_is_refused(zone):
    with pytest.raises(forms.ValidationError, match="time zone"):
        moment("3", "8", "2026", "12:30", zone)


def test_money_and_counts_are_read_as_people_write_them():
    assert MoneyField().clean("$1,200.50") == Decimal("1200.50")
    assert WholeNumberField().clean("1,200") == 1200


with isolate_apps("sen"):  # apart from the models of the product, which other tests count

    class Thing(models.Model):
        when = models.DateTimeField("when")
        day = models.DateField("day")
        flagged = models.BooleanField("flagged", default=False)
        story = models.TextField("story", max_length=90)
        kind = models.CharField("kind", max_length=9, choices=[(str(n), str(n)) for n in range(9)])
        few = models.CharField("few", max_length=9, choices=OFFICES)

        class Meta:
            app_label = "sen"
            managed = False


@pytest.mark.parametrize(
    ("name", "field", "widget"),
    [
        ("when", MomentField, None),
        ("day", DateField, None),
        ("flagged", forms.BooleanField, Tile),
        ("story", forms.CharField, CountedTextarea),
        ("kind", forms.TypedChoiceField, Combobox),
        ("few", forms.TypedChoiceField, RadioTiles),
    ],
)
def test_a_model_field_gets_the_control_that_suits_it(name, field, widget):
    made = formfield(Thing._meta.get_field(name))
    assert isinstance(made, field)
    assert widget is None or isinstance(made.widget, widget)
