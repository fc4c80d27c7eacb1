"""The audit app: one append-only log of who did and who saw what."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    name = "audit"

    def ready(self) -> None:
        from audit import alarm, coverage, home, navigation

        post_migrate.connect(coverage.install, dispatch_uid="audit.coverage")
        navigation.register()
        alarm.register()
        home.offer()
