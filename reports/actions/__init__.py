"""Every change to a filed report: filing, amending, moving, linking, naming readers, acknowledging."""

from reports.actions.acknowledging import acknowledge
from reports.actions.amending import Outdated, closed_to_amending, rebase
from reports.actions.filing import ChangedSince, KeyReused, NotComplete, Receipt, submit
from reports.actions.keeping import version, weigh
from reports.actions.moving import SeenEarlier, move
from reports.actions.outside import open_outside, review_outside
from reports.actions.readers import name_reader, remove_reader
from reports.actions.relating import may_relate, relate, unrelate

__all__ = [
    "ChangedSince",
    "KeyReused",
    "NotComplete",
    "Outdated",
    "Receipt",
    "SeenEarlier",
    "acknowledge",
    "closed_to_amending",
    "may_relate",
    "move",
    "name_reader",
    "open_outside",
    "rebase",
    "relate",
    "remove_reader",
    "review_outside",
    "submit",
    "unrelate",
    "version",
    "weigh",
]
