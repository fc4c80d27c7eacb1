"""The accounts app: who you are and what you may do."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import history, navigation

        history.register()
        navigation.register()
