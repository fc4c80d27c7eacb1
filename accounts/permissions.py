"""The guardian permissions that exist on an office: those of `accounts.roles`, made after every migration.

They are not in the model's options, so that a new permission is its row in the table of roles and nothing else.
"""

from typing import Any

from django.apps import apps
from django.db import connections

from accounts.roles import office_permissions


def install(using: str = "default", **_: Any) -> None:
    """Make what `accounts.roles` names and the database does not have yet. Runs after migrations, as the owner."""
    from django.contrib.auth.models import Permission
    from django.contrib.contenttypes.models import ContentType

    if not {"auth_permission", "accounts_office"} <= set(connections[using].introspection.table_names()):
        return
    office = ContentType.objects.db_manager(using).get_for_model(apps.get_model("accounts", "Office"))
    there = set(Permission.objects.using(using).filter(content_type=office).values_list("codename", flat=True))
    Permission.objects.using(using).bulk_create(
        Permission(content_type=office, codename=codename, name=name[:255])
        for codename, name in office_permissions()
        if codename not in there
    )
