"""The reports app: the report and its life."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self) -> None:
        from reports import history, navigation

        history.register()
        navigation.register()
