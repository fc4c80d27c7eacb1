"""The iLeads app: intelligence leads, whom they are passed on to, and when they are validated."""

from django.apps import AppConfig


class ILeadsConfig(AppConfig):
    name = "ileads"

    def ready(self) -> None:
        from ileads import explain, homes, leaving, panels, ssn_panel
        from reports import panels as places

        explain.register()
        homes.register()
        leaving.register()
        places.register(panels=panels.panels, entries=panels.entries)
        places.register(panels=ssn_panel.panels)
