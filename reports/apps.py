"""The reports app: the report and its life."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self) -> None:
        from reports import (
            alike_panel,
            attachment_panel,
            explain,
            history,
            homes,
            leaving,
            match_panel,
            navigation,
            outside_panel,
            reference_pages,
            visits,
        )

        alike_panel.register()
        attachment_panel.register()
        explain.register()
        history.register()
        homes.register_homes()
        leaving.register()
        match_panel.register()
        navigation.register()
        outside_panel.register()
        reference_pages.register_pages()
        visits.register()
