from django.db import migrations, models


def date_them(apps, schema_editor):
    """Versions were only ever retired by publishing another, so each of these was in use."""
    versions = apps.get_model("calls", "AgentVersion").objects
    used = versions.filter(state__in=["published", "retired"], published_at__isnull=True)
    used.update(published_at=models.F("created_at"))


class Migration(migrations.Migration):

    dependencies = [
        ("calls", "0004_one_canary_per_agent"),
    ]

    operations = [
        migrations.RunPython(date_them, migrations.RunPython.noop),
    ]
