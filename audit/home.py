"""What an auditor sees first: the log itself, until there is a weekly review to do."""

from sen.home import Home, register


def offer() -> None:
    register(Home(permission="read_audit", order=10, blocks=lambda _: [], instead="audit:events"))
