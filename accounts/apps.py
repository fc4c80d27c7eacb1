"""The accounts app: who you are and what you may do."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import history, navigation, permissions

        post_migrate.connect(permissions.install, sender=self, dispatch_uid="accounts.permissions")
        history.register()
        navigation.register()
