"""The lists of a draft: one line for each row, a screen to add or change one, remove and put back."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Refused, person, requires
from reports import drafts
from reports.answers import Answers, AnswersForm, Raw, from_raw, posted, to_raw
from reports.content import line_of, person_links
from reports.kinds import Rows
from reports.layout import lay_out
from reports.models import Person
from reports.views.conflicts import choose_version
from reports.views.own import (
    FILE_OR_AMEND,
    around,
    has_number,
    hush,
    is_autosave,
    list_url,
    next_url,
    not_saved,
    open_page,
    own_draft,
    part_url,
    row_url,
    saved_answer,
)


def listing(request: HttpRequest, answers: Answers, part: Rows) -> HttpResponse:
    """The rows so far. Where there are none yet there is nothing to look at, so the first is added at once."""
    rows = answers.rows(part)
    if not rows:
        query = f"?{request.GET.urlencode()}" if request.GET else ""
        return redirect(add_url(answers, part) + query)
    context = {
        "part": part,
        "rows": [(row, row_url(answers, part, row.key), row.form.missing, row.form.wrong) for row in rows],
        "add_url": add_url(answers, part),
        "next_url": next_url(answers, part),
        "removed": removed(request, answers, part),
    }
    return render(request, "reports/rows.html", around(answers) | context)


@requires(*FILE_OR_AMEND)
@require_safe
@own_draft
def add_row(request: HttpRequest, answers: Answers, part: str) -> HttpResponse:
    """The screen of a new row. Its key is made here, so that whatever sends it twice makes one row."""
    rows = rows_of(answers, part)
    key = str(uuid4())
    return show(request, answers, rows, key, answers.row_form(rows, key))


@requires(*FILE_OR_AMEND)
@require_http_methods(["GET", "HEAD", "POST"])
@own_draft
def row(request: HttpRequest, answers: Answers, part: str, key: UUID) -> HttpResponse:
    rows = rows_of(answers, part)
    if request.method == "POST":
        return save(request, answers, rows, str(key))
    if not is_stored(answers, rows, str(key)):
        return redirect(part_url(answers, rows))
    form = answers.say_beside(answers.row_form(rows, str(key)), rows, str(key))
    return show(request, answers, rows, str(key), form if "check" in request.GET else hush(form))


@requires(*FILE_OR_AMEND)
@require_POST
@own_draft
def remove_row(request: HttpRequest, answers: Answers, part: str, key: UUID) -> HttpResponse:
    rows = rows_of(answers, part)
    drafts.remove_row(answers.draft.pk, rows, str(key), by=person(request))
    return redirect(f"{part_url(answers, rows)}?removed={key}")


@requires(*FILE_OR_AMEND)
@require_POST
@own_draft
def restore_row(request: HttpRequest, answers: Answers, part: str, key: UUID) -> HttpResponse:
    rows = rows_of(answers, part)
    drafts.restore_row(answers.draft.pk, rows, str(key), by=person(request))
    return redirect(part_url(answers, rows))


# -- Saving ---------------------------------------------------------------------------------------------------------
def save(request: HttpRequest, answers: Answers, part: Rows, key: str) -> HttpResponse:
    """Keep the row as typed, then go where the pressed button leads. A new row with nothing typed is not kept."""
    raw = posted(answers.row_form(part, key), request.POST)
    then = request.POST.get("then", "")
    if is_untouched(answers, part, key, raw):
        return saved_answer(answers, raw) if is_autosave(request) else _without_row(request, answers, part, key, raw)
    try:
        draft = drafts.save_row(answers.draft.pk, part, key, raw, open_page(request), by=person(request))
    except drafts.Conflict as clash:
        forms = [answers.row_form(part, key, from_raw(version)) for version in (clash.theirs, clash.yours)]
        return choose_version(request, answers, forms, raw, row_url(answers, part, key))
    except Refused as refused:
        form = answers.row_form(part, key, from_raw(raw))
        return not_saved(request, form, refused) or show(request, answers, part, key, form, status=422)
    answers = Answers(draft, answers.user)
    if is_autosave(request):
        return saved_answer(answers, raw)
    form = answers.say_beside(answers.row_form(part, key, from_raw(raw)), part, key)
    if has_number(form) or (then not in ("list", "person") and not form.is_valid()):
        return show(request, answers, part, key, form, status=422)
    return redirect(where_next(request, answers, part, key))


def _without_row(request: HttpRequest, answers: Answers, part: Rows, key: str, raw: Raw) -> HttpResponse:
    if request.POST.get("then") in ("list", "person"):
        return redirect(where_next(request, answers, part, ""))
    return show(request, answers, part, key, answers.row_form(part, key, from_raw(raw)), status=422)


def is_untouched(answers: Answers, part: Rows, key: str, raw: Raw) -> bool:
    """Whether this is a new row that holds nothing but what the form offered at first."""
    return not is_stored(answers, part, key) and _given(raw) == _given(to_raw(answers.row_form(part, key)))


def _given(raw: Raw) -> Raw:
    return {name: values for name, values in raw.items() if any(values)}


def where_next(request: HttpRequest, answers: Answers, part: Rows, key: str) -> str:
    """What the pressed button asks for; a person who was added for another row leads back to that row."""
    then = request.POST.get("then", "")
    if then == "list":
        return list_url(answers)
    if then == "person":
        return add_url(answers, _people(answers)) + "?" + urlencode({"for": part.name, "row": key})
    if then == "another":
        return add_url(answers, part)
    return _way_back(request, answers) or next_url(answers, part)


def _way_back(request: HttpRequest, answers: Answers) -> str:
    wanted = answers.kind.part(request.GET.get("for", ""))
    if not isinstance(wanted, Rows):
        return ""
    key = request.GET.get("row", "")
    return row_url(answers, wanted, key) if is_stored(answers, wanted, key) else add_url(answers, wanted)


# -- The screens ----------------------------------------------------------------------------------------------------
def show(
    request: HttpRequest, answers: Answers, part: Rows, key: str, form: AnswersForm, status: int = 200
) -> HttpResponse:
    back = _way_back(request, answers)
    query = f"?{urlencode({name: request.GET[name] for name in ('for', 'row') if name in request.GET})}" if back else ""
    is_new = not is_stored(answers, part, key)
    context = {
        "part": part,
        "form": form,
        "layout": lay_out(part, form),
        "action": row_url(answers, part, key) + query,
        "heading": f"Add {_article(part.singular)}" if is_new else part.singular.capitalize(),
        "is_first": is_new and not answers.stored_rows(part),
        "line": "" if is_new else line_of(form.instance),
        "none_url": next_url(answers, part) if not answers.wanted(part) and not back else "",
        "offers_people": bool(person_links(part.model)),
        "has_people": bool(answers.people),
        "came_from": back and _name_of(answers, request.GET.get("for", "")),
        "removed": removed(request, answers, part),
    }
    return render(request, "reports/row.html", around(answers) | context, status=status)


def removed(request: HttpRequest, answers: Answers, part: Rows) -> tuple[str, str] | None:
    """The row just removed, in words, and where it is put back."""
    key = request.GET.get("removed", "")
    stored = answers.draft.answers.get("_removed", {}).get(f"{part.name}/{key}")
    if not stored:
        return None
    form = answers.row_form(part, key, from_raw(stored["data"]))
    form.is_valid()
    return line_of(form.instance), reverse("reports:restore_row", args=[answers.draft.pk, part.name, key])


def rows_of(answers: Answers, name: str) -> Rows:
    found = answers.kind.part(name)
    if not isinstance(found, Rows):
        raise Http404
    return found


def is_stored(answers: Answers, part: Rows, key: str) -> bool:
    return any(stored["key"] == key for stored in answers.stored_rows(part))


def add_url(answers: Answers, part: Rows) -> str:
    return reverse("reports:add_row", args=[answers.draft.pk, part.name])


def _people(answers: Answers) -> Rows:
    return next(part for part in answers.kind.rows if part.model is Person)


def _article(singular: str) -> str:
    """An arrest, but a use of force: of our words, those with "u" are spoken with "y"."""
    return f"an {singular}" if singular[0] in "aeio" else f"a {singular}"


def _name_of(answers: Answers, name: str) -> str:
    found = answers.kind.part(name)
    return found.title.lower() if found else ""
