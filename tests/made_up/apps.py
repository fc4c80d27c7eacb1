"""The app of the made-up kind, installed by its own settings alone."""

from django.apps import AppConfig


class MadeUpConfig(AppConfig):
    name = "tests.made_up"
    label = "made_up"
