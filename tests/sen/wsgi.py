"""The application with the small views of tests/accounts/addresses.py, for tests of what a real server logs."""

from importlib import import_module

from django.conf import settings

settings.ROOT_URLCONF = "tests.accounts.addresses"
# The files of a page are not collected for a test.
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
application = import_module("sen.wsgi").application
