"""The page components as template tags; each is shown with an example on the components page."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import template
from django.forms import BaseForm
from django.forms.formsets import BaseFormSet
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from sen import marks
from sen.compare import changed_words
from sen.forms import SenBoundField

register = template.Library()

TASK_STATES = {
    "done": ("Complete", "check_circle", "done"),
    "missing": ("To do", "error_outline", "waiting"),
    "started": ("Started", "edit", "working"),
    "optional": ("Optional", "radio_button_unchecked", "neutral"),
    "blocked": ("Cannot start yet", "lock_outline", "neutral"),
}
ALERT_TONES = ("info", "warning", "error", "success")
BUTTON_CLASSES = {"": "", "secondary": "usa-button--outline", "quiet": "button-quiet", "danger": "button-danger"}


def _component(name: str, **values: object) -> SafeString:
    return mark_safe(render_to_string(f"components/{name}.html", values))  # noqa: S308 - rendered and escaped there


# -- The smallest parts ------------------------------------------------------------------------------------------------
register.simple_tag(marks.draw, name="icon")
for small in (marks.state, marks.flag, marks.count, marks.number, marks.moment, marks.age, marks.clock):
    register.simple_tag(small)


@register.filter
def thousands(number: float) -> str:
    """A count as it is read: 1,240."""
    return f"{number:,}"


# -- Buttons and small parts -------------------------------------------------------------------------------------------
@register.inclusion_tag("components/button.html")
def button(
    label: str,
    style: str = "",
    name: str = "",
    value: str = "",
    icon: str = "",
    disabled_because: str = "",
    formaction: str = "",
    type: str = "submit",  # noqa: A002 - named as the attribute it sets
) -> dict[str, object]:
    """A button; a refused one stays readable and says why."""
    return {**locals(), "class": BUTTON_CLASSES[style], "reason_id": _slug("why", label)}


@register.inclusion_tag("components/link_button.html")
def link_button(label: str, url: str, style: str = "", icon: str = "") -> dict[str, object]:
    """A link that looks like the act it begins."""
    return {**locals(), "class": BUTTON_CLASSES[style]}


@register.inclusion_tag("components/progress.html")
def progress(done: int, total: int, label: str) -> dict[str, object]:
    """How far a long job has come, in figures first."""
    figures = f"{done:,} of {total:,}"
    return {"done": str(done), "total": str(total), "figures": figures, "label": label, "id": _slug("progress", label)}


@register.inclusion_tag("components/pager.html")
def pager(older: str = "", newer: str = "", older_label: str = "Older", newer_label: str = "Newer") -> dict[str, str]:
    """Links to the neighbouring pages of a long list."""
    return locals()


@register.simple_tag
def crumb(label: str, url: str) -> SafeString:
    """One step of the breadcrumbs."""
    return format_html(
        '<li class="usa-breadcrumb__list-item"><a class="usa-breadcrumb__link" href="{}"><span>{}</span></a></li>',
        url,
        label,
    )


@register.inclusion_tag("components/ssn_notice.html")
def ssn_notice() -> dict[str, str]:
    """The rule against Social Security numbers, wherever text can be entered."""
    return {}


@register.inclusion_tag("components/active_filters.html")
def active_filters(tags: Iterable[Any], clear_url: str = "") -> dict[str, object]:
    """The filters in force, each removable; tags have `label` and `remove_url`."""
    return {"tags": tags, "clear_url": clear_url}


@register.simple_tag
def saved() -> SafeString:
    """Where "Saved 14:32" appears."""
    return mark_safe('<span class="saved" data-saved role="status"></span>')


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms: "BaseForm | BaseFormSet[Any]") -> dict[str, object]:
    """Every error of the forms on one list, each linked to its field."""
    flat = [form for one in forms for form in (one.forms if isinstance(one, BaseFormSet) else [one])]
    wrong = [field for form in flat for field in form if isinstance(field, SenBoundField) and field.errors]
    linked = [(field.first_id, _named(str(field.label)), error) for field in wrong for error in field.errors]
    # A form that stands alone is on both lists; each of its errors is told once.
    loose = list(dict.fromkeys(error for one in [*forms, *flat] for error in _form_errors(one)))
    return {"linked": linked, "loose": loose, "total": len(linked) + len(loose)}


def _named(label: str) -> str:
    """The label as the beginning of a sentence: a question keeps its mark, a statement loses its full stop."""
    return label if label.endswith("?") else label.rstrip(".:") + ":"


def _form_errors(one: "BaseForm | BaseFormSet[Any]") -> Iterable[str]:
    return (
        [str(error) for error in one.non_form_errors()]
        if isinstance(one, BaseFormSet)
        else map(str, one.non_field_errors())
    )


# -- The page itself ---------------------------------------------------------------------------------------------------
@register.simple_block_tag(takes_context=True)
def page_title(context: Context, content: str) -> SafeString:
    """The title element; the words are kept so that the heading repeats them without being written twice."""
    context.render_context["page_title"] = content
    return format_html("<title>{} · SEN</title>", content)


@register.simple_tag(takes_context=True)
def page_heading(context: Context) -> str:
    """The words of the title again, as the heading."""
    return str(context.render_context.get("page_title", ""))


@register.simple_block_tag
def breadcrumbs(content: str) -> SafeString:
    """The way back up, where there is depth."""
    steps = '<nav class="usa-breadcrumb" aria-label="Breadcrumbs"><ol class="usa-breadcrumb__list">{}</ol></nav>'
    return format_html(steps, content) if content.strip() else SafeString()


# -- Blocks ----------------------------------------------------------------------------------------------------------
@register.simple_block_tag
def facts(content: str, columns: int = 1) -> SafeString:
    """Names and values, ruled apart."""
    return format_html('<dl class="facts facts-{}">{}</dl>', columns, content)


@register.simple_block_tag
def fact(content: str, label: str, change_url: str = "") -> SafeString:
    """One name and its value; an empty value says so."""
    value = content if content.strip() else mark_safe('<span class="nothing">Not given</span>')
    change = _change_link(change_url, label)
    return format_html("<div><dt>{}</dt><dd>{}{}</dd></div>", label, value, change)


def _change_link(url: str, what: str) -> SafeString:
    if not url:
        return SafeString()
    return format_html('<a class="change" href="{}">Change<span class="usa-sr-only"> {}</span></a>', url, what.lower())


@register.simple_block_tag
def section(content: str, title: str, id: str = "", change_url: str = "", level: int = 2) -> SafeString:  # noqa: A002
    """A headed part of a page."""
    return _component(
        "section",
        title=title,
        id=id or _slug("part", title),
        level=level,
        content=content,
        change=_change_link(change_url, title),
    )


@register.simple_block_tag
def prose(content: str) -> SafeString:
    """Text set for reading."""
    return format_html('<div class="prose">{}</div>', content)


@register.simple_block_tag
def alert(content: str, tone: str, heading: str = "") -> SafeString:
    """A message that belongs to the page, not to a field."""
    if tone not in ALERT_TONES:
        raise template.TemplateSyntaxError(f"An alert is one of {', '.join(ALERT_TONES)}, not {tone!r}.")
    return _component("alert", tone=tone, heading=heading, content=content)


@register.simple_block_tag
def task_list(content: str) -> SafeString:
    """The sections of a report with their state, in any order."""
    return format_html('<ul class="tasks">{}</ul>', content)


@register.simple_block_tag
def task_group(content: str, title: str) -> SafeString:
    """A headed group within the task list."""
    return format_html('<li class="task-group"><h2>{}</h2><ul>{}</ul></li>', title, content)


@register.inclusion_tag("components/task.html")
def task(label: str, url: str, state: str, hint: str = "", word: str = "") -> dict[str, str]:
    """One section: where it leads and what it still needs."""
    usual, icon_name, tone = TASK_STATES[state]
    reached = "" if state == "blocked" else url
    return {"label": label, "url": reached, "hint": hint, "word": word or usual, "icon": icon_name, "tone": tone}


@register.simple_block_tag
def row_list(content: str, empty: str = "") -> SafeString:
    """Repeated things, a line each."""
    if not content.strip():
        return format_html('<p class="empty">{}</p>', empty)
    return format_html('<ul class="rows">{}</ul>', content)


@register.simple_block_tag(takes_context=True)
def summary_row(
    context: Context,
    content: str,
    title: str,
    edit_url: str = "",
    remove_url: str = "",
    remove_name: str = "",
    remove_value: str = "",
) -> SafeString:
    """One repeated thing, with its edit link and its remove button."""
    values = {key: value for key, value in locals().items() if key != "context"}
    return _component("summary_row", **values, csrf_token=context.get("csrf_token", ""))


@register.simple_block_tag
def timeline(content: str) -> SafeString:
    """What happened, in order."""
    return format_html('<ol class="timeline">{}</ol>', content)


@register.simple_block_tag
def entry(
    content: str, at: datetime, icon: str = "radio_button_unchecked", tone: str = "neutral", who: str = ""
) -> SafeString:
    """One event of a timeline."""
    by = format_html('<span class="who">{}</span>', who) if who else ""
    return format_html(
        '<li class="state-{}">{}<div><p>{}</p><p class="quiet">{} {}</p></div></li>',
        tone, marks.draw(icon), content, marks.moment(at), by,
    )  # fmt: skip


@register.simple_block_tag
def side(content: str, title: str) -> SafeString:
    """One panel of the right-hand column."""
    return format_html('<section class="side"><h2>{}</h2>{}</section>', title, content)


@register.simple_block_tag
def person(content: str, name: str, role: str = "") -> SafeString:
    """A person of a report and their facts."""
    return format_html(
        '<article class="person"><h3>{} <span class="quiet">{}</span></h3>{}</article>', name, role, content
    )


@register.simple_block_tag
def table(
    content: str, caption: str, dense: bool = True, live: str = "", mark: str = "", show_caption: bool = False
) -> SafeString:
    """A table that becomes a list of compact rows on a phone."""
    return _component(
        "table", content=content, caption=caption, dense=dense, live=live, mark=mark, show_caption=show_caption
    )


@register.simple_block_tag
def filter_bar(content: str, action: str) -> SafeString:
    """Filters on one line, in the address."""
    return _component("filter_bar", content=content, action=action)


@register.simple_block_tag
def empty(content: str) -> SafeString:
    """Why there is nothing, and what to do."""
    return format_html('<p class="empty">{}</p>', content)


@register.simple_block_tag
def actions(content: str) -> SafeString:
    """Buttons in a row; nothing where there are none."""
    return format_html('<div class="actions">{}</div>', content) if content.strip() else SafeString()


@register.simple_block_tag
def choices(content: str) -> SafeString:
    """A few big choices."""
    return format_html('<ul class="choices">{}</ul>', content)


@register.simple_block_tag
def choice(content: str, label: str, url: str, icon: str = "") -> SafeString:
    """One big choice with its line."""
    drawn = marks.draw(icon) if icon else ""
    return format_html('<li>{}<div><a href="{}">{}</a><p>{}</p></div></li>', drawn, url, label, content)


@register.simple_block_tag(takes_context=True)
def confirm(
    context: Context,
    content: str,
    action: str,
    label: str,
    style: str = "",
    cancel_url: str = "",
    form: BaseForm | None = None,
) -> SafeString:
    """A confirmation that names the object in its button, with the form of a reason where one is needed."""
    values = {key: value for key, value in locals().items() if key != "context"}
    return _component("confirm", **values, csrf_token=context.get("csrf_token", ""))


# -- Comparison --------------------------------------------------------------------------------------------------------
@register.simple_block_tag
def comparison(content: str, old_title: str, new_title: str) -> SafeString:
    """Two versions side by side; stacked on a phone."""
    return _component("comparison", content=content, old_title=old_title, new_title=new_title)


@register.inclusion_tag("components/compare.html")
def compare(label: str, old: str, new: str, old_title: str = "Before", new_title: str = "After") -> dict[str, object]:
    """One answer in two versions, with the changed words marked."""
    before, after = changed_words(str(old or ""), str(new or ""))
    return {"label": label, "before": before, "after": after, "old_title": old_title, "new_title": new_title}


@register.simple_tag
def compare_rows(
    rows: Iterable[tuple[str, str, str]], old_title: str = "Before", new_title: str = "After"
) -> SafeString:
    """Every changed answer of two versions."""
    drawn = format_html_join(
        "", "{}", ((_component("compare", **compare(*row, old_title, new_title)),) for row in rows)
    )
    return _component("comparison", content=drawn, old_title=old_title, new_title=new_title)


def _slug(prefix: str, words: str) -> str:
    return prefix + "-" + "".join(letter if letter.isalnum() else "-" for letter in words.lower()).strip("-")
