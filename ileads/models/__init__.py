"""The models of the iLeads app."""

from ileads.models.dissemination import Dissemination
from ileads.models.ilead import GangClaim, ILead, WarrantClaim, in_five_years

__all__ = ["Dissemination", "GangClaim", "ILead", "WarrantClaim", "in_five_years"]
