from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('submissions', '0002_doors'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='draft',
            name='observations',
        ),
    ]
