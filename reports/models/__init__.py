"""The nouns of the reports app."""

from reports.models.life import (
    Draft,
    Notice,
    Reading,
    ReportNotice,
    Revision,
    SearchDocument,
    StatusChange,
    Submission,
)
from reports.models.reference import EventType, RoutingRule, Threshold
from reports.models.report import Report, ReportReader
from reports.models.rows import Identifier, Notification, Organization, Person, Related, Row, YesNoUnknown
from reports.models.sir import SIR, Arrest, Assault, Casualty, Discharge, Seizure, UseOfForce

__all__ = [
    "SIR",
    "Arrest",
    "Assault",
    "Casualty",
    "Discharge",
    "Draft",
    "EventType",
    "Identifier",
    "Notice",
    "Notification",
    "Organization",
    "Person",
    "Reading",
    "Related",
    "Report",
    "ReportNotice",
    "ReportReader",
    "Revision",
    "RoutingRule",
    "Row",
    "SearchDocument",
    "Seizure",
    "StatusChange",
    "Submission",
    "Threshold",
    "UseOfForce",
    "YesNoUnknown",
]
