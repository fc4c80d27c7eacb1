"""The history that pages show is only ever added to, like the log of events: nobody may change or empty it."""

from django.db import migrations

KEEP = """
REVOKE UPDATE, DELETE, TRUNCATE ON auditlog_logentry FROM sen_app;
CREATE TRIGGER history_keep BEFORE UPDATE OR DELETE ON auditlog_logentry
    FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER history_keep_all BEFORE TRUNCATE ON auditlog_logentry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
ALTER TABLE auditlog_logentry ENABLE ALWAYS TRIGGER history_keep, ENABLE ALWAYS TRIGGER history_keep_all;
"""
LET = """
DROP TRIGGER history_keep ON auditlog_logentry;
DROP TRIGGER history_keep_all ON auditlog_logentry;
GRANT UPDATE, DELETE ON auditlog_logentry TO sen_app;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_permissions_follow_roles"),
        ("audit", "0001_initial"),
        ("auditlog", "0017_add_actor_email"),
    ]
    operations = [migrations.RunSQL(KEEP, LET)]
