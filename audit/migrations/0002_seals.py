"""Seals and checkpoints, the index of the log's own order, and the check of events that knows the epoch."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.RunSQL((SQL / "seals.sql").read_text(), migrations.RunSQL.noop),
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("sequence", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("epoch", models.IntegerField()),
                ("from_xid", models.BigIntegerField()),
                ("to_xid", models.BigIntegerField()),
                ("count", models.IntegerField()),
                ("leaves", models.BinaryField()),
                ("root", models.BinaryField()),
                ("previous", models.BinaryField()),
                ("head", models.BinaryField()),
                ("key", models.TextField()),
                ("signature", models.BinaryField()),
            ],
            options={"db_table": "audit_seal", "ordering": ("sequence",), "managed": False},
        ),
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("sequence", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("head", models.BinaryField()),
                ("events", models.BigIntegerField()),
                ("key", models.TextField()),
                ("signature", models.BinaryField()),
                ("place", models.TextField()),
            ],
            options={"db_table": "audit_checkpoint", "ordering": ("-sequence",), "managed": False},
        ),
    ]
