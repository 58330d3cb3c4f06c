"""Two records of one person made one and parted again."""

import datetime as dt

import pytest

from projects.enums import ConsentPurpose
from projects.holders import consents, merging
from projects.models import Consent, Holder, Merge
from tests.factories.members import UserFactory
from tests.factories.projects import HolderFactory, ProjectFileFactory
from tests.projects.threads import in_threads

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 24, 11, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def no_second_step(settings):
    settings.STAFF_MFA_REQUIRED = False


@pytest.fixture
def claire():
    return UserFactory(adviser=True)


@pytest.fixture
def lead():
    return UserFactory(lead=True)


def two(**other):
    kept = HolderFactory(first_name="Élodie", last_name="Castéra", email="elodie@example.org")
    return kept, HolderFactory(**{"first_name": "Elodie", "last_name": "Martin", "email": "autre@example.org"} | other)


@pytest.mark.parametrize(
    ("other", "seen"),
    [
        ({"email": "ELODIE@example.org"}, True),
        ({"first_name": "élodie", "last_name": "CASTÉRA"}, True),
        ({"last_name": "Castéra"}, False),
        ({}, False),
    ],
)
def test_somebody_like_them_is_seen(other, seen):
    kept, second = two(**other)
    assert list(merging.possible_duplicates(kept)) == [second] * seen


def test_the_same_telephone_is_seen_and_an_empty_one_is_not():
    kept, _other = two()
    assert not merging.possible_duplicates(kept).exists()
    Holder.objects.update(phone="+33612345678")
    kept.refresh_from_db()
    assert merging.possible_duplicates(kept).exists()


def test_made_one_everything_is_there_and_parted_again_everything_is_back(claire):
    kept, other = two(email="", lives_in="Lyon", phone="+33612345678")
    other.user = UserFactory()
    other.save()
    mine, theirs = ProjectFileFactory(holder=kept), ProjectFileFactory(holder=other)
    consents.give_consent(holder=kept, purpose=ConsentPurpose.FILE, now=NOW)
    consents.give_consent(holder=other, purpose=ConsentPurpose.FILE, now=NOW)
    Consent.objects.create(holder=other, purpose=ConsentPurpose.NEWS, version="2026-11", words="Je veux bien.")  # of before
    merge = merging.merge_holders(kept=kept, absorbed=other, by=claire, now=NOW)
    kept.refresh_from_db()
    assert set(kept.files.all()) == {mine, theirs}
    assert (kept.lives_in, str(kept.phone), kept.user) == ("Lyon", "+33612345678", other.user)
    assert set(kept.consents.values_list("purpose", flat=True)) == {ConsentPurpose.FILE, ConsentPurpose.NEWS}
    assert list(Holder.objects.current()) == [kept]
    later = ProjectFileFactory(holder=kept)
    merging.undo_merge(merge=merge)
    kept, other = Holder.objects.get(pk=kept.pk), Holder.objects.get(pk=other.pk)
    assert set(kept.files.all()) == {mine, later}
    assert list(other.files.all()) == [theirs]
    assert (kept.lives_in, kept.user, other.user is not None, other.consents.count()) == ("", None, True, 2)
    assert not Merge.objects.exists()


def test_what_cannot_be_one_is_refused(claire):
    kept, other = two()
    with pytest.raises(merging.MergeRefused):
        merging.merge_holders(kept=kept, absorbed=kept, by=claire)
    for holder in (kept, other):
        holder.user = UserFactory()
        holder.save()
    with pytest.raises(merging.MergeRefused):
        merging.merge_holders(kept=kept, absorbed=other, by=claire)


@pytest.mark.django_db(transaction=True)
def test_each_absorbed_by_the_other_at_once_is_one_merge(claire):
    one, other = two()
    outcomes = in_threads(
        4, lambda n: merging.merge_holders(kept=(one, other)[n % 2], absorbed=(other, one)[n % 2], by=claire, now=NOW)
    )
    assert sum(isinstance(outcome, Merge) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, merging.MergeRefused) for outcome in outcomes) == 3


def test_on_its_pages_a_likely_double_is_said_compared_made_one_and_parted(client, claire):
    kept, other = two(email="elodie@example.org")
    client.force_login(claire)
    page = f"/admin/projects/holder/{kept.pk}/change/"
    merge = f"/admin/projects/holder/{kept.pk}/fusionner/{other.pk}/"
    assert merge in client.get(page).content.decode()
    assert client.get(merge).status_code == 200
    assert not Merge.objects.exists()
    assert client.post(merge).status_code == 302
    assert client.post(merge).status_code in (404, 409)
    assert "separer" in client.get(page).content.decode()
    client.post(f"/admin/projects/holder/{kept.pk}/separer/{Merge.objects.get().pk}/")
    assert not Merge.objects.exists()


def test_whoever_is_entered_twice_is_said_at_entry(client, claire):
    two()
    client.force_login(claire)
    facts = {"first_name": "Élodie", "last_name": "Castéra", "email": "neuve@example.org", "phone": "", "lives_in": ""}
    answer = client.post("/admin/projects/holder/add/", facts, follow=True)
    assert "Quelqu’un de semblable est déjà connu" in answer.content.decode()
