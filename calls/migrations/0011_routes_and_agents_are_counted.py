from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("calls", "0010_what_is_not_settled"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="call",
            index=models.Index(fields=["tenant", "route", "-id"], name="call_by_route"),
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(fields=["tenant", "agent", "-id"], name="call_by_agent"),
        ),
    ]
