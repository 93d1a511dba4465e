import calls.lib.ids
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('calls', '0015_registries_do_not_shrink_unseen'),
    ]

    operations = [
        migrations.CreateModel(
            name='ConsentRevocation',
            fields=[
                ('id', models.UUIDField(default=calls.lib.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('number', models.CharField(max_length=16)),
                ('at', models.DateTimeField()),
                ('by', models.CharField(max_length=200)),
                ('how', models.CharField(max_length=200)),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='calls.tenant')),
            ],
            options={
                'indexes': [models.Index(fields=['tenant', 'number'], name='revocation_by_number')],
            },
        ),
    ]
