"""The nouns of the reports app."""

from reports.models.attachments import Attachment, AttachmentPiece
from reports.models.finding import (
    SavedSearch,
    SavedSearchFind,
    SearchDocument,
    SearchIdentifier,
    SearchName,
    SearchWord,
)
from reports.models.historical import HistoricalReport, LegacySource
from reports.models.life import (
    Draft,
    Notice,
    Reading,
    ReportNotice,
    Revision,
    StatusChange,
    Submission,
)
from reports.models.matches import EarlierSettlement, Match, MatchNotice, PlannedPlace, PlannedTarget
from reports.models.outside import OutsideReading, OutsideRule
from reports.models.reference import ApprovalRule, DeconflictionRule, EventType, RoutingRule, Threshold
from reports.models.relations import Relation
from reports.models.report import Report, ReportReader
from reports.models.rows import Identifier, Notification, Organization, Person, Related, Row, YesNoUnknown
from reports.models.sir import SIR, Arrest, Assault, Casualty, Discharge, Seizure, UseOfForce
from reports.models.spear import SPEAR, PlannedLocation, Warrant
from reports.models.tav import TAV, Visitor

__all__ = [
    "SIR",
    "SPEAR",
    "TAV",
    "ApprovalRule",
    "Arrest",
    "Assault",
    "Attachment",
    "AttachmentPiece",
    "Casualty",
    "DeconflictionRule",
    "Discharge",
    "Draft",
    "EarlierSettlement",
    "EventType",
    "HistoricalReport",
    "Identifier",
    "LegacySource",
    "Match",
    "MatchNotice",
    "Notice",
    "Notification",
    "Organization",
    "OutsideReading",
    "OutsideRule",
    "Person",
    "PlannedLocation",
    "PlannedPlace",
    "PlannedTarget",
    "Reading",
    "Related",
    "Relation",
    "Report",
    "ReportNotice",
    "ReportReader",
    "Revision",
    "RoutingRule",
    "Row",
    "SavedSearch",
    "SavedSearchFind",
    "SearchDocument",
    "SearchIdentifier",
    "SearchName",
    "SearchWord",
    "Seizure",
    "StatusChange",
    "Submission",
    "Threshold",
    "UseOfForce",
    "Visitor",
    "Warrant",
    "YesNoUnknown",
]
