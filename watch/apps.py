"""The watch app: the JIOC's desk."""

from django.apps import AppConfig


class WatchConfig(AppConfig):
    name = "watch"

    def ready(self) -> None:
        from reports import panels
        from watch import explain, known, navigation

        explain.register()
        navigation.register()
        panels.register(panels=known.panels, entries=known.entries)
