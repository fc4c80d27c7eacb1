"""The objects that the access matrix asks for: one's own, of another office, restricted, in draft, and absent ones."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from accounts.models import Assignment, User
from reports import actions, drafts
from reports.kinds import KINDS
from reports.models import EventType, Report, ReportNotice
from reports.routing import recipients
from reports.workflow import moves_of
from tests.imports.old import bring_old, old_report
from tests.reports.filing import amend_sir, file_sir, make_draft, sir_answers
from tests.reports.test_readers import RESTRICTED
from watch import actions as watch

ABSENT = UUID(int=4)
Objects = list[tuple[str, dict[str, Any]]]


class World:
    """Reports of agent (Miami) and outsider (Atlanta), their drafts, notices and summaries."""

    def __init__(self) -> None:
        self.people = {user.username: user for user in User.objects.select_related("office")}
        agent, outsider, analyst = (self.people[name] for name in ("agent", "outsider", "analyst"))
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
        self.written = self._summary("of outsider", analyst)
        self.released = self._summary("of agent", analyst)
        chosen = recipients(self.report("of agent"), urgent=False, on_summary=True)
        watch.release(self.released.pk, chosen, by=analyst, base=self.released.written_at)

        bring_old()

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

    def of_moves(self) -> Objects:
        return [
            (f"{label}: {move}", {**kwargs, "move": move})
            for move in moves_of(KINDS["sir"])
            for label, kwargs in self.of_reports()[:3]
        ]

    def of_notices(self) -> Objects:
        notice = ReportNotice.objects.get(report=self.report("of agent"), office__code="MIA", role="sac")
        return [(label, {**kwargs, "notice_id": notice.pk}) for label, kwargs in self.of_reports()]

    def of_readers(self) -> Objects:
        return self.of_reports(pk=self.people["colleague"].pk)

    def of_drafts(self, **more: Any) -> Objects:
        ids = {label: draft.pk for label, draft in self.drafts.items()} | {"absent": ABSENT}
        return [(label, {"draft_id": pk, **more}) for label, pk in ids.items()]

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

    def of_people(self) -> Objects:
        return [("agent", {"pk": self.people["agent"].pk}), ("absent", {"pk": 999_999})]

    def of_assignments(self) -> Objects:
        held = Assignment.objects.get(user__username="agent")
        return [("of agent", {"pk": held.pk}), ("absent", {"pk": 999_999})]

    def of_reference(self, **more: Any) -> Objects:
        return [("event types", {"slug": "event-types", **more}), ("absent", {"slug": "nothing", **more})]

    def of_reference_rows(self) -> Objects:
        return self.of_reference(pk=EventType.objects.order_by("pk").values_list("pk", flat=True)[0])
