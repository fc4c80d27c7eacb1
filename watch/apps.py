"""The watch app: the JIOC's desk."""

from django.apps import AppConfig


class WatchConfig(AppConfig):
    name = "watch"

    def ready(self) -> None:
        from watch import navigation

        navigation.register()
