"""The privacy app: how personal data is declared, masked and guarded."""

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "privacy"
