"""What tests/unordered.py promises to the other tests."""

import pytest
from django.contrib.auth.models import Group
from django.db.models import Count

from villages.models import HousingPhoto

pytestmark = pytest.mark.django_db


@pytest.fixture
def groups():
    return Group.objects.bulk_create(Group(name=name) for name in ("one", "two", "three"))


def test_what_nobody_ordered_comes_last_first(groups):
    rows = Group.objects.filter(pk__in=[group.pk for group in groups])
    assert list(rows) == list(rows.iterator()) == groups[::-1]
    assert list(rows.values_list("name", flat=True)) == ["three", "two", "one"]


def test_what_is_ordered_comes_as_it_is_ordered(groups):
    rows = Group.objects.filter(pk__in=[group.pk for group in groups]).order_by("pk")
    assert list(rows) == list(rows.iterator()) == groups
    assert HousingPhoto.objects.all().ordered
    assert not HousingPhoto.objects.values("housing").annotate(Count("pk")).ordered


def test_some_of_unordered_rows_are_refused(groups):
    assert Group.objects.get(pk=groups[0].pk) == groups[0]
    assert Group.objects.order_by("-pk")[0] == groups[-1]
    with pytest.raises(pytest.fail.Exception, match="which of them is chance"):
        Group.objects.all()[0]


def test_several_unordered_rows_are_not_locked(groups):
    locked = Group.objects.filter(pk__in=[group.pk for group in groups]).select_for_update()
    assert list(locked.order_by("pk")) == groups
    assert list(locked.filter(pk=groups[0].pk)) == groups[:1]
    with pytest.raises(pytest.fail.Exception, match="locked in no order"):
        list(locked)
