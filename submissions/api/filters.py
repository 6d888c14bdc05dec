"""Filters of list endpoints."""

from __future__ import annotations

import django_filters

from submissions.models import Revision, RevisionState


class RevisionFilter(django_filters.FilterSet):
    entity = django_filters.CharFilter(field_name="filing__obligation__entity__code", lookup_expr="iexact")
    period = django_filters.CharFilter(field_name="filing__period__label")
    state = django_filters.ChoiceFilter(choices=RevisionState.choices)

    class Meta:
        model = Revision
        fields = ["entity", "period", "state"]

    @classmethod
    def get_filters(cls) -> dict[str, django_filters.Filter]:
        # `return` is a word of Python and cannot be declared.
        return {"return": django_filters.CharFilter(field_name="filing__period__return_id"), **super().get_filters()}
