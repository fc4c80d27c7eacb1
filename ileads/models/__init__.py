"""The models of the iLeads app."""

from ileads.models.dissemination import Dissemination
from ileads.models.ilead import GangClaim, ILead, WarrantClaim, in_five_years
from ileads.models.reveal import Reveal
from ileads.models.ssn import LegacySSN

__all__ = ["Dissemination", "GangClaim", "ILead", "LegacySSN", "Reveal", "WarrantClaim", "in_five_years"]
