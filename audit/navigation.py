"""Where the audit log stands in the navigation."""

from sen.ui import navigation


def register() -> None:
    navigation.add(label="Audit log", url_name="audit:events", permission="read_audit", icon="visibility", order=60)
