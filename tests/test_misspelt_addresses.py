"""« gmial.com » is asked about once, on every field in which a person types an address, without a script; then it is kept."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from common.email_addresses import suggestion
from members.models import User
from outbox.models import Letter
from projects.models import Holder, ProjectFile
from telecentres.models import Booking
from tests.factories.members import PASSWORD, MemberFactory, UserFactory
from tests.factories.projects import HolderFactory
from tests.factories.telecentres import DeskFactory
from tests.factories.villages import CommitteeMemberFactory
from villages.models import CommitteeMember, SavedSearch

MEANT = {
    "gmial.com": "gmail.com",
    "gmai.com": "gmail.com",
    "gmaill.com": "gmail.com",
    "gmail.con": "gmail.com",
    "gmail.co": "gmail.com",
    "gmail.fr": "gmail.com",
    "GMIAL.COM": "gmail.com",
    "gmial.con": "gmail.com",
    "hotmial.fr": "hotmail.fr",
    "hotmai.com": "hotmail.com",
    "ornage.fr": "orange.fr",
    "orange.rf": "orange.fr",
    "wandoo.fr": "wanadoo.fr",
    "wanadou.fr": "wanadoo.fr",
    "laposte.ne": "laposte.net",
    "la-poste.net": "laposte.net",
    "laposte.fr": "laposte.net",
    "outlok.fr": "outlook.fr",
    "yaho.fr": "yahoo.fr",
    "yahooo.com": "yahoo.com",
    "fre.fr": "free.fr",
    "srf.fr": "sfr.fr",
    "iclud.com": "icloud.com",
    "protonmial.com": "protonmail.com",
}
RIGHT = (
    "gmail.com orange.fr free.fr sfr.fr live.fr live.com me.com gmx.de gmx.net mail.com email.com ymail.com yahoo.ca yahoo.de "
    "hotmail.be hotmail.es hotmail.it outlook.be outlook.de tree.fr five.fr drive.fr example.org gers.cci.fr univ-toulouse.fr "
    "mairie-lectoure.fr lomagne.example proton.me pm.me soho-solo.com aol.com aol.fr"
).split()


@pytest.mark.parametrize("domain", MEANT)
def test_a_slip_in_the_name_of_a_provider_is_seen(domain):
    assert suggestion(f"Camille.Roux@{domain}") == f"Camille.Roux@{MEANT[domain]}"


@pytest.mark.parametrize("domain", RIGHT)
def test_nothing_speaks_against_an_address_that_may_be_right(domain):
    assert suggestion(f"camille@{domain}") == ""


@pytest.mark.parametrize("text", ["", "camille", "@gmial.com", "gmial.com", "Camille Roux"])
def test_what_is_no_address_is_not_asked_about(text):
    assert suggestion(text) == ""


# ---- Every form --------------------------------------------------------------------------------------------------------------


def lay_down(client):
    facts = {"first_name": "A", "last_name": "B", "title": "C", "consent": "on", "key": "k" * 20}
    return reverse("projects:lay-down"), "email", facts, lambda: ProjectFile.objects.values_list("holder__email", flat=True)


def sign_up(client):
    facts = {"first_name": "A", "last_name": "B", "password1": "une phrase longue et simple"}
    return reverse("account_signup"), "email", facts, lambda: User.objects.values_list("email", flat=True)


def ask_for_news(client):
    facts = {"rhythm": "daily", "of": "villages", "query": ""}
    return reverse("villages:new-search"), "email", facts, lambda: SavedSearch.objects.values_list("email", flat=True)


def change_ones_address(client):
    user = MemberFactory().user
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})  # asked just now: it is not asked again
    written_to = Letter.objects.exclude(to=user.email)  # the new one takes the old one's place once its code is given
    return reverse("account_email"), "email", {"action_add": ""}, lambda: written_to.values_list("to", flat=True)


def enter_a_holder(client):
    client.force_login(UserFactory(lead=True))
    facts = {"first_name": "A", "last_name": "B", "phone": "", "lives_in": ""}
    return "/admin/projects/holder/add/", "email", facts, lambda: Holder.objects.values_list("email", flat=True)


def make_an_account(client):
    admin = UserFactory(admin=True)
    client.force_login(admin)
    facts = {"first_name": "A", "last_name": "B"}
    kept = User.objects.exclude(pk=admin.pk)
    return "/admin/members/user/add/", "email", facts, lambda: kept.values_list("email", flat=True)


def seat_a_committee_member(client):
    seat = CommitteeMemberFactory(email="", user=None)
    client.force_login(UserFactory(lead=True))
    village = seat.village
    page = client.get(f"/admin/villages/village/{village.pk}/change/")
    facts = {}
    for form in (
        page.context["adminform"].form,
        *(formset.formset.management_form for formset in page.context["inline_admin_formsets"]),
    ):
        facts |= {field.html_name: field.value() for field in form if field.value() is not None and field.value() is not False}
    row = {"id": seat.pk, "village": village.pk, "name": seat.name, "role": seat.role}
    facts |= {f"committee-0-{name}": value for name, value in row.items()}
    kept = CommitteeMember.objects.exclude(email="")
    return f"/admin/villages/village/{village.pk}/change/", "committee-0-email", facts, lambda: kept.values_list("email", flat=True)


def book_for_a_caller(client):
    desk = DeskFactory()
    host = UserFactory(host=True)
    desk.telecentre.hosts.add(host)
    client.force_login(host)
    day = dt.date.today() + dt.timedelta(days=7)  # noqa: DTZ011 -- a working day of the coming weeks
    day += dt.timedelta(days=(1 - day.weekday()) % 7)
    facts = {"desk": "any", "day": str(day), "stretch": "morning", "note": "", "key": "a"}
    kept = Booking.objects.values_list("guest_email", flat=True)
    return reverse("telecentres:book-for", args=[desk.telecentre.slug]), "who", facts, lambda: kept.all()


FORMS = [
    lay_down,
    sign_up,
    ask_for_news,
    change_ones_address,
    enter_a_holder,
    make_an_account,
    seat_a_committee_member,
    book_for_a_caller,
]


def hidden_fields(page: str, name: str) -> dict[str, str]:
    return {f"{name}-kept": kept for kept in re.findall(rf'<input type="hidden" name="{name}-kept" value="([^"]*)">', page)}


@pytest.mark.django_db
@pytest.mark.parametrize("form", FORMS)
def test_a_slip_is_asked_about_once_and_sent_again_it_is_kept(client, form):
    address, name, facts, kept = form(client)
    asked = client.post(address, facts | {name: "camille@gmial.com"})
    page = asked.content.decode()
    assert asked.status_code in (200, 422), asked.headers
    assert "Vouliez-vous dire camille@gmail.com" in page
    assert 'value="camille@gmial.com"' in page
    assert list(kept()) == []
    again = client.post(address, facts | {name: "camille@gmial.com"} | hidden_fields(page, name))
    assert again.status_code in (302, 303), again.content.decode()
    assert list(kept()) == ["camille@gmial.com"]


@pytest.mark.django_db
@pytest.mark.parametrize("form", FORMS)
def test_what_was_meant_is_taken_and_another_slip_is_asked_about_again(client, form):
    address, name, facts, kept = form(client)
    page = client.post(address, facts | {name: "camille@gmial.com"}).content.decode()
    other = client.post(address, facts | {name: "camille@ornage.fr"} | hidden_fields(page, name)).content.decode()
    assert "Vouliez-vous dire camille@orange.fr" in other
    assert list(kept()) == []
    assert client.post(address, facts | {name: "camille@gmail.com"} | hidden_fields(page, name)).status_code in (302, 303)
    assert list(kept()) == ["camille@gmail.com"]


@pytest.mark.django_db
def test_a_record_kept_with_such_an_address_is_changed_without_being_asked(client):
    holder = HolderFactory(first_name="A", last_name="B", email="camille@gmial.com")
    client.force_login(UserFactory(lead=True))
    page = f"/admin/projects/holder/{holder.pk}/change/"
    hidden = hidden_fields(client.get(page).content.decode(), "email")
    facts = {"first_name": "A", "last_name": "C", "email": "camille@gmial.com", "phone": "", "lives_in": ""}
    assert client.post(page, facts | hidden).status_code == 302
    assert Holder.objects.get().last_name == "C"


@pytest.mark.django_db
def test_somebody_signs_in_with_the_address_they_have(client):
    user = UserFactory(email="camille@gmial.com")
    facts = {"login": user.email, "password": PASSWORD}
    assert client.post(reverse("account_login"), facts).status_code == 302
