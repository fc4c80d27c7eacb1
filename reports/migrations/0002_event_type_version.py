"""What a process remembers of the event types is forgotten when one changes."""

from django.db import migrations

TRIGGER = """
CREATE TRIGGER new_version AFTER INSERT OR UPDATE OR DELETE ON reports_eventtype
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_reference_changed();
ALTER TABLE reports_eventtype ENABLE ALWAYS TRIGGER new_version;
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial"), ("accounts", "0002_versions")]

    operations = [migrations.RunSQL(TRIGGER, "DROP TRIGGER new_version ON reports_eventtype")]
