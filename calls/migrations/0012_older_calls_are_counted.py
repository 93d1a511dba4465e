from django.db import migrations

from calls.lib import phone

BATCH = 1000


def say_where_they_went(apps, schema_editor):
    """Calls from before pace was counted by country and prefix count like the others.

    Each batch commits by itself, and what was filled is not looked at again: it may be broken off.
    """
    calls = apps.get_model("calls", "Call").objects.using(schema_editor.connection.alias)
    rows, last = calls.filter(country="", prefix="").only("id", "to").order_by("id"), None
    while batch := list((rows.filter(id__gt=last) if last else rows)[:BATCH]):
        last = batch[-1].id
        calls.bulk_update([call for call in batch if _fill(call)], ["country", "prefix"])


def _fill(call):
    """Whether its number can be read; one that cannot stays as it is."""
    try:
        number = phone.read(call.to)
    except ValueError:
        return False
    call.country, call.prefix = number.country_group[:3], number.block
    return True


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("calls", "0011_routes_and_agents_are_counted"),
    ]

    operations = [
        migrations.RunPython(say_where_they_went, migrations.RunPython.noop),
    ]
