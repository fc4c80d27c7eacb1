"""Legacy SSNs: sealed, on people of iLeads, added by the import alone and removed by nobody who serves pages."""

import uuid
from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("ileads", "0002_wording"),
        ("reports", "0007_leads_of_the_past"),
        ("audit", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="LegacySSN",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("value", models.BinaryField(verbose_name="legacy SSN")),
                ("source", models.CharField(editable=False, max_length=60, verbose_name="system it came from")),
                ("source_id", models.CharField(editable=False, max_length=120, verbose_name="record there")),
                ("imported_at", models.DateTimeField(editable=False)),
                (
                    "person",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="legacy_ssns",
                        to="reports.person",
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="legacy_ssns",
                        to="reports.report",
                    ),
                ),
            ],
            options={
                "verbose_name": "legacy SSN",
                "ordering": ("person__position", "imported_at", "id"),
                "default_permissions": (),
                "constraints": [models.UniqueConstraint(fields=("source", "source_id"), name="legacy_ssn_once")],
            },
        ),
        migrations.RunSQL((SQL / "legacy_ssn.sql").read_text(), migrations.RunSQL.noop),
    ]
