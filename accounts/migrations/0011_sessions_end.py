"""An ended session says why, a half-open one counts for nothing, and tries are counted by browser."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_access_path")]

    operations = [
        migrations.AddField(model_name="opensession", name="ended", field=models.CharField(blank=True, max_length=12)),
        migrations.AddField(model_name="opensession", name="pending", field=models.BooleanField(default=False)),
        migrations.AddIndex(
            model_name="signinattempt",
            index=models.Index(
                condition=models.Q(("device", ""), _negated=True), fields=["device", "at"], name="attempt_by_device"
            ),
        ),
    ]
