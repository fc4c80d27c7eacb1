"""Reports of former systems: read only for every role, and SPOT rows that nobody but the owner can read."""

import uuid
from pathlib import Path

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"
TYPES = [("amo", "AMO"), ("oppred", "OPPRED"), ("leara", "LEARA")]


class Migration(migrations.Migration):
    dependencies = [("reports", "0004_every_kind"), ("audit", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="HistoricalReport",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("type", models.CharField(choices=TYPES, max_length=10)),
                ("number", models.CharField(max_length=40)),
                ("period_from", models.DateField(verbose_name="from")),
                ("period_to", models.DateField(verbose_name="to")),
                ("office_code", models.CharField(blank=True, max_length=80, verbose_name="office as it was")),
                ("title", models.CharField(max_length=300)),
                ("summary", models.TextField(blank=True)),
                ("platform", models.CharField(blank=True, max_length=300)),
                ("activity", models.CharField(blank=True, max_length=300)),
                ("arrest", models.TextField(blank=True)),
                ("charge", models.CharField(blank=True, max_length=300)),
                ("requesting_agency", models.CharField(blank=True, max_length=300)),
                ("assistance", models.CharField(blank=True, max_length=300, verbose_name="kind of assistance")),
                ("payload", models.JSONField(verbose_name="as it was read")),
                ("imported_at", models.DateTimeField()),
                ("checksum", models.CharField(max_length=64, verbose_name="checksum of its source")),
                ("words", django.contrib.postgres.search.SearchVectorField()),
                (
                    "office",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.office",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(models.F("period_from").desc(), models.F("id").desc(), name="historical_newest"),
                    models.Index(fields=["type", "-period_from", "-id"], name="historical_type_newest"),
                    models.Index(fields=["office_code", "-period_from", "-id"], name="historical_office_newest"),
                    models.Index(fields=["number"], name="historical_number"),
                    django.contrib.postgres.indexes.GinIndex(fields=["words"], name="historical_words"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("type", "checksum"), name="historical_once"),
                    models.CheckConstraint(
                        condition=models.Q(("period_to__gte", models.F("period_from"))), name="historical_period"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LegacySource",
            fields=[
                (
                    "report",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="legacy_source",
                        serialize=False,
                        to="reports.report",
                    ),
                ),
                ("payload", models.JSONField(verbose_name="as it was read")),
                ("imported_at", models.DateTimeField()),
                ("checksum", models.CharField(max_length=64, unique=True, verbose_name="checksum of its source")),
            ],
            options={"default_permissions": ()},
        ),
        migrations.RunSQL((SQL / "historical.sql").read_text(), migrations.RunSQL.noop),
    ]
