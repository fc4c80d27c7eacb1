"""Where people and access stand in the navigation."""

from sen.ui import navigation


def register() -> None:
    navigation.add(label="People", url_name="accounts:people", permission="change_profiles", icon="people", order=70)
    navigation.add(
        label="Access", url_name="accounts:assignments", permission="grant_roles", icon="lock_open", order=71
    )
    navigation.add(
        label="Reference data", url_name="accounts:reference", permission="edit_reference", icon="list", order=80
    )
