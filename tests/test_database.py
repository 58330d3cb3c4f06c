"""The database away: 503 with a page and a time to come back, on any page and in the middle of one, and well again by itself."""

import psycopg
import pytest
from django.core.management import call_command
from django.db import close_old_connections, connection
from django.test import Client
from django.urls import reverse

from sohosolo.database import ROLE_SETTINGS, keep_role_settings
from tests.factories.members import UserFactory
from tests.factories.villages import VillageFactory
from tests.policies import POLICIES
from tests.test_access import people, sample  # noqa: F401 -- fixtures

pytestmark = pytest.mark.django_db(transaction=True)

WITHOUT_DATABASE = {"livez", "readyz", "robots", "set_language"}


@pytest.fixture(autouse=True)
def browsers_read_what_servers_answer(monkeypatch):
    monkeypatch.setattr(Client, "store_exc_info", lambda self, **kwargs: None)


@pytest.fixture
def stop_database(monkeypatch):
    """From here on no connection can be made, and the one that stood is gone; a call of what it returns heals it."""
    address = connection.settings_dict["HOST"], dict(connection.settings_dict["OPTIONS"])

    def heal() -> None:
        connection.settings_dict["HOST"], connection.settings_dict["OPTIONS"] = address
        connection.close()

    def stop():
        connection.close()
        connection.settings_dict["HOST"], connection.settings_dict["OPTIONS"] = "/nonexistent", {}
        return heal

    yield stop
    heal()


@pytest.mark.parametrize(
    ("path", "language", "words"), [("/", "fr", "Le portail se repose"), ("/en/", "en", "The portal is resting")]
)
def test_a_page_in_the_readers_language_and_a_time_to_come_back(client, stop_database, path, language, words):
    heal = stop_database()
    response = client.get(path)
    assert response.status_code == 503
    assert response["Retry-After"] == "30"
    assert response["Cache-Control"] == "no-store"
    page = response.content.decode()
    assert f'<html lang="{language}">' in page
    assert words in page
    heal()
    assert client.get(path).status_code == 200


def test_no_page_of_the_site_answers_500(client_of, people, sample, stop_database):  # noqa: F811
    browsers = [client_of(people[role]) for role in ("visitor", "administrator")]
    for browser in browsers:
        browser.get("/livez")
    addresses = {name: reverse(name, args=sample[policy.arguments]) for name, policy in POLICIES.items()}
    stop_database()
    statuses = {}
    for name, address in addresses.items():
        for browser in browsers:
            for method in ("get", "post"):
                response = getattr(browser, method)(address)
                statuses.setdefault(response.status_code, set()).add(name)
                if response.status_code == 503 and name not in WITHOUT_DATABASE:
                    assert response["Retry-After"]
    assert not {status for status in statuses if status >= 500} - {503}
    assert len(statuses[503]) > 100


def test_a_connection_cut_in_the_middle_of_a_page(client, monkeypatch):
    from sohosolo import views

    VillageFactory()
    client.get("/")

    def cut(*args):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (pid,) = cursor.fetchone()
        facts = connection.get_connection_params()
        with psycopg.connect(**{name: facts[name] for name in ("host", "user", "dbname", "port") if name in facts}) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [pid])

    whole = views.next_morning
    monkeypatch.setattr(views, "next_morning", lambda now: cut() or whole(now))
    assert client.get("/").status_code == 503
    monkeypatch.setattr(views, "next_morning", whole)
    close_old_connections()  # as a server does after each request, and a test's client does not
    assert client.get("/").status_code == 200


def test_other_faults_of_the_database_stay_500(client, monkeypatch):
    from sohosolo import views

    def wrong(now):
        with connection.cursor() as cursor:
            cursor.execute("SELECT nothing_of_this_name")

    monkeypatch.setattr(views, "next_morning", wrong)
    assert client.get("/").status_code == 500


# ---- What the role keeps ---------------------------------------------------------------------------------------------


def shown() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT word_similarity('a', 'a')")
        values = {}
        for name in ROLE_SETTINGS:
            cursor.execute(f"SHOW {name}")
            (values[name],) = cursor.fetchone()
    return values


def test_a_connection_asks_for_nothing_at_its_start_and_has_what_the_role_keeps():
    assert "options" not in connection.get_connection_params()
    connection.close()
    assert shown() == ROLE_SETTINGS


def test_migrate_gives_a_restored_database_its_settings_again():
    with connection.cursor() as cursor:
        name = connection.ops.quote_name(connection.settings_dict["NAME"])
        cursor.execute(f"ALTER ROLE CURRENT_USER IN DATABASE {name} RESET ALL")
    connection.close()
    assert shown() != ROLE_SETTINGS
    connection.close()
    call_command("migrate", verbosity=0)
    assert shown() == ROLE_SETTINGS
    connection.close()
    assert shown() == ROLE_SETTINGS


def test_a_role_without_rights_keeps_its_own_settings():
    with connection.cursor() as cursor:
        name = connection.ops.quote_name(connection.settings_dict["NAME"])
        cursor.execute("CREATE ROLE clerk")
        cursor.execute("SET ROLE clerk")
    try:
        keep_role_settings(using="default")
        with connection.cursor() as cursor:
            cursor.execute("SELECT setconfig FROM pg_db_role_setting WHERE setrole = 'clerk'::regrole")
            (kept,) = cursor.fetchone()
        assert kept == [f"{setting}={value}" for setting, value in ROLE_SETTINGS.items()]
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
            cursor.execute(f"ALTER ROLE clerk IN DATABASE {name} RESET ALL")
            cursor.execute("DROP ROLE clerk")


def test_people_are_signed_in_again_once_it_is_back(client_of, stop_database):
    member = client_of(UserFactory())
    assert member.get(reverse("my-space")).status_code == 200
    heal = stop_database()
    assert member.get(reverse("my-space")).status_code == 503
    heal()
    assert member.get(reverse("my-space")).status_code == 200
