"""Where people and access stand in the navigation."""

from accounts import sessions
from sen.ui import half_open, navigation


def register() -> None:
    half_open.ask = lambda request: hasattr(request, "session") and sessions.is_pending(request.session)
    navigation.add(
        label="People",
        url_name="accounts:people",
        permission=("change_profiles", "grant_roles", "explain_access"),
        icon="people",
        order=70,
    )
    navigation.add(
        label="Access", url_name="accounts:assignments", permission="grant_roles", icon="lock_open", order=71
    )
    navigation.add(
        label="Reference data", url_name="accounts:reference", permission="edit_reference", icon="list", order=80
    )
    navigation.add(
        label="Recertification",
        url_name="accounts:campaigns",
        permission=("endorse_access", "grant_roles", "explain_access"),
        icon="verified",
        order=74,
    )
    navigation.add(
        label="Explain access",
        url_name="accounts:explain",
        permission="explain_access",
        icon="help_outline",
        order=75,
    )
    navigation.add(label="Your sign-in", url_name="accounts:sessions", icon="lock", order=95)
    _way_in()


def _way_in() -> None:
    navigation.add(
        label="Requests",
        url_name="accounts:requests",
        permission=("endorse_access", "grant_roles"),
        icon="group_add",
        order=72,
    )
    navigation.add(
        label="Training", url_name="accounts:trainings", permission="record_training", icon="check", order=73
    )
    navigation.add(label="Your access", url_name="accounts:request", icon="verified_user", order=94)
