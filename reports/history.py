"""Which of our models pages show the history of."""

from auditlog.registry import auditlog

from reports.kinds import KINDS
from reports.models import ApprovalRule, DeconflictionRule, EventType, Report, RoutingRule, Threshold

# Who changed a report and when; what it says is in its versions, never in a log of changes.
OF_A_REPORT = ["status", "version", "urgency", "office"]


def register() -> None:
    """Keep who changed what. The evidence is the event log; this is for reading."""
    for reference in (ApprovalRule, DeconflictionRule, EventType, Threshold, RoutingRule):
        auditlog.register(reference)
    # A filed or amended report is saved as its kind, a moved one as a report.
    for model in (Report, *(kind.model for kind in KINDS)):
        auditlog.register(model, include_fields=OF_A_REPORT)
