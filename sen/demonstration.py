"""When demonstration mode may run: never by accident, never beside real people, never on a server without a word."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from sen.postgres import CHECKOUT

SERVERS = ("DATABASE_URL", "SEN_OWNER_DATABASE_URL")
# Left by the set-up of a checkout; a server's image has none, so that nothing is assumed there.
CHECKOUT_MARK = CHECKOUT / ".venv/sen-checkout"


class Refused(ImproperlyConfigured):
    """Demonstration mode may not start here; the message says why and what to do."""


def data_dir() -> Path:
    return Path(os.environ.get("SEN_DATA_DIR") or CHECKOUT / ".data").resolve()


def names_a_server() -> bool:
    return any(os.environ.get(name) for name in SERVERS)


def on() -> bool:
    return os.environ.get("SEN_MODE") == "demonstration"


def assume_in_checkout() -> None:
    """A command typed in a checkout made by `make` means its demonstration, unless a mode or a server is named."""
    if not os.environ.get("SEN_MODE") and not names_a_server() and CHECKOUT_MARK.exists():
        os.environ["SEN_MODE"] = "demonstration"


def refuse_unconfirmed_database() -> None:
    """Invented people do not enter a named database unless somebody says so in as many words."""
    if on() and names_a_server() and not os.environ.get("SEN_DEMO_CONFIRM"):
        raise Refused(
            "Demonstration mode would fill the database that DATABASE_URL names with invented people and reports. "
            "Set SEN_DEMO_CONFIRM=yes if you mean it, or unset DATABASE_URL to use the embedded database."
        )


def refuse_real_people() -> None:
    """Demonstration sign-ins are public: they may not open a database in which somebody real has an account."""
    if on() and _holds_real_people():
        raise Refused(
            "This database holds a user who is not a demonstration user, so demonstration mode will not start on it. "
            "Use SEN_MODE=production for it, or point SEN_DATA_DIR (or DATABASE_URL) at an empty database."
        )


def _holds_real_people() -> bool:
    from django.contrib.auth import get_user_model
    from django.db import connection

    model = get_user_model()
    # Asked before the migrations run too: a database without the table holds nobody.
    if model._meta.db_table not in connection.introspection.table_names():
        return False
    with connection.cursor() as cursor:
        table = connection.ops.quote_name(model._meta.db_table)
        cursor.execute(f"SELECT EXISTS (SELECT FROM {table} WHERE NOT is_demonstration)")  # noqa: S608 (a model's name)
        return bool(cursor.fetchone()[0])
