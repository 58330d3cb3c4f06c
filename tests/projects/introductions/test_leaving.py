"""An introduction leaves only while it may: pause, capacity and the choice of the family are those of that moment."""

import datetime as dt
import threading

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from outbox.models import Letter
from outbox.stops import reason_has_gone
from projects import links
from projects.activity import refusals
from projects.enums import IntroductionState, Stage, Via
from projects.files import lifecycle
from projects.introductions import choosing
from projects.introductions.services import answer_consent, answer_introduction, ask_consent, send_ready
from projects.models import Introduction, IntroductionMove
from projects.reminders.morning import Morning
from tests.factories.projects import HouseholdFactory, IntroductionFactory, ProjectFileFactory
from tests.factories.villages import CommitteeMemberFactory, VillageFactory
from tests.projects.threads import in_threads
from villages.committee.partnerships import end_partnership, pause_village, resume_village
from villages.committee.upkeep import set_capacity

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 11, 24, 11, 0, tzinfo=dt.UTC)  # Tuesday, noon in Paris
DAY = dt.timedelta(days=1)
State = IntroductionState


@pytest.fixture(autouse=True)
def clock(time_machine, settings):
    settings.STAFF_MFA_REQUIRED = False
    time_machine.move_to(NOON, tick=False)
    return time_machine


def village(name="Aignan", **facts):
    village = VillageFactory(commune__name=name, slug=name.lower(), **facts)
    CommitteeMemberFactory(village=village, lead=True, name=f"Hélène de {name}", email=f"{name.lower()}@example.org")
    return village


def supported(adviser, **facts):
    file = ProjectFileFactory(supported=True, adviser=adviser, opened_at=NOON - 30 * DAY, **facts)
    HouseholdFactory(file=file)
    return file


def agreed(adviser, *villages, file=None, beyond=""):
    """The villages are chosen and the holder has said yes, by the link of the letter."""
    file = file or supported(adviser)
    choosing.choose_villages(
        file=file, reasons={village: [] for village in villages}, by=adviser, beyond=beyond, now=timezone.now()
    )
    request = ask_consent(file=file, by=adviser, now=timezone.now())
    answer_consent(request=request, agreed_to=[village.pk for village in villages], via=Via.LINK, now=timezone.now())
    return file


def states(file) -> list[str]:
    return list(file.introductions.order_by("pk").values_list("state", flat=True))


def held(adviser):
    """What the morning says of those that do not leave."""
    baskets = Morning(adviser, now=timezone.now()).baskets
    found = next(basket for basket in baskets if basket.slug == "villages").cards
    return [card.why for card in found if card.key.startswith("held:")]


def send():
    return send_ready(now=timezone.now())


# ---- Pause, choice -------------------------------------------------------------------------------------------------------


def test_nothing_leaves_to_a_village_that_pauses_meanwhile_and_it_leaves_after_the_pause(claire, clock):
    aignan = village()
    file = agreed(claire, aignan)
    pause_village(village=aignan, until=dt.date(2027, 1, 3))
    assert (send(), states(file)) == (0, [State.READY])
    assert not Letter.objects.filter(to="aignan@example.org").exists()
    assert ["dimanche 3 janvier 2027" in why for why in held(claire)] == [True]
    clock.move_to(dt.datetime(2027, 1, 4, 9, tzinfo=dt.UTC), tick=False)
    assert (send(), states(file)) == (1, [State.SENT])
    assert not held(claire)


@pytest.mark.parametrize("stage", [Stage.PAUSED, Stage.SETTLED])
def test_nothing_leaves_of_a_file_that_is_paused_or_settled_meanwhile(client_of, claire, stage):
    file = agreed(claire, village())
    page = reverse("admin:projects_projectfile_move", args=[file.pk])
    facts = {"to": stage, "reason": "Vend sa maison", "paused_until": "2027-01-03" if stage == Stage.PAUSED else ""}
    assert client_of(claire).post(page, facts).status_code == 302
    assert (send(), states(file)) == (0, [State.READY])
    assert len(held(claire)) == 1


def test_nothing_leaves_once_the_family_has_chosen_a_village(client_of, claire, clock):
    aignan, barran = village("Aignan"), village("Barran")
    file = agreed(claire, aignan)
    send()
    introduction = file.introductions.get()
    answer_introduction(introduction=introduction, answer="yes", by_name="Hélène", via=Via.LINK, now=NOON)
    clock.shift(DAY)
    agreed(claire, barran, file=file)
    page = reverse("admin:projects_introduction_outcome", args=[introduction.pk])
    assert client_of(claire).post(page, {"to": "chosen"}).status_code == 302
    assert (send(), states(file)) == (0, [State.CHOSEN, State.READY])
    assert ["a choisi" in why for why in held(claire)] == [True]
    assert "a choisi" in client_of(claire).get(file.get_admin_url()).content.decode()
    choose = reverse("admin:projects_projectfile_choose", args=[file.pk])
    answer = client_of(claire).post(choose, {"villages": [village("Cologne").pk]})
    assert answer.status_code == 422
    assert "a choisi Aignan" in answer.content.decode()
    client_of(claire).post(page, {"to": "not_chosen"})  # it fell through
    assert (send(), states(file)) == (1, [State.NOT_CHOSEN, State.SENT])


def test_no_consent_is_asked_for_a_village_that_pauses_or_after_a_choice(client_of, claire):
    file, aignan = supported(claire), village()
    choosing.choose_villages(file=file, reasons={aignan: []}, by=claire, now=NOON)
    pause_village(village=aignan)
    page = reverse("admin:projects_projectfile_consent", args=[file.pk])
    assert client_of(claire).post(page).status_code == 409
    resume_village(village=aignan)
    IntroductionFactory(file=file, accepted=True, state=State.CHOSEN, slot=None)
    assert client_of(claire).post(page).status_code == 409
    assert states(file)[0] == State.DRAFT


@pytest.mark.parametrize("meanwhile", ["pause", "leave", "choice", "file"])
def test_a_letter_that_waits_in_the_outbox_stays_there_once_it_may_not_leave(claire, meanwhile):
    aignan = village()
    file = agreed(claire, aignan)
    send()
    letter = Letter.objects.get(to="aignan@example.org")
    assert not reason_has_gone(letter.key)
    match meanwhile:
        case "pause":
            pause_village(village=aignan)
        case "leave":
            end_partnership(village=aignan)
        case "choice":
            IntroductionFactory(file=file, accepted=True, state=State.CHOSEN, slot=None)
        case "file":
            facts = {"reason": "Vend sa maison", "paused_until": dt.date(2027, 1, 3)}
            lifecycle.move_file(file=file, to=Stage.PAUSED, by=claire, now=NOON, **facts)
    assert reason_has_gone(letter.key)


def test_villages_are_not_reminded_once_the_family_has_chosen_another(claire):
    from projects.reminders.rules.outsiders import VillageSilent

    file = supported(claire)
    IntroductionFactory(file=file, sent=True, sent_at=NOON - 20 * DAY)
    assert VillageSilent.silent(NOON.date()).count() == 1
    IntroductionFactory(file=file, accepted=True, state=State.CHOSEN, slot=None)
    assert not VillageSilent.silent(NOON.date()).exists()


# ---- The capacity of a month -----------------------------------------------------------------------------------------------


def choose(browser, file, *villages, **facts):
    page = reverse("admin:projects_projectfile_choose", args=[file.pk])
    return browser.post(page, {"villages": [village.pk for village in villages]} | facts)


def test_a_village_with_all_its_families_of_the_month_needs_a_written_reason(client_of, claire):
    aignan, browser = village(), client_of(claire)
    agreed(claire, aignan)
    send()
    file = supported(claire)
    answer = choose(browser, file, aignan)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "Déjà toutes les familles du mois pour\xa0: Aignan" in html
    assert 'id="id_beyond_error"' in html, "beside its field"
    assert f'value="{aignan.pk}" checked' in html, "what was ticked stays ticked"
    assert not file.introductions.exists()
    assert choose(browser, file, aignan, beyond="   ").status_code == 422
    assert choose(browser, file, aignan, beyond="Hélène les attend").status_code == 302
    assert file.introductions.get().beyond_capacity == "Hélène les attend"
    assert "Hélène les attend" in browser.get(file.get_admin_url()).content.decode()


def test_a_family_on_its_way_takes_a_place_too(client_of, claire):
    aignan = village()
    choosing.choose_villages(file=supported(claire), reasons={aignan: []}, by=claire, now=NOON)
    assert choose(client_of(claire), supported(claire), aignan).status_code == 422


def test_a_family_that_was_declined_gives_its_place_back(client_of, claire):
    aignan = village()
    introduction = agreed(claire, aignan).introductions.get()
    send()
    link = links.answer_link(introduction, aignan.committee.get())
    client_of(None).post(link, {"answer": "no", "words": "Complet"})
    assert choose(client_of(claire), supported(claire), aignan).status_code == 302


def test_the_place_of_a_month_is_free_again_in_the_next(client_of, claire, clock):
    aignan = village()
    agreed(claire, aignan)
    send()
    clock.move_to(dt.datetime(2026, 11, 30, 22, 59, tzinfo=dt.UTC), tick=False)  # 23:59 in Paris
    assert choose(client_of(claire), supported(claire), aignan).status_code == 422
    clock.move_to(dt.datetime(2026, 11, 30, 23, 1, tzinfo=dt.UTC), tick=False)
    assert choose(client_of(claire), supported(claire), aignan).status_code == 302


def test_what_exceeds_a_capacity_lowered_meanwhile_waits_for_the_next_month(claire, clock):
    aignan = village(monthly_capacity=2)
    first, second = agreed(claire, aignan), agreed(claire, aignan)
    set_capacity(village=aignan, families=1)
    assert (send(), states(first), states(second)) == (1, [State.SENT], [State.READY])
    assert ["ce mois-ci" in why for why in held(claire)] == [True]
    clock.move_to(dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC), tick=False)
    assert (send(), states(second)) == (1, [State.SENT])


def test_a_written_reason_lets_it_leave_beyond_the_capacity(claire):
    aignan = village()
    first = agreed(claire, aignan)
    second = agreed(claire, aignan, beyond="Hélène les attend")
    assert (send(), states(first), states(second)) == (1, [State.SENT], [State.SENT])


def test_the_page_tells_the_places_taken_as_the_refusal_counts_them(client_of, claire):
    aignan = village(monthly_capacity=3)
    agreed(claire, aignan)
    send()
    choosing.choose_villages(file=supported(claire), reasons={aignan: []}, by=claire, now=NOON)
    page = client_of(claire).get(reverse("admin:projects_projectfile_choose", args=[supported(claire).pk])).content.decode()
    assert "2 sur les 3" in page


@pytest.mark.django_db(transaction=True)
def test_four_advisers_at_once_do_not_exceed_the_capacity_of_a_village(claire):
    aignan = village(monthly_capacity=2)
    files = [supported(claire) for _ in range(4)]

    def choose_it(n):
        return choosing.choose_villages(file=files[n], reasons={aignan: []}, by=claire, now=NOON)

    outcomes = in_threads(4, choose_it)
    refused = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert len(refused) == 2
    assert all(isinstance(refusal, refusals.IntroductionRefused) for refusal in refused)
    assert Introduction.objects.filter(village=aignan).count() == 2


@pytest.mark.django_db(transaction=True)
def test_workers_and_a_committee_that_lowers_its_capacity_at_once_never_exceed_it(claire):
    aignan = village(monthly_capacity=4)
    for _ in range(4):
        agreed(claire, aignan)
    set_capacity(village=aignan, families=1)
    outcomes = in_threads(4, lambda n: send_ready(now=NOON))
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert IntroductionMove.objects.filter(to_state=State.SENT).count() == 1
    assert Letter.objects.filter(to="aignan@example.org").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_pause_that_is_being_written_is_waited_for(claire):
    """The committee's press holds the village's row: what leaves at that moment reads what the press wrote."""
    from django.db import transaction

    aignan = village()
    file = agreed(claire, aignan)
    begun, written = threading.Event(), threading.Event()

    def press(n):
        if n == 0:
            with transaction.atomic():
                pause_village(village=aignan)
                begun.set()
                written.wait(1)
            return None
        begun.wait(5)
        sent = send_ready(now=NOON)
        written.set()
        return sent

    outcomes = in_threads(2, press)
    assert outcomes == [None, 0]
    assert states(file) == [State.READY]
    connection.close()


def test_no_page_says_that_a_village_with_its_families_has_room_this_month(client, claire):
    aignan = village(monthly_capacity=1)
    agreed(claire, aignan)
    send_ready(now=timezone.now())
    client.force_login(claire)
    file = supported(claire)
    chosen = client.get(f"/admin/projects/projectfile/{file.pk}/villages/").text
    assert "1 sur la seule qu’il peut accueillir ce mois-ci" in chosen
    answers = "connexion=rarement&logement=deja"
    for page in ("/", "/villages/", aignan.get_absolute_url(), f"/villages/trouver/resultats/?{answers}"):
        assert "ce mois-ci" not in client.get(page, follow=True).text, page
    assert "Le village peut accueillir une famille par mois" in client.get(aignan.get_absolute_url()).text


def test_no_village_may_be_chosen_for_a_file_that_may_not_be_introduced_yet(client, claire):
    client.force_login(claire)
    village()
    for file, said in (
        (ProjectFileFactory(adviser=claire), "Seul un dossier accompagné"),
        (supported(claire), "3 villages peuvent"),
    ):
        page = client.get(f"/admin/projects/projectfile/{file.pk}/villages/").text
        assert said in page
        assert ("peuvent être choisis maintenant" in page) is (file.stage == "supported")
