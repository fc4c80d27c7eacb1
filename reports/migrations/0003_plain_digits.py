"""EINs and report numbers are written in the digits 0 to 9 alone."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0002_event_type_version"),
    ]

    operations = [
        migrations.AlterField(
            model_name="organization",
            name="ein",
            field=models.CharField(
                blank=True,
                max_length=10,
                validators=[
                    django.core.validators.RegexValidator("^[0-9]{2}-[0-9]{7}$", "An EIN reads like 12-3456789.")
                ],
                verbose_name="EIN",
            ),
        ),
        migrations.AlterField(
            model_name="related",
            name="number",
            field=models.CharField(
                max_length=30,
                validators=[
                    django.core.validators.RegexValidator(
                        "^[A-Z]+-[0-9]{4}-[A-Z0-9]+-[0-9]{6}$", "A report number reads like SIR-2026-MIA-000123."
                    )
                ],
                verbose_name="report number",
            ),
        ),
    ]
