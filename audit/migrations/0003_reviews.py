"""What the auditor's pages keep: counts, unusual use and weekly reviews; and the words of searches."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0002_seals"),
    ]

    operations = [
        migrations.CreateModel(
            name="CountedDay",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("hours", models.JSONField()),
                ("codes", models.JSONField()),
                ("gaps", models.JSONField(default=list)),
                ("counted_to", models.DateTimeField()),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="PersonDay",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("day", models.DateField()),
                ("actor_id", models.BigIntegerField()),
                ("reads", models.PositiveIntegerField()),
                ("changes", models.PositiveIntegerField()),
                ("accesses", models.PositiveIntegerField()),
                ("refusals", models.PositiveIntegerField()),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["day"], name="personday_day")],
                "constraints": [models.UniqueConstraint(fields=("actor_id", "day"), name="personday_once")],
            },
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                ("week", models.CharField(max_length=8, primary_key=True, serialize=False)),
                ("first_day", models.DateField(unique=True)),
                ("ends_at", models.DateTimeField()),
                ("opened_at", models.DateTimeField()),
                ("opened_by", models.BigIntegerField()),
                ("figures", models.JSONField(default=dict, verbose_name="what the reviewer saw")),
                ("findings", models.TextField(blank=True, max_length=4000)),
                ("own_acts", models.PositiveIntegerField(default=0, verbose_name="acts of the reviewer in it")),
                ("signed_at", models.DateTimeField(blank=True, null=True)),
                ("signed_by", models.BigIntegerField(blank=True, null=True)),
                ("signer", models.TextField(blank=True)),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("signed_at__isnull", True), ("signed_by__isnull", True), ("signer", "")),
                            models.Q(
                                ("signed_at__isnull", False),
                                ("signed_by__isnull", False),
                                models.Q(("findings", ""), _negated=True),
                                models.Q(("signer", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="review_signed_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("signed_at__isnull", True), ("signed_at__gte", models.F("ends_at")), _connector="OR"
                        ),
                        name="review_of_a_past_week",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Unusual",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("day", models.DateField()),
                ("rule", models.CharField(max_length=30)),
                ("actor_id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("object_type", models.CharField(blank=True, max_length=40)),
                ("object_id", models.CharField(blank=True, max_length=60)),
                ("object_label", models.CharField(blank=True, max_length=120)),
                ("said", models.CharField(max_length=120, verbose_name="what was found")),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["-at", "-id"], name="unusual_newest")],
                "constraints": [
                    models.UniqueConstraint(fields=("day", "rule", "actor_id", "object_id"), name="unusual_once")
                ],
            },
        ),
        migrations.RunSQL((SQL / "reviews.sql").read_text(), migrations.RunSQL.noop),
    ]
