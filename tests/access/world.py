"""The objects that the access matrix asks for: one's own, of another office, restricted, in draft, and absent ones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from accounts import campaigns, carry_over, requests
from accounts.access import may
from accounts.models import AccessRequest, Assignment, Campaign, Office, SecondFactor, User
from accounts.roles import Role
from ileads import actions as ileads
from ileads.models import Dissemination
from reports import actions, drafts
from reports.actions.saved_searches import save_search
from reports.kinds import KINDS, Kind
from reports.models import EventType, Match, Report, ReportNotice
from reports.routing import recipients
from reports.workflow import moves_of
from tests.accounts.factors import with_app
from tests.attachments.given import released, waiting
from tests.ileads import numbers
from tests.ileads.ssns import add_ssn
from tests.imports.old import bring_old, old_report
from tests.reports.filing import ANSWERS, amend_sir, approved, file_report, file_sir, make_draft, sir_answers
from tests.reports.test_readers import RESTRICTED
from watch import actions as watch

ABSENT = UUID(int=4)
USERS = """username,name,e-mail,employee number,office,role,need to know,until
new.one,New One,new@example.gov,N1,MIA,fig,Works airport cases,{}
"""
SIR_MOVES = moves_of(KINDS["sir"])
Objects = list[tuple[str, dict[str, Any]]]


class World:
    """Reports of agent (Miami) and outsider (Atlanta), their drafts, notices and summaries; and of every other kind."""

    def __init__(self) -> None:
        self.people = {user.username: user for user in User.objects.select_related("office")}
        agent, outsider, analyst = (self.people[name] for name in ("agent", "outsider", "analyst"))
        # SIRs, which every page of reports is asked with; of other kinds, what the pages ask that differ by kind.
        self.reports: dict[str, Report | None] = {
            "of agent": amend_sir(file_sir(agent), agent, narrative={"narrative": ["He was on the second pier."]}),
            "of outsider": file_sir(outsider),
            "restricted, of agent": file_sir(agent, sir_answers(agent, **RESTRICTED)),
            "absent": None,
        }
        self._name_colleague()
        self.drafts = {
            "draft of agent": make_draft(agent),
            "draft of outsider": make_draft(outsider),
            "amendment of agent": drafts.open_amendment(self.report("of agent"), by=agent),
        }
        # A photo of each; of the agent's SIR one more, which the scanner has not seen.
        self.files = {label: released(self.report(label), agent) for label in ("of agent", "restricted, of agent")}
        self.waiting = waiting(self.report("of agent"), agent)
        self.of_draft = released(self.drafts["draft of agent"], agent)
        self.written = self._summary("of outsider", analyst)
        self.released = self._summary("of agent", analyst)
        chosen = recipients(self.report("of agent"), urgent=False, on_summary=True)
        watch.release(self.released.pk, chosen, by=analyst, base=self.released.written_at)
        self.others = {label: one for kind in KINDS if kind.code != "sir" for label, one in self._of_kind(kind)}
        self.outside = actions.open_outside(
            file_sir(agent).number, by=outsider, reason="The same man was seen in Atlanta"
        )
        self.relation = actions.relate(
            self.report("of agent"), self.report("of outsider"), by=analyst, reason="One boat"
        )
        self.ssn = add_ssn(self.others["iLead of officer"], numbers.number())
        self.passed_on = self._pass_on()
        self.campaign = self._campaign()
        self.requests = self._requests()
        brought = carry_over.bring_in(USERS.format(timezone.localdate()).encode(), by=None)
        assert brought.access_list
        self.access_list = brought.access_list
        with_app(self.people["colleague"])
        self.factor = SecondFactor.objects.get(user=self.people["colleague"])
        self.search = save_search(by=self.people["agent"], name="Boats", terms="boat", filters={})
        bring_old()

    def _of_kind(self, kind: Kind) -> Iterator[tuple[str, Report]]:
        """One that has been approved, one that waits for it, and one that is restricted, where the kind has such."""
        author = next(by for by in self._people("agent", "officer") if by.may_somewhere(kind.permission("file")))
        leads = self._people("supervisor", "fod")
        filed = file_report(kind.code, author)
        if kind.approval:
            yield f"{kind.noun} awaiting", file_report(kind.code, author)
            approver = next(by for by in leads if may(by, kind.permission("approve"), author.office))
            filed = approved(filed, approver)
        yield f"{kind.noun} of {author.username}", filed
        if kind.section_of("restricted"):
            answers = ANSWERS[kind.code](author) | RESTRICTED
            yield f"{kind.noun} restricted", file_report(kind.code, author, answers)

    def _people(self, *usernames: str) -> list[User]:
        return [self.people[username] for username in usernames]

    def _pass_on(self) -> Dissemination:
        """To an agent, who reads no iLead otherwise."""
        lead, until = self.others["iLead of officer"], timezone.now() + timedelta(days=30)
        agent, officer = self._people("agent", "officer")
        return ileads.pass_on(lead.pk, agent, by=officer, need_to_know="Works the same gang", until=until)

    def report(self, label: str) -> Report:
        found = self.reports[label]
        assert found
        return found

    def _name_colleague(self) -> None:
        report, agent = self.report("restricted, of agent"), self.people["agent"]
        actions.name_reader(report, self.people["colleague"], by=agent, reason="Works the case")

    def _summary(self, label: str, analyst: User) -> Any:
        return watch.write(self.report(label).pk, "What the offices must know.", by=analyst, of_version=1)

    # -- What each address is asked with ---------------------------------------------------------------------------
    def of_reports(self, **more: Any) -> Objects:
        return [
            (label, {"number": r.number if r else "SIR-2020-MIA-999999", **more}) for label, r in self.reports.items()
        ]

    def of_historical(self) -> Objects:
        return [("an AMO", {"pk": old_report().pk}), ("absent", {"pk": ABSENT})]

    def of_others(self, **more: Any) -> Objects:
        return [(label, {"number": report.number, **more}) for label, report in self.others.items()]

    def of_every_kind(self) -> Objects:
        return self.of_reports() + self.of_others()

    def of_kinds(self) -> Objects:
        """What can be filed."""
        return [*((kind.noun, {"kind": kind.code}) for kind in KINDS), ("absent", {"kind": "nothing"})]

    def of_moves(self) -> Objects:
        """Every move of the SIRs, and of other kinds those that start from where the report stands."""
        found = [(label, report, move) for label, report in self.reports.items() if report for move in SIR_MOVES]
        for label, report in self.others.items():
            moves = moves_of(report.declaration).values()
            found += [(label, report, move.name) for move in moves if report.status in move.from_states]
        return [(f"{label}: {move}", {"number": report.number, "move": move}) for label, report, move in found]

    def of_starts(self) -> Objects:
        """What can be begun from a report, and what cannot."""
        found: Objects = []
        for label, report in self.others.items():
            names = [start.name for start in report.declaration.starts] or ["nothing"]
            found += [(f"{label}: {name}", {"number": report.number, "start": name}) for name in names]
        return found

    def of_relations(self) -> Objects:
        """The link of the two SIRs, from either and from a third."""
        return [(label, {**kwargs, "relation_id": self.relation.pk}) for label, kwargs in self.of_reports()]

    def of_matches(self) -> Objects:
        """A match of two SPEARs of Miami, one with a restricted one, and none."""
        hidden = self.others["SPEAR restricted"].pk
        pairs = {
            "of two SPEARs": Match.objects.exclude(Q(a=hidden) | Q(b=hidden)),
            "with a restricted one": Match.objects.filter(Q(a=hidden) | Q(b=hidden)),
        }
        found = [(label, {"match_id": matches.order_by("pk")[0].pk}) for label, matches in pairs.items()]
        return [*found, ("absent", {"match_id": ABSENT})]

    def of_leads(self, **more: Any) -> Objects:
        """iLeads, a SIR instead of one, and none."""
        labels = [label for label, report in self.others.items() if report.kind == "ilead"]
        found = [(label, {"number": self.others[label].number, **more}) for label in labels]
        others = [one for one in self.of_reports(**more) if one[0] in {"of agent", "absent"}]
        return found + others

    def of_disseminations(self) -> Objects:
        return self.of_leads(pk=self.passed_on.pk)

    def of_ssns(self) -> Objects:
        """A legacy SSN of an iLead of the officer, under each iLead, and what is none."""
        own = {"number": self.others["iLead of officer"].number, "ssn": "nothing"}
        return [*self.of_leads(ssn=self.ssn.pk), ("not an id", own)]

    def of_outside(self) -> Objects:
        """A reading of a report of the agent by the outsider, drawn for review, and none."""
        return [("reading of outsider", {"pk": self.outside.pk}), ("absent", {"pk": 0})]

    def of_notices(self) -> Objects:
        notice = ReportNotice.objects.get(report=self.report("of agent"), office__code="MIA", role="sac")
        return [(label, {**kwargs, "notice_id": notice.pk}) for label, kwargs in self.of_reports()]

    def of_readers(self) -> Objects:
        return self.of_reports(pk=self.people["colleague"].pk)

    def of_drafts(self, **more: Any) -> Objects:
        ids = {label: draft.pk for label, draft in self.drafts.items()} | {"absent": ABSENT}
        return [(label, {"draft_id": pk, **more}) for label, pk in ids.items()]

    def of_files(self) -> Objects:
        """Of each report its own, under the other's number that of the agent, one that waits, and none."""
        own = {label: file.pk for label, file in self.files.items()}
        found = [(label, {**kwargs, "pk": own.get(label, own["of agent"])}) for label, kwargs in self.of_reports()]
        number = self.report("of agent").number
        waits = ("waiting, of agent", {"number": number, "pk": self.waiting.pk})
        return [*found, waits, ("no file", {"number": number, "pk": ABSENT})]

    def of_draft_files(self) -> Objects:
        return self.of_drafts(pk=self.of_draft.pk)

    def of_searches(self) -> Objects:
        return [("of agent", {"pk": self.search.pk}), ("absent", {"pk": ABSENT})]

    def of_rows(self) -> Objects:
        found = []
        for label, kwargs in self.of_drafts(part="people"):
            draft = self.drafts.get(label)
            key = draft.answers["people"][0]["key"] if draft else ABSENT
            found.append((label, {**kwargs, "key": key}))
        return found

    def of_summaries(self) -> Objects:
        ids = {"written": self.written.pk, "released to Miami": self.released.pk, "absent": ABSENT}
        return [(label, {"summary_id": pk}) for label, pk in ids.items()]

    def of_inbox(self) -> Objects:
        to_sac = next(n for n in self.released.notices.all() if n.role == "sac")
        return [("to the SAC of Miami", {"notice_id": to_sac.pk}), ("absent", {"notice_id": ABSENT})]

    def of_offices(self) -> Objects:
        return [("Miami", {"pk": self.people["agent"].office_id}), ("absent", {"pk": 999_999})]

    def of_people(self) -> Objects:
        return [("agent", {"pk": self.people["agent"].pk}), ("absent", {"pk": 999_999})]

    def of_factors(self) -> Objects:
        return [("of colleague", {"factor": self.factor.pk}), ("absent", {"factor": ABSENT})]

    def _requests(self) -> dict[str, AccessRequest]:
        """One that waits for its endorsement, and one that waits for its grant."""
        office, until = Office.objects.get(code="MIA"), timezone.localdate() + timedelta(days=30)
        outsider, stranger, supervisor = self._people("outsider", "stranger", "supervisor")
        asked: dict[str, Any] = {"role": Role.FIG, "office": office, "reason": "Joins the group", "until": until}
        waits = requests.ask(by=outsider, **asked)
        endorsed = requests.endorse(requests.ask(by=stranger, **asked), by=supervisor, version=1)
        return {"of outsider": waits, "endorsed, of stranger": endorsed}

    def of_requests(self) -> Objects:
        return [*((label, {"pk": one.pk}) for label, one in self.requests.items()), ("absent", {"pk": 999_999})]

    def of_lists(self) -> Objects:
        return [("brought in", {"pk": self.access_list.pk}), ("absent", {"pk": 999_999})]

    def of_trainings(self) -> Objects:
        return [("of agent", {"pk": self.people["agent"].trainings.get().pk}), ("absent", {"pk": 999_999})]

    def of_assignments(self) -> Objects:
        held = Assignment.objects.get(user__username="agent")
        return [("of agent", {"pk": held.pk}), ("absent", {"pk": 999_999})]

    def _campaign(self) -> Campaign:
        """Of the agents of Miami, who have no supervisor on record: their office is asked."""
        last_day = timezone.localdate() + timedelta(days=9)
        office = Office.objects.get(code="MIA")
        acm = self.people["acm"]
        return campaigns.open_campaign(by=acm, name="Fall", office=office, role="field_hsi", last_day=last_day)

    def of_campaigns(self, **more: Any) -> Objects:
        return [("of Miami", {"pk": self.campaign.pk, **more}), ("absent", {"pk": 999_999, **more})]

    def of_campaign_items(self) -> Objects:
        """The item of the agent, under its campaign and under none."""
        return self.of_campaigns(item=self.campaign.items.get(assignment__user__username="agent").pk)

    def of_reference(self, **more: Any) -> Objects:
        return [("event types", {"slug": "event-types", **more}), ("absent", {"slug": "nothing", **more})]

    def of_reference_rows(self) -> Objects:
        return self.of_reference(pk=EventType.objects.order_by("pk").values_list("pk", flat=True)[0])
