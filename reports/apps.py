"""The reports app: the report and its life."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self) -> None:
        from reports import history, homes, navigation, reference_pages

        history.register()
        homes.register_homes()
        navigation.register()
        reference_pages.register_pages()
