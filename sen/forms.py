"""Form markup for the whole product: the renderer, and fields and widgets that several apps share."""

from collections.abc import Sequence
from datetime import MAXYEAR, date, datetime, time
from decimal import Decimal
from typing import Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.renderers import TemplatesSetting
from django.forms.utils import flatatt
from django.forms.widgets import Input
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from sen.times import MONTHS, clock_time, zone_choices

CLASSES: list[tuple[type[forms.Widget], str]] = [
    (forms.CheckboxInput, "usa-checkbox__input"),
    (forms.RadioSelect, ""),
    (forms.CheckboxSelectMultiple, ""),
    (forms.ClearableFileInput, "file-input"),
    (forms.Select, "usa-select"),
    (forms.Textarea, "usa-textarea"),
    (Input, "usa-input"),
]


class SenBoundField(forms.BoundField):
    """A field on its form, knowing what the field template asks of it."""

    def __init__(self, form: forms.BaseForm, field: forms.Field, name: str) -> None:
        super().__init__(form, field, name)
        if field.error_messages["required"] == forms.Field.default_error_messages["required"]:
            field.error_messages["required"] = "This answer is needed."
        if getattr(field, "max_length", None):
            # A browser silently drops what is pasted beyond `maxlength`; the server refuses it and keeps it all.
            field.widget.attrs.pop("maxlength", None)

    @property
    def says_optional(self) -> bool:
        """Most answers are needed, so the few that are not say so; filters and searches need none of it."""
        quiet = getattr(self.form, "optional_is_plain", False) or isinstance(self.field.widget, forms.CheckboxInput)
        return not self.field.required and not quiet

    @property
    def is_single_tile(self) -> bool:
        return isinstance(self.field.widget, forms.CheckboxInput)

    @property
    def first_id(self) -> str:
        """The control that a link from the error summary must reach; a group has no control of its own id."""
        if isinstance(self.field.widget, forms.MultiWidget):
            return f"{self.auto_id}_0"
        chosen = [part.id_for_label for part in self.subwidgets if part.data.get("value") not in ("", None)]
        return chosen[0] if self.use_fieldset and chosen else self.auto_id

    @property
    def counts_to(self) -> int | None:
        """The limit shown under a long text, counted rather than cut."""
        widget = self.field.widget
        return getattr(self.field, "max_length", None) if isinstance(widget, forms.Textarea) else None

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        built = super().build_widget_attrs(attrs, widget)
        widget = widget or self.field.widget
        if not built.get("class") and not widget.attrs.get("class"):
            suited = next((name for kind, name in CLASSES if isinstance(widget, kind)), "")
            built.update({"class": suited} if suited else {})
        if self.counts_to:
            built["data-count-limit"] = str(self.counts_to)
            built["aria-describedby"] = f"{built.get('aria-describedby') or ''} {self.auto_id}_count".strip()
        return built


class Renderer(TemplatesSetting):
    """Project templates draw every form; markup for a field lives once, in templates/django/forms/field.html."""

    bound_field_class = SenBoundField


SELECTED = mark_safe(" selected")


# -- Widgets -----------------------------------------------------------------------------------------------------------
class CountedTextarea(forms.Textarea):
    """A long text; with `max_length` on its field the page counts what is left."""

    def __init__(self, attrs: dict[str, Any] | None = None, rows: int = 5) -> None:
        super().__init__({"rows": rows, "cols": None, **(attrs or {})})


class WholeNumberInput(forms.TextInput):
    """A count: the number pad on a phone, no spinner, and what was typed is never thrown away."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "numeric", "class": "usa-input input-short", **(attrs or {})})


class DecimalInput(WholeNumberInput):
    """A measured quantity: the number pad with a decimal point."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "decimal", **(attrs or {})})


class MoneyInput(forms.TextInput):
    """An amount in US dollars."""

    template_name = "django/forms/widgets/money.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "decimal", "class": "usa-input", **(attrs or {})})


class PhoneInput(forms.TextInput):
    input_type = "tel"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "off", "class": "usa-input input-medium", **(attrs or {})})


class Combobox(forms.Select):
    """A select that becomes a type-ahead where scripts run; good for some hundred offices."""

    def __init__(self, attrs: dict[str, Any] | None = None, choices: Any = ()) -> None:
        super().__init__({"data-combobox": "", **(attrs or {})}, choices)

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """Drawn in one go: with a template an option, three hundred offices took most of the time of the queue."""
        chosen = {str(one) for one in self.format_value(value)}
        options = (
            format_html('<option value="{}"{}>{}</option>', key, SELECTED if str(key) in chosen else "", label)
            for key, label in self.choices
        )
        start = format_html('<select name="{}"{}>', name, flatatt(self.build_attrs(self.attrs, attrs)))
        return mark_safe("".join((start, *options, "</select>")))  # noqa: S308 - every part of it is escaped above


class Tile(forms.CheckboxInput):
    """One checkbox with a target big enough for a thumb."""


class RadioTiles(forms.RadioSelect):
    """One of a few, as tiles; each has a line of its own where `descriptions` has one for its value."""

    template_name = "django/forms/widgets/tiles.html"

    def __init__(
        self, attrs: dict[str, Any] | None = None, choices: Any = (), descriptions: dict[str, str] | None = None
    ) -> None:
        super().__init__(attrs, choices)
        self.descriptions = descriptions or {}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        return {**option, "description": self.descriptions.get(str(value), "")}


class CheckboxTiles(RadioTiles, forms.CheckboxSelectMultiple):
    """Any of a few, as tiles."""


class InlineRadios(forms.RadioSelect):
    """One of two or three short words, on one line."""

    template_name = "django/forms/widgets/inline_radios.html"


class _Parts(forms.MultiWidget):
    """Several controls for one answer, each with a label of its own."""

    template_name = "django/forms/widgets/parts.html"
    use_fieldset = True
    labels: Sequence[str] = ()
    now = ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        invalid = (attrs or {}).get("aria-invalid")
        for part, label in zip(context["widget"]["subwidgets"], self.labels, strict=True):
            part["label"] = label
            if invalid:
                part["attrs"]["aria-invalid"] = invalid
        context["widget"]["now"] = self.now
        return context


def _digits(length: int, **attrs: str) -> forms.TextInput:
    return forms.TextInput({"inputmode": "numeric", "maxlength": length, "class": "usa-input", **attrs})


def _date_widgets() -> list[forms.Widget]:
    months = [("", "- Select -"), *MONTHS]
    return [forms.Select({"class": "usa-select"}, months), _digits(2), _digits(4)]


class DateParts(_Parts):
    """Month, day, year; "Today" fills them where scripts run."""

    labels = ("Month", "Day", "Year")

    def __init__(self, attrs: dict[str, Any] | None = None, *, today: bool = True) -> None:
        super().__init__(_date_widgets(), attrs)
        self.now = "Today" if today else ""

    def decompress(self, value: Any) -> list[Any]:
        return [value.month, value.day, value.year] if isinstance(value, date) else ["", "", ""]


class MomentParts(_Parts):
    """Month, day, year, time and its zone; "Now" fills them where scripts run."""

    labels = ("Month", "Day", "Year", "Time", "Time zone")
    now = "Now"

    def __init__(self, zone: str = "", attrs: dict[str, Any] | None = None) -> None:
        self.zone = zone
        zones = forms.Select({"class": "usa-select"}, zone_choices(zone))
        super().__init__([*_date_widgets(), _digits(8, inputmode="text", placeholder="14:30"), zones], attrs)

    def decompress(self, value: Any) -> list[Any]:
        zone = self.zone or timezone.get_current_timezone_name()
        if not isinstance(value, datetime):
            return ["", "", "", "", zone]
        local = (
            value
            if isinstance(value.tzinfo, ZoneInfo) and value.tzinfo.key != "UTC"
            else value.astimezone(ZoneInfo(zone))
        )
        return [local.month, local.day, local.year, f"{local:%H:%M}", cast(ZoneInfo, local.tzinfo).key]


# -- Fields ------------------------------------------------------------------------------------------------------------
class _PartsField(forms.MultiValueField):
    """A field of several parts: what was typed in each part stays, whatever is wrong with the whole."""

    def __init__(self, count: int, **kwargs: Any) -> None:
        parts = [forms.CharField(required=False) for _ in range(count)]
        super().__init__(parts, require_all_fields=False, **kwargs)


class DateField(_PartsField):
    """A date in three parts."""

    widget = DateParts

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(3, **kwargs)

    def compress(self, data_list: list[str]) -> date | None:
        return _date_of(data_list) if any(data_list) else None


class MomentField(_PartsField):
    """A date and a time in a named zone; gives an aware datetime that remembers its zone."""

    def __init__(self, *, zone: str = "", **kwargs: Any) -> None:
        kwargs.setdefault("widget", MomentParts(zone))
        super().__init__(5, **kwargs)

    def clean(self, value: Any) -> Any:
        # The zone is always chosen, so it alone does not make an answer.
        typed = value if isinstance(value, list | tuple) and any(part for part in value[:4]) else None
        return super().clean(typed)

    def compress(self, data_list: list[str]) -> datetime | None:
        if not any(data_list):
            return None
        day, hour = _date_of(data_list[:3]), _time_of(data_list[3])
        return _moment(day, hour, data_list[4])


def _date_of(parts: Sequence[str]) -> date:
    names = [name for name, part in zip(("month", "day", "year"), parts, strict=True) if not part]
    if names:
        raise ValidationError(f"Give the {' and the '.join(names)} of the date.", code="incomplete")
    try:
        month, day, year = (int(part) for part in parts)
        return date(year if year > 99 else year + 2000, month, day)
    except (ValueError, OverflowError):
        raise ValidationError(
            "This day does not exist. Check the day, the month and the year.", code="invalid"
        ) from None


def _time_of(typed: str) -> time:
    if not typed:
        raise ValidationError("Give the time, such as 14:30.", code="incomplete")
    hour = clock_time(typed)
    if hour is None:
        raise ValidationError(f"{typed} is not a time. Write it as 14:30, 1430 or 2:30 pm.", code="invalid")
    return hour


def _moment(day: date, hour: time, zone: str) -> datetime:
    if zone not in dict(zone_choices(zone)):
        raise ValidationError("Choose the time zone.", code="invalid")
    if day.year == MAXYEAR:  # in another zone it may already be the year after, which no calendar here has
        raise ValidationError("Check the year.", code="invalid")
    local = datetime.combine(day, hour, ZoneInfo(zone))
    if local.astimezone(ZoneInfo("UTC")).astimezone(ZoneInfo(zone)).replace(tzinfo=None) != local.replace(tzinfo=None):
        said = f"{hour:%H:%M} is not on the clocks of this day: they go forward over it. Give another time."
        raise ValidationError(said, code="gap")
    return local


class MoneyField(forms.DecimalField):
    """US dollars; "$1,200.50" is understood."""

    widget = MoneyInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_digits": 14, "decimal_places": 2, "min_value": 0, **kwargs})
        self.error_messages["invalid"] = "Write the amount in figures, such as 1,200.50."

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        plain = value.replace("$", "").replace(",", "").strip() if isinstance(value, str) else value
        return super().to_python(plain)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}


class WholeNumberField(forms.IntegerField):
    """A count; "1,200" is understood."""

    widget = WholeNumberInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.error_messages["invalid"] = "Write a whole number in figures."

    def to_python(self, value: Any) -> int | None:
        return super().to_python(value.replace(",", "") if isinstance(value, str) else value)


class PhoneField(forms.CharField):
    widget = PhoneInput


class YesNoUnknownField(forms.ChoiceField):
    """Yes, no, or truly not known; nothing is chosen beforehand."""

    widget = InlineRadios

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=[("yes", "Yes"), ("no", "No"), ("unknown", "Unknown")], **kwargs)


# -- Model fields ------------------------------------------------------------------------------------------------------
FEW = 7


def formfield(db_field: Any, **kwargs: Any) -> forms.Field | None:
    """A `formfield_callback`: the field of ours that suits a model field."""
    if said := getattr(db_field, "_error_messages", None):  # what the model says is said beside the field too
        kwargs = {"error_messages": said, **kwargs}
    if getattr(db_field, "choices", None):
        widget = RadioTiles() if len(db_field.choices) <= FEW else Combobox()
        return cast(forms.Field, db_field.formfield(**{"widget": widget, **kwargs}))
    for kind, suited in _SUITED:
        if isinstance(db_field, kind):
            return cast(forms.Field | None, db_field.formfield(**{**suited, **kwargs}))
    return cast(forms.Field | None, db_field.formfield(**kwargs))


# A datetime is a date too, and a model field of text is a text of one line: the narrower kind stands first.
_SUITED: list[tuple[type[Any], dict[str, Any]]] = [
    (models.DateTimeField, {"form_class": MomentField}),
    (models.DateField, {"form_class": DateField}),
    (models.BooleanField, {"widget": Tile}),
    (models.DecimalField, {"widget": DecimalInput}),
    (models.IntegerField, {"form_class": WholeNumberField}),
    (models.TextField, {"widget": CountedTextarea}),
    (models.ForeignKey, {"widget": Combobox}),
    (models.ManyToManyField, {"widget": CheckboxTiles}),
]
