"""One committed row of every audited model, and a second one like it that no constraint but the audit refuses."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import uuid4

from django.contrib.auth.models import Permission
from django.db import models, transaction
from django.utils import timezone

from accounts import actions, campaigns, requests, single_sign_on
from accounts.confirming import Confirmed
from accounts.models import AccessList, Assignment, Office, User
from accounts.roles import Role
from audit import coverage, review
from audit.log import record
from audit.models import SearchTerms
from ileads import actions as ileads
from ileads.models import WarrantClaim
from ileads.reveal import Asked, NotShown, reveal
from reports import actions as acts
from reports import models as r
from reports.actions import attachments
from reports.actions.saved_searches import save_search
from reports.finding import alerts
from reports.models import Report
from reports.reading import note_reading
from tests.accounts.factors import with_app
from tests.ileads import numbers
from tests.imports.old import bring_old
from tests.reports.filing import approved, file_ilead, file_sir, file_spear, file_tav
from watch.models import Summary, SummaryNotice, SummaryVersion

NAMES = {model._meta.label: model for model in coverage.audited_models()}


def build() -> None:
    """At least one row in every audited table, each with the event that its table asks for."""
    agent, analyst = User.objects.get(username="agent"), User.objects.get(username="analyst")
    report, _ = Report.objects.get(pk=file_sir(agent).pk), file_sir(agent)
    note_reading(report, by=analyst)
    attachments.add(BytesIO(b"Seen at the pier"), "notes.txt", key=uuid4(), on=report, by=agent)
    save_search(by=analyst, name="SIRs", terms="", filters={"kind": "sir"}, alerts=True)
    alerts.match(str(report.pk), report.version)
    actions.save_reference(r.Threshold(goods="cocaine", measure="quantity", at_least=1, unit="kg"), by=None)
    with transaction.atomic():
        terms = SearchTerms.objects.create(user_id=analyst.pk, terms="anything")
        record("reports.searched", by=analyst, on=terms)
    review.open_week(review.weeks()[0], by=analyst)
    _campaign()
    with_app(agent)
    _way_in(agent)
    with transaction.atomic():
        _rows(report, analyst)
        record("report.amended", by=agent, on=report)
    with transaction.atomic():
        record("summary.drafted", by=analyst, on=_summary(report, analyst))
    _other_kinds()
    _former(report)


def _campaign() -> None:
    acm, office = User.objects.get(username="acm"), Office.objects.get(code="MIA")
    last_day = timezone.localdate() + timedelta(days=9)
    campaigns.open_campaign(by=acm, name="Fall", office=office, role="field_hsi", last_day=last_day)


def _other_kinds() -> None:
    """A row of every table that only another kind than the SIR has."""
    agent, officer, fod, analyst = (User.objects.get(username=name) for name in ("agent", "officer", "fod", "analyst"))
    plan, other, visit = file_spear(agent), file_spear(agent), file_tav(officer)
    acts.relate(plan, other, by=agent, reason="One team")
    acts.relate(visit, file_tav(officer), by=officer, reason="One detainee")
    lead = approved(file_ilead(officer), fod)
    file_ilead(officer)
    numbers.on(lead, numbers.number())
    with suppress(NotShown):
        reveal(Asked("no iLead", "no number", "", ""), by=analyst, confirm=lambda: Confirmed(False))
    until = timezone.now() + timedelta(days=30)
    ileads.pass_on(lead.pk, agent, by=officer, need_to_know="Works the same gang", until=until)
    actions.save_reference(r.ApprovalRule(kind="sir", needed=False), by=None)
    with transaction.atomic():
        person = lead.person_rows.get()
        WarrantClaim.objects.create(report=lead, person=person, agency="County court", checked_at=timezone.now())
        record("report.amended", by=officer, on=lead)
    with transaction.atomic():
        match = r.Match.objects.get()
        settled = {"outcome": "joined", "note": "One team", "settled_by": analyst, "settled_at": timezone.now()}
        r.EarlierSettlement.objects.create(match=match, **settled)
        record("match.settled", by=analyst, on=match)


def _way_in(agent: User) -> None:
    """A request for access, and a list of existing users."""
    office, until = Office.objects.get(code="MIA"), timezone.localdate() + timedelta(days=30)
    requests.ask(by=agent, role=Role.FIG, office=office, reason="Joins the group", until=until)
    with transaction.atomic():
        made = AccessList.objects.create(checksum="2" * 64, lines=1, brought_in_at=timezone.now())
        record("access.list_brought_in", by=None, on=made)
    single_sign_on.link(agent, "a subject", by=None)


def _former(report: Report) -> None:
    """What stands in the tables of former systems."""
    bring_old()
    with transaction.atomic():
        r.LegacySource.objects.create(report=report, payload={}, imported_at=timezone.now(), checksum="1" * 64)
        record("legacy.imported", by=None, on=report)


def _rows(report: Report, analyst: User) -> None:
    now, person = timezone.now(), report.person_rows.get()
    reading = Permission.objects.get(codename="read_report")
    r.ReportReader.objects.create(user=analyst, permission=reading, content_object=report, until=now + timedelta(1))
    r.OutsideReading.objects.create(
        report=report, reader=analyst, reason="any", opened_at=now, until=now + timedelta(1)
    )
    r.StatusChange.objects.create(report=report, move="take-up", to_status="submitted", by=analyst, at=now)
    r.Identifier.objects.create(report=report, type="other", value="one")
    r.Organization.objects.create(report=report, name="Harbor Company")
    r.Related.objects.create(report=report, number="SIR-2026-MIA-000999")
    r.Notification.objects.create(report=report, told="Duty desk")
    r.Seizure.objects.create(report=report, goods="other", description="a box", quantity=Decimal(1), unit="items")
    r.Assault.objects.create(report=report, employee=person, kind="physical")
    r.UseOfForce.objects.create(report=report, employee=person, kind="physical", reason="resisted")
    r.Discharge.objects.create(report=report, shooter=person, rounds=1)
    r.Casualty.objects.create(report=report, person=person, severity="minor")


def _summary(report: Report, analyst: User) -> Summary:
    now, office = timezone.now(), Office.objects.get(code="MIA")
    summary = Summary.objects.create(report=report, text="short", of_version=1, written_by=analyst, written_at=now)
    SummaryVersion.objects.create(summary=summary, version=1, text="short", of_version=1, by=analyst, at=now)
    SummaryNotice.objects.create(summary=summary, office=office, role="sac", made_at=now)
    return summary


def row_of(model: type[models.Model]) -> Any:
    """A row of this very table, not one that another row points at where it can be helped."""
    row: Any = model._default_manager.order_by("-pk").first()
    assert row is not None, f"no row of {model._meta.label} was made"
    return row


def changed_field(model: type[models.Model]) -> Any:
    """A field that may take another value without breaking any rule of the table."""
    ruled = {name for rule in model._meta.constraints for name in getattr(rule, "fields", ())}
    free = [
        field
        for field in model._meta.local_fields
        if not (field.primary_key or field.unique or field.choices or field.is_relation or field.name in ruled)
        and not field.null
    ]
    kinds = (models.CharField, models.TextField, models.DateTimeField, models.DecimalField, models.BooleanField)
    for kind in (*kinds, models.IntegerField):
        if found := next((field for field in free if isinstance(field, kind)), None):
            return found
    # A table of nothing but choices, which the database itself does not hold to them; or of hashes, each another.
    chosen = (field for field in model._meta.local_fields if field.choices and field.name not in ruled)
    return next(chosen, None) or next(f for f in model._meta.local_fields if isinstance(f, models.CharField))


def other_value(field: Any, value: Any) -> Any:
    if isinstance(field, models.BooleanField):
        return not value
    if isinstance(field, models.DateTimeField):
        return value + timedelta(seconds=1)
    return uuid4().hex[:6] if isinstance(field, models.CharField | models.TextField) else value + 1


def twin(row: Any) -> Any:
    """An unsaved row like this one, different where two may not be alike."""
    copy = type(row).objects.get(pk=row.pk)
    copy.pk = uuid4() if isinstance(copy._meta.pk, models.UUIDField) or copy._meta.parents else None
    if copy._meta.parents:
        copy.id = copy.pk
    for name, value in different(row).items():
        setattr(copy, name, value)
    copy._state.adding = True
    return copy


def different(row: Any) -> dict[str, Any]:
    """What two rows of a table may not share."""
    word = uuid4().hex[:7]
    elsewhere, stranger = Office.objects.get(code="GUM"), User.objects.get(username="stranger")
    free: dict[str, dict[str, Any]] = {
        "audit.Review": {"week": word, "first_day": date(2000, 1, 3)},
        "accounts.Office": {"code": word.upper(), "path": f"/{word}/"},
        "accounts.User": {"username": word},
        "accounts.SecondFactor": {"user": stranger},
        "accounts.RecoveryCode": {"code_hash": word},
        "accounts.AccessList": {"checksum": word},
        "accounts.AccessRequest": {"office": elsewhere},
        "accounts.Identity": {"subject": word, "user": stranger},
        "accounts.Training": {"completed_on": date(2020, 1, 3)},
        "accounts.CampaignItem": {"assignment": Assignment.objects.filter(reviews=None).first()},
        "accounts.OfficePermission": {"content_object": elsewhere},
        "reports.Report": {"number": word},
        "reports.SIR": {"number": word},
        "reports.ReportReader": {"user": stranger},
        "reports.Revision": {"version": 99},
        "reports.AttachmentPiece": {"position": 99},
        "reports.Reading": {"version": 99},
        "reports.SavedSearch": {"name": word},
        "reports.SavedSearchFind": {"report": Report.objects.filter(kind="tav").first()},
        "reports.ReportNotice": {"office": elsewhere},
        "reports.EventType": {"code": word, "label": word},
        "reports.Threshold": {"goods": "", "measure": "estimated_value", "unit": ""},
        "reports.SPEAR": {"number": word},
        "reports.TAV": {"number": word},
        "ileads.ILead": {"number": word},
        "ileads.Dissemination": {"recipient": stranger},
        "ileads.Reveal": {"attempt": -1, "decision": -1},
        "reports.MatchNotice": {"person": None, "office": elsewhere, "role": "sac"},
        "reports.ApprovalRule": {"kind": "tav"},
        "reports.DeconflictionRule": {},
        "reports.OutsideRule": {"kind": "tav"},
        "reports.HistoricalReport": {"checksum": word},
        "reports.LegacySource": {"report_id": row.pk, "checksum": word},
        "watch.Summary": {"report": Report.objects.filter(summaries=None).first()},
        "watch.SummaryVersion": {"version": 99},
        "watch.SummaryNotice": {"version": 99},
    }
    return free.get(row._meta.label, {})
