"""Telephone numbers as people overseas, abroad and in a hurry write them, through the forms that take one."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from common.phone import as_written, digits_to_look_for, read_number
from members.models import Member
from projects.models import Holder, ProjectFile
from telecentres.models import Telecentre
from tests.factories.members import MemberFactory, UserFactory
from tests.factories.projects import HolderFactory, ProjectFileFactory, TaskFactory
from tests.factories.telecentres import TelecentreFactory
from tests.telecentres.test_admin import form_of

NO_BREAK, THIN, NARROW, HAIR, FIGURE, IDEOGRAPHIC = "\u00a0\u2009\u202f\u200a\u2007\u3000"
WRITTEN = {
    "0692 12 34 56": "+262692123456",
    "0693 12 34 56": "+262693123456",
    "0639 12 34 56": "+262639123456",
    "0262 12 34 56": "+262262123456",
    "0263 01 23 45": "+262263012345",
    "0269 61 12 34": "+262269611234",
    "0690 12 34 56": "+590690123456",
    "0691 23 45 67": "+590691234567",
    "0590 12 34 56": "+590590123456",
    "0694 12 34 56": "+594694123456",
    "0594 12 34 56": "+594594123456",
    "0696 12 34 56": "+596696123456",
    "0697 12 34 56": "+596697123456",
    "0596 12 34 56": "+596596123456",
    "0709 12 34 56": "+596709123456",
    "0508 41 12 34": "+508411234",
    "0708 42 12 34": "+508708421234",
    "+33 692 12 34 56": "+262692123456",
    "0033 692 12 34 56": "+262692123456",
    "+33 (0)6 92 12 34 56": "+262692123456",
    "+262 692 12 34 56": "+262692123456",
    "+262 (0)692 12 34 56": "+262692123456",
    "00262 692 12 34 56": "+262692123456",
    "692 12 34 56": "+262692123456",
    "06.92.12.34.56": "+262692123456",
    "06 12 34 56 78": "+33612345678",
    "0695 12 34 56": "+33695123456",
    "07 56 12 34 56": "+33756123456",
    "05 62 61 62 63": "+33562616263",
    "09 72 12 34 56": "+33972123456",
    "05/62/61/62/63": "+33562616263",
    "05–62–61–62–63": "+33562616263",
    "０５６２６１６２６３": "+33562616263",
    "+32 470 12 34 56": "+32470123456",
    "0049 30 901820": "+4930901820",
    "tél. : 06 12 34 56 78": "+33612345678",
    "06 12 34 56 78 / +33 6 12 34 56 78": "+33612345678",
    "06 12 34 56 78 ou 06.12.34.56.78": "+33612345678",
}
SPACED = [
    f"06{space}92{space}12{space}34{space}56" for space in (NO_BREAK, THIN, NARROW, HAIR, FIGURE, IDEOGRAPHIC, "\u200b", "\t", "  ")
]
TWO = [
    "05 62 61 62 63 / 06 12 34 56 78",
    "05 62 61 62 63 ou 06 12 34 56 78",
    "0562616263 0612345678",
    "05.62.61.62.63-06.12.34.56.78",
    "05 62 61 62 63 (06 12 34 56 78)",
    "05 62 61 62 63, bureau : 06 12 34 56 78",
]
REFUSED = [
    "12",
    "06 12 34 56",
    "06 12 34 56 7",
    "06 12 34 56 AB",
    "0692 12 34 5",
    "abc",
    "+",
    "06" * 90,
    "3631",
    "+999 12 34 56 78",
]


@pytest.mark.parametrize(("text", "number"), [*WRITTEN.items(), *((text, "+262692123456") for text in SPACED)])
def test_a_number_is_read_as_its_owner_writes_it(text, number):
    read = read_number(text)
    assert read.as_e164 == number
    assert read_number(as_written(read)) == read
    assert digits_to_look_for(number) == number[1:]


@pytest.mark.parametrize("text", TWO)
def test_of_two_numbers_none_is_kept_and_each_is_named(text):
    with pytest.raises(ValidationError) as refusal:
        read_number(text)
    assert refusal.value.code == "several"
    assert "05 62 61 62 63" in refusal.value.message
    assert "06 12 34 56 78" in refusal.value.message


@pytest.mark.parametrize("text", REFUSED)
def test_what_cannot_be_dialled_is_refused(text):
    with pytest.raises(ValidationError) as refusal:
        read_number(text)
    assert refusal.value.code == "invalid"


@pytest.mark.parametrize("text", ["06 12 34 56 78 bureau", "06 12 34 56 78 poste 12", "06 12 34 56 78 ext 12"])
def test_words_beside_a_number_are_not_lost_without_a_word(text):
    with pytest.raises(ValidationError) as refusal:
        read_number(text)
    assert refusal.value.code == "words_around"
    assert "06 12 34 56 78" in refusal.value.message


# ---- Through the forms -----------------------------------------------------------------------------------------------------


LAID_DOWN = {"first_name": "A", "last_name": "B", "email": "a@example.org", "title": "C", "consent": "on", "key": "k" * 20}


def lay_down(client, phone):
    client.post(reverse("projects:lay-down"), LAID_DOWN | {"phone": phone})
    return Holder.objects.get().phone


def write_a_profile(client, phone):
    own = MemberFactory(phone="")
    client.force_login(own.user)
    facts = {"first_name": "A", "last_name": "B", "activity": "C", "commune": own.commune.name, "phone": phone}
    client.post(reverse("members:my-profile"), facts)
    return Member.objects.get(pk=own.pk).phone


def enter_a_holder(client, phone):
    client.force_login(UserFactory(lead=True))
    facts = {"first_name": "A", "last_name": "B", "email": "", "phone": phone, "lives_in": ""}
    client.post("/admin/projects/holder/add/", facts)
    return Holder.objects.get().phone


def change_a_telecentre(client, phone):
    place = TelecentreFactory(phone="")
    client.force_login(UserFactory(admin=True))
    client.post(f"/admin/telecentres/telecentre/{place.pk}/change/", form_of(place) | {"phone": phone})
    return Telecentre.objects.get(pk=place.pk).phone


FORMS = [lay_down, write_a_profile, enter_a_holder, change_a_telecentre]


@pytest.mark.django_db
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("text", "number"),
    [("0692 12 34 56", "+262692123456"), ("0596 12 34 56", "+596596123456"), (SPACED[1], "+262692123456")],
)
def test_every_form_keeps_an_overseas_number_with_its_code(client, form, text, number):
    assert form(client, text).as_e164 == number


@pytest.mark.django_db
def test_a_number_that_is_refused_is_given_back_with_the_reason_beside_it(client):
    for text in (TWO[0], "06 12 34 56 7"):
        page = client.post(reverse("projects:lay-down"), LAID_DOWN | {"phone": text}).content.decode()
        assert f'value="{text}"' in page
        assert 'id="id_phone_error"' in page
    assert not ProjectFile.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("number", ["+32470123456", "+262692123456", "+596596123456", "+33612345678"])
def test_a_profile_that_is_sent_as_it_stands_keeps_its_number(client, number):
    own = MemberFactory(phone=number)
    client.force_login(own.user)
    shown = client.get(reverse("members:my-profile")).context["form"]["phone"]
    page = client.get(reverse("members:my-profile")).content.decode()
    said = re.search(r'<input[^>]*name="phone"[^>]*>', page)[0]
    typed = re.search(r'value="([^"]*)"', said)[1].replace("&nbsp;", NO_BREAK)
    facts = {"first_name": "A", "last_name": "B", "activity": "C", "commune": own.commune.name, "phone": typed}
    client.post(reverse("members:my-profile"), facts)
    assert shown.name == "phone"
    assert Member.objects.get(pk=own.pk).phone.as_e164 == number


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["/admin/projects/holder/", "/admin/projects/projectfile/", "/admin/projects/task/"])
@pytest.mark.parametrize(
    "asked",
    ["0692 12 34 56", SPACED[0], "06 92 12", "+262 692 12 34 56", "+262 (0)692 12", "00262 692", "0692.12.34.56", "12 34 56"],
)
def test_staff_find_a_holder_by_an_overseas_number_however_it_is_typed(client, page, asked):
    for number in ("0692 12 34 56", "06 11 22 33 44"):
        TaskFactory(file=ProjectFileFactory(holder=HolderFactory(phone=number)))
    client.force_login(UserFactory(lead=True))
    found = [getattr(row, "file", row) for row in client.get(page, {"q": asked}).context["cl"].result_list]
    assert [getattr(row, "holder", row).phone.as_e164 for row in found] == ["+262692123456"]
