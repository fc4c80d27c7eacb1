"""Where reports stand in the navigation."""

from reports.kinds import KINDS
from sen.ui import navigation


def register() -> None:
    """Whoever may file or read any kind of report finds them here."""
    files = tuple(kind.permission("file") for kind in KINDS)
    reads = tuple(kind.permission("read") for kind in KINDS)
    navigation.add(label="File a report", url_name="reports:choose", permission=files, icon="add_circle", order=30)
    navigation.add(label="Reports", url_name="reports:listing", permission=reads, icon="folder", order=31)
    navigation.add(label="Operations", url_name="reports:board", permission="read_spear", icon="event", order=32)
    navigation.add(
        label="Historical reports",
        url_name="reports:historical_list",
        permission="read_historical",
        icon="history",
        order=38,
    )
