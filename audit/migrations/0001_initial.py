"""The event log in its final shape: rows that may not be updated cannot gain columns later."""

from pathlib import Path
from uuid import uuid4

import django.contrib.postgres.fields
from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        migrations.RunSQL((SQL / "events.sql").read_text(), migrations.RunSQL.noop),
        migrations.CreateModel(
            name="SearchTerms",
            fields=[
                ("id", models.UUIDField(default=uuid4, editable=False, primary_key=True, serialize=False)),
                ("user_id", models.BigIntegerField()),
                ("terms", models.TextField()),
            ],
        ),
        migrations.RunSQL((SQL / "rights.sql").read_text(), migrations.RunSQL.noop),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("xid", models.BigIntegerField()),
                ("epoch", models.IntegerField()),
                ("row_hash", models.BinaryField()),
                ("code", models.TextField()),
                ("kind", models.TextField()),
                ("outcome", models.TextField()),
                ("actor_id", models.BigIntegerField(null=True)),
                ("actor", models.TextField()),
                ("person_key", models.TextField()),
                ("address", models.TextField()),
                ("session", models.TextField()),
                ("request", models.TextField()),
                ("object_type", models.TextField()),
                ("object_id", models.TextField()),
                ("object_label", models.TextField()),
                ("batch", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ("payload", models.TextField()),
            ],
            options={"db_table": "audit_event", "ordering": ("-id",), "managed": False},
        ),
        migrations.CreateModel(
            name="Epoch",
            fields=[
                ("number", models.IntegerField(primary_key=True, serialize=False)),
                ("opened_at", models.DateTimeField()),
                ("why", models.CharField(max_length=200)),
            ],
            options={"db_table": "audit_epoch", "managed": False},
        ),
    ]
