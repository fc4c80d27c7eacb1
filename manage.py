"""Django's command line, with the embedded database started around a command that needs it."""

import os
import sys
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from sen import demonstration, embedded
from sen.postgres import Unavailable

CHECKOUT = Path(__file__).resolve().parent
# These change or describe the schema, so they connect as the role that owns it.
OWNER_COMMANDS = {"migrate", "makemigrations", "squashmigrations", "sqlmigrate", "sqlflush", "showmigrations", "flush"}
WITHOUT_DATABASE = {"help", "version", "--version", "check", "collectstatic", "findstatic", "diffsettings", "startapp"}


def main() -> None:
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    demonstration.assume_in_checkout()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sen.settings")
    if command in OWNER_COMMANDS:
        os.environ.setdefault("SEN_DATABASE_ROLE", "owner")
    try:
        demonstration.refuse_unconfirmed_database()
        _run_with_database() if _needs_embedded(command) else _run()
    except (ImproperlyConfigured, Unavailable) as reason:
        sys.exit(str(reason))


def _needs_embedded(command: str) -> bool:
    if demonstration.names_a_server() or os.environ.get("SEN_MODE", "production") == "production":
        return False
    return command not in WITHOUT_DATABASE and not {"-h", "--help"} & set(sys.argv)


def _run_with_database() -> None:
    cluster = embedded.ensure(demonstration.data_dir(), durable=os.environ["SEN_MODE"] != "test")
    try:
        _run()
    finally:
        cluster.release()


def _run() -> None:
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
