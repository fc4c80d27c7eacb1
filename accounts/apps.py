"""The accounts app: who you are and what you may do."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import access_tasks as access_tasks  # the worker knows a job whose module was read
        from accounts import campaign_tasks as campaign_tasks
        from accounts import factor_mail as factor_mail
        from accounts import history, homes, navigation, permissions
        from accounts import password_tasks as password_tasks

        post_migrate.connect(permissions.install, sender=self, dispatch_uid="accounts.permissions")
        history.register()
        navigation.register()
        homes.register_homes()
