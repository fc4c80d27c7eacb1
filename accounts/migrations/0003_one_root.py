"""One office is part of nothing, whatever its kind: who holds a role there reaches every office."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_versions")]

    operations = [
        migrations.RemoveConstraint(model_name="office", name="office_one_root"),
        migrations.AddConstraint(
            model_name="office",
            constraint=models.UniqueConstraint(
                condition=models.Q(("parent__isnull", True)),
                fields=("parent",),
                name="office_one_root",
                nulls_distinct=False,
            ),
        ),
    ]
