"""A real identity provider for tests: django-allauth's, in a process and a database of its own."""
