"""The reports app: the report and its life."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self) -> None:
        from reports import history, homes, match_panel, navigation, reference_pages, visits

        history.register()
        homes.register_homes()
        match_panel.register()
        navigation.register()
        reference_pages.register_pages()
        visits.register()
