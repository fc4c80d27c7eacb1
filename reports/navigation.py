"""Where reports stand in the navigation."""

from reports.kinds import KINDS
from sen.ui import navigation


def register() -> None:
    """The navigation asks for one permission a page: the SIR's, which whoever works with reports has."""
    first = next(iter(KINDS))
    navigation.add(
        label="File a report",
        url_name="reports:choose",
        permission=first.permission("file"),
        icon="add_circle",
        order=30,
    )
    navigation.add(
        label="Reports", url_name="reports:listing", permission=first.permission("read"), icon="folder", order=31
    )
