"""Every field of every form has a bound that its column, and the reckoning behind it, can bear."""

import pytest
from django import forms
from django.contrib import admin
from django.core.validators import MaxLengthValidator, MaxValueValidator
from django.forms.models import BaseModelForm
from django.test import RequestFactory
from django.urls import get_resolver, reverse
from phonenumber_field.formfields import PhoneNumberField

from common.days import DayField, MomentField
from members.models import User
from projects.models import ProjectFile
from telecentres.availability.forms import Moments
from tests.factories.members import MemberFactory, UserFactory
from tests.factories.projects import FundingLineFactory, ProjectFileFactory, TaskFactory
from tests.factories.villages import CommitteeMemberFactory
from villages.models import SavedSearch

pytestmark = pytest.mark.django_db

APPS = ("common", "outbox", "villages", "members", "telecentres", "projects", "sohosolo")
ADDRESSES = ["a" * 61 + f"@{'d' * 63}.{'e' * 63}.{'f' * 62}.fr", "a" * 64 + "@" + ".".join(["d" * 60] * 4) + ".example"]
FAR_DAYS = ["0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31"]
TOO_FAR = "année est-elle juste"


def forms_of_ours():
    """Every form class of our modules, whichever page shows it."""
    get_resolver().url_patterns  # noqa: B018 -- imports every view, and its forms with it

    def below(cls):
        for sub in cls.__subclasses__():
            yield sub
            yield from below(sub)

    found = {cls for root in (forms.Form, BaseModelForm) for cls in below(root)}
    return sorted(
        (cls for cls in found if cls.__module__.split(".")[0] in APPS), key=lambda cls: f"{cls.__module__}.{cls.__name__}"
    )


def is_bounded(field: forms.Field) -> bool:
    """Numbers of model forms have the bounds of their column by its own validators, which run after the field's."""
    if isinstance(field, forms.DateField):
        return isinstance(field, DayField)
    if isinstance(field, forms.SplitDateTimeField):
        return isinstance(field, MomentField)
    if isinstance(field, forms.DecimalField):
        return field.max_digits is not None
    if isinstance(field, forms.IntegerField):
        return field.max_value is not None
    if isinstance(field, forms.CharField) and not isinstance(field, (PhoneNumberField, forms.JSONField)):
        return field.max_length is not None or any(isinstance(rule, MaxLengthValidator) for rule in field.validators)
    return True


def test_every_field_of_every_form_has_a_bound():
    unbounded = [
        f"{cls.__module__}.{cls.__name__}.{name}"
        for cls in forms_of_ours()
        for name, field in cls.base_fields.items()
        if not is_bounded(field) and not is_bounded_by_its_column(cls, name) and cls is not Moments and not issubclass(cls, Moments)
    ]
    assert not unbounded, "\n".join(unbounded)


def is_bounded_by_its_column(cls: type, name: str) -> bool:
    """A sign or a number that the model's own validators stop before it reaches the database, and a text without a length."""
    model = getattr(getattr(cls, "_meta", None), "model", None)
    columns = {field.name: field for field in model._meta.fields} if model else {}
    if name not in columns:
        return cls.__module__ == "members.accounts.forms"  # bounded as they are made: the next test asks them
    column, field = columns[name], cls.base_fields[name]
    if isinstance(field, forms.IntegerField):
        return any(isinstance(rule, MaxValueValidator) for rule in column.validators)
    return isinstance(field, forms.CharField) and column.get_internal_type() == "TextField"


def test_every_day_and_moment_typed_in_the_admin_is_bounded():
    request = RequestFactory().get("/admin/")
    request.user = UserFactory(admin=True)
    may_write = {model: page for model, page in admin.site._registry.items() if page.has_change_permission(request)}
    loose = [
        f"{model._meta.label}.{name}"
        for model, page in may_write.items()
        for form in [page.get_form(request), *(inline.get_formset(request).form for inline in page.get_inline_instances(request))]
        for name, field in form.base_fields.items()
        if isinstance(field, (forms.DateField, forms.SplitDateTimeField)) and not is_bounded(field)
    ]
    assert loose == []


# ---- Addresses ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    ("page", "field", "facts"),
    [
        ("projects:lay-down", "email", {"first_name": "A", "last_name": "B", "title": "C", "consent": "on", "key": "k" * 20}),
        ("villages:new-search", "email", {"rhythm": "daily", "of": "villages", "query": ""}),
        ("account_login", "login", {"password": "x"}),
        ("account_signup", "email", {"first_name": "A", "last_name": "B", "password1": "une phrase longue et simple"}),
        ("account_reset_password", "email", {}),
        ("account_request_login_code", "email", {}),
    ],
)
def test_an_address_too_long_for_its_column_is_refused_beside_its_field(client, page, field, facts, address):
    response = client.post(reverse(page), facts | {field: address})
    assert response.status_code in (200, 422)
    assert f'id="id_{field}_error"' in response.content.decode()
    assert address in response.content.decode()
    assert (ProjectFile.objects.count(), SavedSearch.objects.count(), User.objects.count()) == (0, 0, 0)


def test_a_new_address_too_long_for_its_column_is_refused(client):
    user = MemberFactory().user
    client.force_login(user)
    assert (
        'id="id_email_error"' in client.post(reverse("account_email"), {"email": ADDRESSES[0], "action_add": ""}).content.decode()
    )


# ---- Days ----------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(client, settings):
    settings.STAFF_MFA_REQUIRED = False
    client.force_login(UserFactory(lead=True))
    return client


@pytest.mark.parametrize("day", FAR_DAYS)
def test_a_far_day_is_refused_beside_its_field_on_the_pages_of_a_file(desk, day):
    file = ProjectFileFactory(supported=True)
    line, task = FundingLineFactory(file=file), TaskFactory(file=file)
    page = f"/admin/projects/projectfile/{file.pk}"
    for address, facts in {
        f"{page}/etape/": {"to": "paused", "reason": "Vend", "paused_until": day},
        f"{page}/echeance/": {"title": "Devis", "due_on": day, "assignee": task.assignee_id},
        f"{page}/noter/": {"text": "Rappel", "what": "note", "at_0": day, "at_1": "10:00"},
        f"{page}/financement/{line.pk}/": {"funder": "Région", "requested": "5", "state": line.state, "committee_on": day},
        f"/admin/projects/task/{task.pk}/reporter/": {"to": day},
    }.items():
        response = desk.post(address, facts)
        assert response.status_code == 200, address
        assert TOO_FAR in response.content.decode(), address
        assert day in response.content.decode(), address


@pytest.mark.parametrize("day", FAR_DAYS)
def test_a_far_day_is_refused_beside_its_field_by_the_committees_pages(client, day):
    seat = CommitteeMemberFactory(user=UserFactory())
    client.force_login(seat.user)
    absence = reverse("villages:committee-absence", args=[seat.village.slug, seat.pk])
    assert TOO_FAR in client.post(absence, {"first": day, "last": day}).content.decode()
    speed = reverse("villages:committee-speed-add", args=[seat.village.slug])
    asked = client.post(speed, {"where": "Place", "measured_on": day, "down_mbps": "1", "up_mbps": "1"})
    assert TOO_FAR in asked.content.decode()


@pytest.mark.parametrize("day", FAR_DAYS)
def test_the_report_of_a_far_day_is_refused_beside_its_field(desk, day):
    response = desk.get("/admin/projects/projectfile/chiffres/", {"du": day, "au": day, "connu": day})
    assert response.status_code in (200, 422)
    assert TOO_FAR in response.content.decode()


@pytest.mark.parametrize("key", ["²", "٣", " ", "-1", "9" * 4500, "9223372036854775808", "a"])
def test_a_row_that_is_none_cannot_be_ticked_in_a_list_of_the_admin(desk, key):
    sent = {"action": "close_selected", "_selected_action": key}
    assert desk.post("/admin/projects/projectfile/", sent).status_code == 404


LOOKED_UP = [(model, name) for model, page in admin.site._registry.items() for name in page.autocomplete_fields]


@pytest.mark.parametrize("key", ["9999-12-31", "²", "9" * 4500, "9223372036854775808", "a"])
@pytest.mark.parametrize(("model", "name"), LOOKED_UP, ids=[f"{model.__name__}-{name}" for model, name in LOOKED_UP])
def test_a_row_that_is_none_is_refused_beside_the_field_that_looks_it_up(client, settings, model, name, key):
    settings.STAFF_MFA_REQUIRED = False
    client.force_login(UserFactory(admin=True))
    formsets = {f"{prefix}-{count}_FORMS": "0" for prefix in ("desks", "rates") for count in ("TOTAL", "INITIAL")}
    response = client.post(reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add"), {name: key} | formsets)
    assert response.status_code == 200
    assert list(response.context["adminform"].form.errors[name])


def test_a_column_without_a_name_leads_nowhere(desk):
    file = ProjectFileFactory()
    for page in ("change", "delete"):
        assert desk.get(f"/admin/projects/projectfile/{file.pk}/{page}/?_to_field=").status_code == 404
    assert desk.post(f"/admin/projects/projectfile/{file.pk}/change/", {"_to_field": ""}).status_code == 404


def test_a_year_of_ten_digits_and_a_copy_that_no_page_offers_lead_nowhere(desk):
    file = ProjectFileFactory()
    assert desk.get("/admin/villages/housing/?confirmed_on__year=2147483648").status_code == 404
    assert desk.get("/admin/villages/housing/?confirmed_on__year=2026").status_code == 200
    assert desk.post(f"/admin/projects/projectfile/{file.pk}/change/", {"_saveasnew": "1"}).status_code == 404


# ---- The library's own pages -------------------------------------------------------------------------------------------------


def test_open_sessions_are_looked_up_by_name_address_and_network_address(client, settings):
    settings.STAFF_MFA_REQUIRED = False
    client.force_login(UserFactory(admin=True))
    for words in ("roux", "somebody1@example.org", "127.0.0", "%", "9" * 4500):
        assert client.get("/admin/usersessions/usersession/", {"q": words}).status_code == 200


@pytest.mark.parametrize("page", ["account_login", "account_request_login_code", "account_signup"])
def test_an_address_to_go_on_to_that_is_none_is_passed_over(client, page):
    assert client.get(reverse(page), {"next": "https://["}).status_code == 200
    assert client.post(reverse(page), {"next": "https://["}).status_code in (200, 302)


@pytest.mark.parametrize("credential", ["9" * 4500, "[" * 20_000, "[]", "{}", "null", '{"id": []}', '"a"'])
def test_a_passkey_that_is_none_is_refused(client, credential):
    assert client.post(reverse("mfa_login_webauthn"), {"credential": credential}).status_code in (200, 302)
