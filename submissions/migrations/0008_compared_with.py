"""What each revision was checked beside. For those checked before this was kept: what was accepted at that time."""

from itertools import groupby

import django.db.models.deletion
from django.db import migrations, models

ACCEPTED = ("accepted", "accepted_with_reservations")


def tell_what_was_accepted(apps, schema_editor):
    revisions = apps.get_model("submissions", "Revision").objects.using(schema_editor.connection.alias)
    checked = revisions.filter(checked_at__isnull=False).select_related("filing__period").only(
        "version", "number", "state", "checked_at", "decided_at",
        "filing__obligation_id", "filing__sandbox", "filing__period__start", "filing__period__end",
    ).order_by("filing__obligation", "filing__sandbox", "version", "filing__period__end", "number")  # fmt: skip

    def duty(revision):
        return revision.filing.obligation_id, revision.filing.sandbox, revision.version

    for _duty, group in groupby(checked.iterator(2000), key=duty):
        mine = list(group)
        accepted = [one for one in mine if one.state in ACCEPTED]
        for revision in mine:
            then = [one for one in accepted if one.decided_at < revision.checked_at]
            earlier = [one for one in then if one.filing.period.end < revision.filing.period.start]
            same = [one for one in then if one.filing_id == revision.filing_id]
            revision.compared_with_id = earlier[-1].pk if earlier else None
            revision.replaces_accepted_id = same[-1].pk if same else None
        revisions.bulk_update(mine, ["compared_with", "replaces_accepted"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("submissions", "0007_observations_by_line")]

    operations = [
        migrations.AddField(
            model_name="revision",
            name="compared_with",
            field=models.ForeignKey(
                db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                to="submissions.revision", verbose_name="compared with",
            ),
        ),
        migrations.AddField(
            model_name="revision",
            name="replaces_accepted",
            field=models.ForeignKey(
                db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                to="submissions.revision", verbose_name="replaces",
            ),
        ),
        migrations.RunPython(tell_what_was_accepted, migrations.RunPython.noop),
    ]  # fmt: skip
