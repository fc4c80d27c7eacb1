"""Marks by which a process knows that what it remembers of a person, or of the offices, is no longer so."""

from django.db import migrations, models

# Random, so that none returns: not after a transaction that was rolled back, not after a backup was restored.
FUNCTIONS = """
CREATE FUNCTION accounts_new_version(what text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO accounts_version (about, mark) VALUES (what, gen_random_uuid())
    ON CONFLICT (about) DO UPDATE SET mark = excluded.mark
$$;

-- Argument: the column that names the person.
CREATE FUNCTION accounts_person_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM accounts_new_version('person ' || id)
    FROM (SELECT DISTINCT to_jsonb(changed) ->> TG_ARGV[0] AS id FROM changed ORDER BY 1) person;
    RETURN NULL;
END $$;

CREATE FUNCTION accounts_reference_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM accounts_new_version('reference');
    RETURN NULL;
END $$;

CREATE TRIGGER new_version AFTER INSERT OR UPDATE OR DELETE ON accounts_office
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_reference_changed();
ALTER TABLE accounts_office ENABLE ALWAYS TRIGGER new_version;
"""

# A row may also go from one person to another, so an update is looked at from both sides.
CASES = (
    ("inserted", "INSERT", "NEW"),
    ("updated", "UPDATE", "NEW"),
    ("updated_from", "UPDATE", "OLD"),
    ("deleted", "DELETE", "OLD"),
)
TABLES = (("accounts_user", "id"), ("accounts_assignment", "user_id"), ("accounts_officepermission", "user_id"))


def triggers(table: str, column: str) -> str:
    """PostgreSQL wants a trigger for each kind of change where the changed rows are asked for."""
    return "".join(
        f"CREATE TRIGGER new_version_{name} AFTER {change} ON {table} REFERENCING {rows} TABLE AS changed "
        f"FOR EACH STATEMENT EXECUTE FUNCTION accounts_person_changed('{column}');\n"
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER new_version_{name};\n"
        for name, change, rows in CASES
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Version",
            fields=[
                ("about", models.CharField(max_length=30, primary_key=True, serialize=False)),
                ("mark", models.UUIDField()),
            ],
            options={"default_permissions": ()},
        ),
        migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop),
        *[migrations.RunSQL(triggers(table, column), migrations.RunSQL.noop) for table, column in TABLES],
    ]
