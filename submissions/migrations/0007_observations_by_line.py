"""Observations get the key (revision, line). Django cannot give a table another key, so a new table takes the rows."""

import django.db.models.deletion
import django.db.models.fields.composite
from django.db import migrations, models
from django.db.models import F, Q

ROWS = (
    'revision_id, line, address, code, value, number, obs_status, start, "end", own_period, unit, qualifier, low, high, '
    "reason, flags, comment"
)


class Migration(migrations.Migration):

    dependencies = [
        ('submissions', '0006_unfinished_jobs'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='observation',
            name='observation_by_code',
        ),
        migrations.RenameModel('Observation', 'OldObservation'),
        migrations.CreateModel(
            name='Observation',
            fields=[
                ('pk', django.db.models.fields.composite.CompositePrimaryKey('revision_id', 'line', blank=True, editable=False, primary_key=True, serialize=False)),
                ('revision', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='observations', to='submissions.revision')),
                ('line', models.PositiveIntegerField()),
                ('address', models.TextField()),
                ('code', models.CharField(max_length=120)),
                ('value', models.TextField()),
                ('number', models.FloatField(null=True)),
                ('obs_status', models.CharField(max_length=1)),
                ('start', models.DateField()),
                ('end', models.DateField()),
                ('own_period', models.PositiveSmallIntegerField()),
                ('unit', models.TextField()),
                ('qualifier', models.TextField()),
                ('low', models.FloatField(null=True)),
                ('high', models.FloatField(null=True)),
                ('reason', models.TextField()),
                ('flags', models.TextField()),
                ('comment', models.TextField()),
            ],
            options={
                'ordering': ['line'],
            },
        ),
        migrations.AddConstraint(
            model_name='observation',
            constraint=models.CheckConstraint(
                condition=~Q(value='') | Q(obs_status__in=['K', 'L', 'M', 'O', 'Q']) | Q(low__isnull=False, high__isnull=False) | Q(unit__in=['account_lifetime', 'indefinite']),
                name='a_value_or_a_missing_status',
            ),
        ),
        migrations.AddConstraint(
            model_name='observation',
            constraint=models.CheckConstraint(
                condition=Q(low=None, high=None) | Q(low__isnull=False, high__isnull=False, low__lte=F('high')),
                name='low_and_high_together',
            ),
        ),
        migrations.AddConstraint(
            model_name='observation',
            constraint=models.CheckConstraint(condition=Q(start__lte=F('end')), name='observation_period_in_order'),
        ),
        migrations.RunSQL(
            f'INSERT INTO submissions_observation ({ROWS}) SELECT {ROWS} FROM submissions_oldobservation ORDER BY revision_id, line',
            f'INSERT INTO submissions_oldobservation ({ROWS}) SELECT {ROWS} FROM submissions_observation ORDER BY revision_id, line',
        ),
        migrations.DeleteModel('OldObservation'),
        migrations.AddIndex(
            model_name='observation',
            index=models.Index(fields=['revision', 'code'], name='observation_by_code'),
        ),
    ]
