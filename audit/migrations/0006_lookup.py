"""The event that a changed row needs is found in the same time however much its transaction writes."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0004_found"),
    ]

    operations = [
        migrations.RunSQL((SQL / "lookup.sql").read_text(), migrations.RunSQL.noop),
    ]
