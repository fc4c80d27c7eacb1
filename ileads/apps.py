"""The iLeads app: intelligence leads and the masked legacy SSN."""

from django.apps import AppConfig


class ILeadsConfig(AppConfig):
    name = "ileads"
