"""The journal: what happens to accounts and roles is written by what happens, kept twelve months, changed by nobody."""

import datetime as dt

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from members import journal
from members.enums import JournalEvent, Role
from members.models import JournalEntry, User
from projects.documents import services
from tests.factories.members import PASSWORD, TOTP_SECRET, UserFactory
from tests.factories.projects import DocumentFactory, ProjectFileFactory
from tests.factories.telecentres import TelecentreFactory
from tests.members.accounts.coming_in import ASK_CODE, GIVE_CODE, LOGIN, MY_SPACE, is_signed_in, signed_in
from tests.members.accounts.test_second_step import AUTHENTICATE, code_of, set_up

pytestmark = pytest.mark.django_db

JOURNAL = reverse("admin:members_journalentry_changelist")
YEAR = dt.timedelta(days=367)


def told() -> list[tuple]:
    return list(JournalEntry.objects.order_by("pk").values_list("what", "account", "by", "about"))


def change_of(user) -> str:
    return reverse("admin:members_user_change", args=[user.pk])


def admins_form(client, user, **changed) -> None:
    """The page of an account, sent as it stands but for what is changed."""
    form = client.get(change_of(user)).context["adminform"].form
    facts = {name: form.initial.get(name) for name in form.fields}
    facts["groups"] = [group.pk for group in facts["groups"]]
    facts |= changed
    client.post(change_of(user), {name: value for name, value in facts.items() if value not in (None, False)})


@pytest.fixture
def administrator():
    return UserFactory(admin=True)


@pytest.fixture
def desk(client, administrator):
    client.force_login(administrator)
    return client


def test_signing_in_and_failing_to_are_kept_without_what_was_typed():
    user = UserFactory(email="ines@example.org")
    Client().post(LOGIN, {"login": user.email, "password": "a wrong one"})
    Client().post(LOGIN, {"login": "my secret password", "password": "x"})
    Client().post(LOGIN, {"login": "nobody@example.org", "password": "x"})
    Client(REMOTE_ADDR="192.0.2.7").post(LOGIN, {"login": user.email, "password": PASSWORD})
    assert told() == [
        ("sign_in_failed", user.pk, None, "password"),
        ("sign_in_failed", None, None, "password"),
        ("signed_in", user.pk, user.pk, "password"),
    ]
    assert JournalEntry.objects.get(what="signed_in").network == "192.0.2.7"


def test_a_wrong_mailed_code_is_kept():
    user = UserFactory()
    browser = Client()
    browser.post(ASK_CODE, {"email": user.email})
    browser.post(GIVE_CODE, {"code": "0000-0000"})
    assert told() == [("sign_in_failed", user.pk, None, "code")]


def test_a_second_step_is_kept_as_it_is_added_used_mistaken_and_removed(django_capture_on_commit_callbacks):
    cache.clear()
    user = UserFactory()
    with django_capture_on_commit_callbacks(execute=True):
        secret = set_up(signed_in(user))
    browser = Client()
    browser.post(LOGIN, {"login": user.email, "password": PASSWORD})
    browser.post(AUTHENTICATE, {"code": "000000" if code_of(secret) != "000000" else "111111"})
    cache.clear()
    browser.post(AUTHENTICATE, {"code": code_of(secret)})
    call_command("take_second_step_off", user.email)
    events = [what for what, *_rest in told()]
    assert "step_added" in events
    assert events[events.index("step_failed") :][:3] == ["step_failed", "step_used", "signed_in"]
    assert ("step_removed", user.pk, None, "totp") in told()


def test_sessions_from_before_the_second_step_end_when_it_is_added(django_capture_on_commit_callbacks):
    cache.clear()
    user = UserFactory()
    mine, elsewhere = signed_in(user), signed_in(user)
    with django_capture_on_commit_callbacks(execute=True):
        set_up(mine)
    assert is_signed_in(mine)
    assert not is_signed_in(elsewhere)


def test_a_role_given_and_taken_is_kept_with_who_did_it(desk, administrator):
    user = UserFactory()
    lead = user.groups.model.objects.get(name=Role.LEAD)
    admins_form(desk, user, groups=[lead.pk], is_staff="on")
    admins_form(desk, user, groups=[])
    admins_form(desk, user, first_name="Autre")
    assert told() == [
        ("role_changed", user.pk, administrator.pk, "– → lead advisers, may enter the admin"),
        ("role_changed", user.pk, administrator.pk, "lead advisers, may enter the admin → may enter the admin"),
    ]


def test_a_host_named_and_taken_off_is_kept(desk, administrator):
    host, place = UserFactory(), TelecentreFactory(slug="fleurance")
    page = reverse("admin:telecentres_telecentre_change", args=[place.pk])
    shown = desk.get(page).context
    facts = {name: value for name, value in shown["adminform"].form.initial.items() if value is not None} | {"is_open": "on"}
    for inline in shown["inline_admin_formsets"]:
        facts |= {f"{inline.formset.prefix}-TOTAL_FORMS": 0, f"{inline.formset.prefix}-INITIAL_FORMS": 0}
    assert desk.post(page, facts | {"hosts": str(host.pk)}).status_code == 302
    assert desk.post(page, facts | {"hosts": ""}).status_code == 302
    assert told() == [
        ("role_changed", host.pk, administrator.pk, "+ host of fleurance"),
        ("role_changed", host.pk, administrator.pk, "– host of fleurance"),
    ]


def test_an_account_closed_ends_its_sessions_for_good(desk, administrator):
    user = UserFactory()
    browser = signed_in(user)
    admins_form(desk, user, is_active=False)
    assert not is_signed_in(browser)
    admins_form(desk, user, is_active="on")
    assert not is_signed_in(browser)
    assert [line[:3] for line in told()][-2:] == [
        ("account_closed", user.pk, administrator.pk),
        ("account_opened", user.pk, administrator.pk),
    ]


def test_a_role_taken_away_shuts_the_pages_of_who_is_signed_in(desk):
    user = UserFactory(adviser=True)
    browser = Client()
    browser.force_login(user)
    hosting = reverse("telecentres:hosting")
    assert browser.get(hosting).status_code == 200
    admins_form(desk, user, groups=[], is_staff=False)
    assert browser.get(hosting).status_code == 404
    assert browser.get(reverse("admin:index")).status_code == 302


def test_a_paper_taken_away_is_named_and_not_shown(client):
    adviser = UserFactory(adviser=True)
    client.force_login(adviser)
    file = ProjectFileFactory(adviser=adviser)
    paper = DocumentFactory(file=file, received=True, label="Deux devis")
    client.post(reverse("admin:projects_projectfile_changelist") + f"{file.pk}/documents/{paper.pk}/enlever/")
    assert told() == [("paper_deleted", None, adviser.pk, f"{file.reference}, “Deux devis”, application/pdf")]


def test_a_paper_that_the_holder_sent_unasked_keeps_its_own_name_to_itself(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    file = ProjectFileFactory()
    sent = SimpleUploadedFile("divorce-de-nadia.pdf", b"%PDF-1.7 x")
    paper = services.receive_document(file=file, upload=sent, name=sent.name)
    services.remove_document(document=paper, by=None)
    assert told() == [("paper_deleted", None, None, f"{file.reference}, application/pdf")]


def test_an_export_is_kept(client):
    adviser = UserFactory(adviser=True)
    client.force_login(adviser)
    assert client.get(reverse("admin:projects_figures_xlsx")).status_code == 200
    ((what, _account, by, about),) = told()
    assert (what, by) == ("exported", adviser.pk)
    assert about.startswith("funder_report, ")


# ---- Written once --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ["update", "delete"])
def test_the_database_refuses_to_change_or_delete_a_line(act):
    journal.note(JournalEvent.SIGNED_IN, account=UserFactory())
    lines = JournalEntry.objects.all()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        lines.update(about="") if act == "update" else lines.delete()
    assert lines.count() == 1


def test_what_is_a_year_old_goes_and_nothing_before():
    now = timezone.now()
    for age in (YEAR, dt.timedelta(days=360), dt.timedelta()):
        JournalEntry.objects.create(what=JournalEvent.SIGNED_IN, at=now - age)
    assert journal.forget_old_entries(now=now) == 1
    assert JournalEntry.objects.count() == 2


def test_an_account_that_is_erased_leaves_its_number(desk):
    user = UserFactory()
    journal.note(JournalEvent.SIGNED_IN, account=user, by=user)
    User.objects.filter(pk=user.pk).delete()
    assert JournalEntry.objects.get().account_id == user.pk
    assert desk.get(JOURNAL).status_code == 200


# ---- Read by administrators alone ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("trait", "status"), [("adviser", 403), ("lead", 403), ("admin", 200)])
def test_only_administrators_read_the_journal(client, trait, status):
    client.force_login(UserFactory(**{trait: True}))
    assert client.get(JOURNAL).status_code == status


def test_nobody_writes_or_deletes_in_it(desk):
    journal.note(JournalEvent.SIGNED_IN)
    line = JournalEntry.objects.get()
    assert desk.get(reverse("admin:members_journalentry_add")).status_code == 403
    assert desk.post(reverse("admin:members_journalentry_delete", args=[line.pk]), {"post": "yes"}).status_code == 403
    desk.post(reverse("admin:members_journalentry_change", args=[line.pk]), {"about": "other"})
    assert JournalEntry.objects.get().about == ""


def test_its_list_costs_the_same_for_2_and_for_200(desk, administrator):
    costs = []
    for count in (2, 198):
        for _ in range(count):
            journal.note(JournalEvent.SIGNED_IN, account=UserFactory(), by=administrator)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert desk.get(JOURNAL).status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_the_factorys_second_step_is_one_that_opens():
    """So that a test that signs somebody of the team in goes through the same door as they do."""
    cache.clear()
    user = UserFactory(adviser=True)
    assert Authenticator.objects.filter(user=user).count() == 1
    browser = Client()
    browser.post(LOGIN, {"login": user.email, "password": PASSWORD})
    assert browser.post(AUTHENTICATE, {"code": code_of(TOTP_SECRET)}).url == MY_SPACE
