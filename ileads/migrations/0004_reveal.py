"""Who asked to see a legacy SSN and what was decided: added to by those who serve pages, changed by nobody."""

import uuid
from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("ileads", "0003_legacy_ssn"),
        ("reports", "0007_leads_of_the_past"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Reveal",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("ssn_id", models.UUIDField(null=True)),
                (
                    "purpose",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("identify", "To tell whether two records are about one person"),
                            ("case", "For an investigation or a removal case that is open"),
                            ("safety", "For somebody's safety"),
                            ("court", "For a court, a subpoena or a disclosure that the law requires"),
                            ("redress", "For a correction or a complaint of the person"),
                        ],
                        max_length=20,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=500)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("granted", "Granted"),
                            ("unknown", "Refused: no such iLead or number"),
                            ("not_visible", "Refused: may not read this iLead"),
                            ("not_granted", "Refused: holds no role that reveals"),
                            ("bad_purpose", "Refused: no purpose chosen"),
                            ("bad_reason", "Refused: no reason that can be kept"),
                            ("over_limit", "Refused: daily limit reached"),
                            ("stale", "Refused: password to be given again"),
                            ("sealing_down", "Refused: the audit log was not sealed"),
                        ],
                        max_length=20,
                    ),
                ),
                ("attempt", models.BigIntegerField(unique=True)),
                ("decision", models.BigIntegerField(unique=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="reports.report"
                    ),
                ),
            ],
            options={
                "ordering": ("-decision",),
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["at"], name="reveal_at"),
                    models.Index(
                        condition=models.Q(("outcome", "granted")), fields=["by", "at"], name="reveal_granted"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", "granted"), _negated=True),
                            models.Q(
                                ("report__isnull", False),
                                ("ssn_id__isnull", False),
                                models.Q(("purpose", ""), _negated=True),
                                models.Q(("reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="reveal_granted_for_a_reason",
                    )
                ],
            },
        ),
        migrations.RunSQL((SQL / "reveal.sql").read_text(), migrations.RunSQL.noop),
    ]
