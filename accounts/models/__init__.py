"""The nouns of accounts: people and offices, grants, requests, training, signing in, campaigns."""

from accounts.models.campaigns import Campaign, CampaignItem
from accounts.models.grants import Assignment, AssignmentQuerySet, OfficePermission, Version
from accounts.models.people import Office, Programme, User, UserManager
from accounts.models.requests import AccessList, AccessRequest
from accounts.models.signing_in import Identity, OpenSession, RecoveryCode, SecondFactor, SignInAttempt
from accounts.models.training import Training

__all__ = [
    "AccessList",
    "AccessRequest",
    "Assignment",
    "AssignmentQuerySet",
    "Campaign",
    "CampaignItem",
    "Identity",
    "Office",
    "OfficePermission",
    "OpenSession",
    "Programme",
    "RecoveryCode",
    "SecondFactor",
    "SignInAttempt",
    "Training",
    "User",
    "UserManager",
    "Version",
]
