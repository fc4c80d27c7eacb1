"""Which tables may not change unaudited: a deferred constraint trigger on each, made after every migration."""

from typing import Any

from django.apps import apps
from django.db import connections, models

# Models of ours that hold no evidence: what was typed but not filed, and the log itself.
EXEMPT = frozenset(
    {
        "audit.Event",
        "audit.Epoch",
        "audit.Seal",
        "audit.Checkpoint",
        "audit.CountedDay",
        "audit.PersonDay",
        "audit.Unusual",
        "reports.Draft",
        "reports.PlannedPlace",
        "reports.PlannedTarget",
        "reports.SearchDocument",
        "reports.SearchIdentifier",
        "reports.SearchName",
        "reports.SearchWord",
        "accounts.SignInAttempt",
        "accounts.OpenSession",
        "accounts.Version",
    }
)

TRIGGER = "audit_required"


def audited_models() -> list[type[models.Model]]:
    """Every model that declares `audited = (object type, naming column, kinds of event that excuse a change)`."""
    return [model for model in apps.get_models() if hasattr(model, "audited")]


def statements(model: type[models.Model]) -> list[str]:
    """The SQL that covers one table. The values are our own constants, never input."""
    object_type, column, kinds = model.audited  # type: ignore[attr-defined]
    table = model._meta.db_table
    return [
        f'DROP TRIGGER IF EXISTS {TRIGGER} ON "{table}"',
        f'CREATE CONSTRAINT TRIGGER {TRIGGER} AFTER INSERT OR UPDATE OR DELETE ON "{table}" '
        f"DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
        f"EXECUTE FUNCTION audit_require_event('{object_type}', '{column}', '{kinds}')",
        f'DROP TRIGGER IF EXISTS {TRIGGER}_all ON "{table}"',
        # Constraint triggers are row-level, so TRUNCATE is refused apart.
        f'CREATE TRIGGER {TRIGGER}_all BEFORE TRUNCATE ON "{table}" FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()',
        f'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER {TRIGGER}',
        f'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER {TRIGGER}_all',
    ]


def uncovered(using: str = "default") -> list[str]:
    """Tables that should carry the trigger as declared and do not; the site is not ready while there is one."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, encode(tgargs, 'escape') FROM pg_trigger "
            "WHERE tgname = %s AND tgenabled = 'A'",
            [TRIGGER],
        )
        found = {table.strip('"'): args for table, args in cursor.fetchall()}
    return [m._meta.db_table for m in audited_models() if found.get(m._meta.db_table) != declared_arguments(m)]


def declared_arguments(model: type[models.Model]) -> str:
    """The trigger's arguments as PostgreSQL shows them: each ends with an escaped zero byte."""
    return "".join(f"{argument}\\000" for argument in model.audited)  # type: ignore[attr-defined]


def links() -> list[str]:
    """Tables that Django makes by itself for many-to-many fields. They name no object, so nothing may write them."""
    through: list[Any] = [f.remote_field.through for m in audited_models() for f in m._meta.local_many_to_many]
    return [model._meta.db_table for model in through if model._meta.auto_created]


def install(using: str = "default", **_: Any) -> None:
    """Cover each audited table that exists and is not covered yet. Runs after migrations, as the owner."""
    existing = set(connections[using].introspection.table_names())
    missing = set(uncovered(using)) & existing
    with connections[using].cursor() as cursor:
        for model in audited_models():
            if model._meta.db_table in missing:
                for statement in statements(model):
                    cursor.execute(statement)
        for table in existing.intersection(links()):
            cursor.execute(f'REVOKE INSERT, UPDATE, DELETE ON "{table}" FROM sen_app')
