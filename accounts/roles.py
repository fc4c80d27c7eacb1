"""Who may do what: every role, the permissions it carries and how far each reaches. The one place that says so."""

from dataclasses import dataclass
from enum import Enum, StrEnum


class Reach(Enum):
    """How far a permission goes. A wider reach includes the narrower ones; ROW is granted by name, report by report."""

    OWN = 1
    OFFICE = 2
    ALL = 3


class Role(StrEnum):
    """The roles of the agency, as the access control manager assigns them at an office."""

    FIELD_HSI = "field_hsi"
    FIELD_ERO = "field_ero"
    SUPERVISOR = "supervisor"
    SAC = "sac"
    FOD = "fod"
    FIG = "fig"
    JIOC = "jioc"
    INTEL = "intel"
    HQ_USER = "hq_user"
    HQ_DUTY_MANAGER = "hq_duty_manager"
    SCO = "sco"
    ACM = "acm"
    AUDITOR = "auditor"
    PRIVACY_OFFICER = "privacy_officer"
    HISTORICAL_READER = "historical_reader"
    SSN_READER = "ssn_reader"
    ADMINISTRATOR = "administrator"

    @property
    def label(self) -> str:
        return ROLE_LABELS[self]


ROLE_LABELS: dict[Role, str] = {
    Role.FIELD_HSI: "Field agent (HSI)",
    Role.FIELD_ERO: "Field officer (ERO)",
    Role.SUPERVISOR: "Supervisor",
    Role.SAC: "Special Agent in Charge",
    Role.FOD: "Field Office Director",
    Role.FIG: "Field Intelligence Group",
    Role.JIOC: "JIOC analyst",
    Role.INTEL: "Intelligence analyst",
    Role.HQ_USER: "HQ User",
    Role.HQ_DUTY_MANAGER: "HQ Duty Manager",
    Role.SCO: "System Control Officer",
    Role.ACM: "Access Control Manager",
    Role.AUDITOR: "Auditor",
    Role.PRIVACY_OFFICER: "Privacy Officer",
    Role.HISTORICAL_READER: "Historical Reader",
    Role.SSN_READER: "Legacy SSN Reader",
    Role.ADMINISTRATOR: "Administrator",
}


@dataclass(frozen=True)
class Grant:
    """One permission of a role. `programme` limits it to assignments at an office of that programme."""

    reach: Reach
    programme: str = ""


OWN, OFFICE, ALL = Grant(Reach.OWN), Grant(Reach.OFFICE), Grant(Reach.ALL)
ERO_OFFICE = Grant(Reach.OFFICE, "ERO")

# Permission -> what it lets a person do, completing "You may …" and "… needs a role that may …".
PERMISSIONS: dict[str, str] = {
    "file_sir": "file a SIR",
    "file_spear": "file a SPEAR",
    "file_ilead": "file an iLead",
    "file_tav": "file a TAV",
    "read_sir": "read SIRs",
    "read_spear": "read SPEARs",
    "read_ilead": "read iLeads",
    "read_tav": "read TAVs",
    "read_historical": "read AMO, OPPRED and LEARA reports",
    "amend_sir": "amend a SIR",
    "amend_spear": "amend a SPEAR",
    "amend_ilead": "amend an iLead",
    "amend_tav": "amend a TAV",
    "approve_sir": "approve or return a SIR",
    "approve_spear": "approve or return a SPEAR",
    "approve_ilead": "approve or return an iLead",
    "approve_tav": "approve or return a TAV",
    "void_sir": "void a SIR",
    "void_spear": "void a SPEAR",
    "void_ilead": "void an iLead",
    "void_tav": "void a TAV",
    "close_sir": "close and reopen SIRs",
    "close_spear": "close and reopen SPEARs",
    "close_ilead": "close and reopen iLeads",
    "close_tav": "close and reopen TAVs",
    "decide_tav": "decide a TAV",
    "validate_ilead": "validate an iLead",
    "disseminate_ilead": "pass an iLead on to somebody who needs to know",
    "see_provider": "see who gave the information of an iLead",
    "reveal_provider": "reveal who gave the information of an iLead",
    "settle_matches": "settle matches of planned operations",
    "review_reports": "take up, release and summarise reports",
    "acknowledge": "acknowledge for an office",
    "take_originals": "take the original of an attachment, as evidence",
    "name_readers": "name who may read a restricted report",
    "reveal_ssn": "reveal a legacy SSN",
    "change_profiles": "change people's profiles",
    "grant_roles": "grant and revoke roles",
    "endorse_access": "endorse what people ask for",
    "record_training": "record completed training",
    "explain_access": "ask why somebody may see or do something",
    "edit_reference": "edit offices, event types, thresholds and routing",
    "read_audit": "read the audit log",
    "run_privacy": "run disclosures and retention",
}

FILE_EVENTS = {"file_sir": OFFICE, "file_spear": OFFICE}
FILE_LEADS = {"file_ilead": OFFICE, "file_tav": OFFICE}
READ_EVENTS = {"read_sir": OFFICE, "read_spear": OFFICE}
OWN_LEADS = {"amend_ilead": OWN, "amend_tav": OWN, "validate_ilead": OWN, "disseminate_ilead": OWN, "see_provider": OWN}
AMEND_OWN_EVENTS = {"amend_sir": OWN, "amend_spear": OWN, "name_readers": OWN}
READ_ALL = {"read_sir": ALL, "read_spear": ALL, "read_ilead": ALL, "read_tav": ALL}
OVERSEE = {
    **FILE_EVENTS,
    **READ_EVENTS,
    "read_ilead": OFFICE,
    "amend_sir": OFFICE,
    "amend_spear": OFFICE,
    "approve_sir": OFFICE,
    "approve_spear": OFFICE,
    "approve_ilead": OFFICE,
    "approve_tav": ERO_OFFICE,
    "void_sir": OFFICE,
    "void_spear": OFFICE,
    "void_ilead": OFFICE,
    "void_tav": ERO_OFFICE,
    "acknowledge": OFFICE,
    "name_readers": OFFICE,
    "take_originals": OFFICE,
    "endorse_access": OFFICE,
}
OVERSEE_ERO = {
    "file_ilead": ERO_OFFICE,
    "file_tav": ERO_OFFICE,
    "amend_ilead": ERO_OFFICE,
    "amend_tav": ERO_OFFICE,
    "read_tav": ERO_OFFICE,
    "decide_tav": ERO_OFFICE,
    "validate_ilead": ERO_OFFICE,
    "disseminate_ilead": ERO_OFFICE,
}

GRANTS: dict[Role, dict[str, Grant]] = {
    Role.FIELD_HSI: {**FILE_EVENTS, **READ_EVENTS, **AMEND_OWN_EVENTS},
    Role.FIELD_ERO: {
        **FILE_EVENTS,
        **FILE_LEADS,
        **READ_EVENTS,
        "read_ilead": OFFICE,
        "read_tav": OFFICE,
        **AMEND_OWN_EVENTS,
        **OWN_LEADS,
    },
    Role.SUPERVISOR: {**OVERSEE, **OVERSEE_ERO, "see_provider": ERO_OFFICE},
    Role.SAC: OVERSEE,
    Role.FOD: {**OVERSEE, **OVERSEE_ERO, "close_tav": ERO_OFFICE, "see_provider": OWN},
    Role.FIG: {**READ_EVENTS, "read_ilead": OFFICE, "acknowledge": OFFICE},
    Role.JIOC: {
        **READ_ALL,
        "close_sir": ALL,
        "close_spear": ALL,
        "close_ilead": ALL,
        "close_tav": ALL,
        "review_reports": ALL,
        "take_originals": ALL,
        "disseminate_ilead": ALL,
        "settle_matches": ALL,
    },
    Role.INTEL: {"read_ilead": ALL, "acknowledge": OFFICE, "disseminate_ilead": ALL, "reveal_provider": ALL},
    Role.HQ_USER: READ_ALL,
    Role.HQ_DUTY_MANAGER: {**READ_ALL, "acknowledge": OFFICE},
    Role.SCO: {"change_profiles": ALL},
    Role.ACM: {"grant_roles": ALL, "record_training": ALL, "explain_access": ALL},
    Role.AUDITOR: {**READ_ALL, "read_historical": ALL, "read_audit": ALL, "explain_access": ALL},
    Role.PRIVACY_OFFICER: {
        **READ_ALL,
        "read_historical": ALL,
        "read_audit": ALL,
        "run_privacy": ALL,
        "record_training": ALL,
        "explain_access": ALL,
    },
    Role.HISTORICAL_READER: {"read_historical": ALL},
    Role.SSN_READER: {"reveal_ssn": ALL},
    Role.ADMINISTRATOR: {"edit_reference": ALL},
}

# Who holds one of these proves, beside the password, that it is they (settings.SECOND_FACTOR can ask everybody).
SECOND_FACTOR_ROLES = frozenset({Role.ACM, Role.SCO, Role.AUDITOR, Role.PRIVACY_OFFICER, Role.ADMINISTRATOR})

# Roles that one person may not hold together (PIA: SCO and ACM apart; an auditor writes no report; HQ User reads only).
FILING = {role for role, grants in GRANTS.items() if any(name.startswith("file_") for name in grants)}
APART: tuple[frozenset[Role], ...] = (
    frozenset({Role.ACM, Role.SCO}),
    *(frozenset({Role.SSN_READER, other}) for other in (Role.HQ_USER, Role.SCO, Role.ACM, Role.AUDITOR)),
    *(frozenset({Role.AUDITOR, role}) for role in sorted(FILING)),
    *(frozenset({Role.PRIVACY_OFFICER, role}) for role in sorted(FILING)),
    *(frozenset({Role.HQ_USER, role}) for role in sorted(FILING)),
)


def own(permission: str) -> str:
    """The permission's narrow form, good only for what the person wrote."""
    return f"{permission}_own"


def office_permissions() -> tuple[tuple[str, str], ...]:
    """Every permission in both forms, as the guardian permissions that exist on an office (`accounts.permissions`)."""
    narrow = ((own(name), f"{words}, if it is one's own") for name, words in PERMISSIONS.items())
    return (*PERMISSIONS.items(), *narrow)
