"""What planned places and targets are compared by: the state apart, the row of a target; and earlier settlements."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

OUTCOMES = [
    ("coordinated", "Coordinated: both go ahead"),
    ("moved", "One was moved or postponed"),
    ("cancelled", "One was cancelled"),
    ("joined", "The two became one operation"),
    ("no_conflict", "No conflict after all"),
]


class Migration(migrations.Migration):
    dependencies = [("reports", "0005_historical"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.AddField(
            model_name="plannedplace",
            name="state",
            field=models.CharField(blank=True, default="", max_length=80),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="plannedplace",
            name="address_key",
            field=models.CharField(blank=True, max_length=640),
        ),
        migrations.AddField(
            model_name="plannedtarget",
            name="row_id",
            field=models.UUIDField(default=uuid.uuid4),
            preserve_default=False,
        ),
        migrations.CreateModel(
            name="EarlierSettlement",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("outcome", models.CharField(choices=OUTCOMES, max_length=15, verbose_name="outcome")),
                ("note", models.TextField(max_length=2000, verbose_name="what was agreed")),
                ("settled_at", models.DateTimeField()),
                (
                    "match",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="earlier", to="reports.match"
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={"ordering": ("-settled_at",), "default_permissions": ()},
        ),
    ]
