"""What is done from a file's page and from lists: files moved and entrusted, events noted, tasks added, several at once."""

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from projects.enums import ClosingReason, Direction, EventKind, Stage
from projects.files import lifecycle
from projects.models import (
    Event,
    Household,
    ProjectFile,
    Task,
    Transition,
)
from tests.factories.members import UserFactory
from tests.factories.projects import (
    HolderFactory,
    HouseholdFactory,
    ProjectFileFactory,
    TaskFactory,
)
from tests.projects.admin.pages import FILES, HOUSEHOLD, TASKS, correct, in_days, texts, today

pytestmark = pytest.mark.django_db

NARROW = "\u202f"


# ---- Acts ------------------------------------------------------------------------------------------------------------


def act(desk, file, page, **facts):
    return desk.post(f"{FILES}{file.pk}/{page}/", facts, follow=True)


def errors(answer):
    """What stands beside the fields, by the field."""
    return {name: list(said) for name, said in answer.context["form"].errors.items()}


def test_a_file_moves_and_the_page_says_so(desk, claire):
    file = ProjectFileFactory(adviser=claire)
    answer = act(desk, file, "etape", to="to_qualify", reason="Rappelé")
    assert "est maintenant à l’étape « à qualifier »" in texts(answer)
    trace = Transition.objects.get()
    assert (trace.file, trace.to_stage, trace.by, trace.reason) == (file, Stage.TO_QUALIFY, claire, "Rappelé")


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({}, "to"),
        ({"to": "settled_on_the_moon"}, "to"),
        ({"to": "new"}, "to"),
        ({"to": "anonymised"}, "to"),
        ({"to": "paused", "reason": "Vend"}, "paused_until"),
        ({"to": "paused", "reason": "Vend", "paused_until": "2020-01-01"}, "paused_until"),
        ({"to": "paused", "reason": "Vend", "paused_until": "2027-02-31"}, "paused_until"),
        ({"to": "paused", "paused_until": "2099-01-01"}, "reason"),
        ({"to": "closed"}, "closing_reason"),
        ({"to": "closed", "closing_reason": "boredom"}, "closing_reason"),
        ({"to": "closed", "closing_reason": "done"}, "closing_reason"),
        ({"to": "settled", "reason": "x" * 201}, "reason"),
    ],
)
def test_a_move_badly_filled_in_says_why_beside_the_field_and_keeps_what_was_typed(desk, claire, facts, field):
    file = ProjectFileFactory(adviser=claire, supported=True)
    answer = act(desk, file, "etape", **({"reason": "Attend la vente"} | facts if field != "reason" else facts))
    assert list(errors(answer)) == [field]
    assert f'id="id_{field}_error"' in answer.content.decode()
    if field != "reason":
        assert escape(facts.get("reason", "Attend la vente")) in answer.content.decode()
    file.refresh_from_db()
    assert (file.stage, Transition.objects.count()) == (Stage.SUPPORTED, 0)


def test_a_move_that_a_colleague_made_first_is_refused_with_a_sentence(desk, claire, monkeypatch):
    file = ProjectFileFactory(adviser=claire, supported=True)
    move = lifecycle.move_file

    def too_late(**facts):
        monkeypatch.setattr(lifecycle, "move_file", move)
        lifecycle.move_file(file=file, to=Stage.CLOSED, by=claire, closing_reason=ClosingReason.GAVE_UP)
        return move(**facts)

    monkeypatch.setattr(lifecycle, "move_file", too_late)
    answer = act(desk, file, "etape", to="settled")
    assert f"ne peut pas passer de «{NARROW}clos{NARROW}» à «{NARROW}installé{NARROW}»" in errors(answer)["to"][0]


def test_an_adviser_takes_a_file_and_gives_none_away(desk, claire, sophie):
    free, hers = ProjectFileFactory(), ProjectFileFactory(adviser=sophie)
    act(desk, free, "confier", adviser=claire.pk, deputy=sophie.pk)
    free.refresh_from_db()
    assert (free.adviser, free.deputy) == (claire, sophie)
    assert "adviser" in errors(act(desk, free, "confier", adviser=sophie.pk))
    assert "est déjà suivi par Sophie Dupuy" in errors(act(desk, hers, "confier", adviser=claire.pk))["__all__"][0]
    hers.refresh_from_db()
    assert hers.adviser == sophie


def test_the_lead_entrusts_a_file_to_anybody_of_the_team(client, claire, sophie):
    client.force_login(UserFactory(lead=True))
    file = ProjectFileFactory(adviser=claire)
    act(client, file, "confier", adviser=sophie.pk)
    file.refresh_from_db()
    assert file.adviser == sophie
    assert "adviser" in errors(act(client, file, "confier", adviser=UserFactory().pk))
    assert "deputy" in errors(act(client, file, "confier", adviser=sophie.pk, deputy=sophie.pk))


@pytest.mark.parametrize(
    ("what", "kind", "direction"),
    [
        ("call-in", EventKind.CALL, Direction.IN),
        ("call-out", EventKind.CALL, Direction.OUT),
        ("mail-in", EventKind.MAIL, Direction.IN),
        ("meeting", EventKind.MEETING, Direction.OUT),
        ("note", EventKind.NOTE, Direction.INTERNAL),
    ],
)
def test_what_was_said_is_noted_in_one_go(desk, claire, what, kind, direction):
    file = ProjectFileFactory(adviser=claire)
    act(desk, file, "noter", text="Rappel promis", what=what, minutes="15")
    event = Event.objects.get()
    assert (event.kind, event.direction, event.text, event.minutes, event.author) == (kind, direction, "Rappel promis", 15, claire)


def test_what_was_said_yesterday_is_noted_for_yesterday(desk, claire):
    file = ProjectFileFactory(adviser=claire)
    act(desk, file, "noter", text="Rappel promis", what="call-in", at_0=in_days(-1).isoformat(), at_1="10:30")
    assert timezone.localtime(Event.objects.get().at).strftime("%d %H:%M") == f"{in_days(-1):%d} 10:30"


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "x" * 5001}, "text"),
        ({"what": "dream"}, "what"),
        ({"minutes": "0"}, "minutes"),
        ({"minutes": "-5"}, "minutes"),
        ({"minutes": "many"}, "minutes"),
        ({"minutes": "9" * 30}, "minutes"),
        ({"at_0": "2099-01-01", "at_1": "10:00"}, "at"),
        ({"at_0": "2026-02-31", "at_1": "10:00"}, "at"),
        ({"at_0": "2026-02-28", "at_1": ""}, "at"),
    ],
)
def test_an_event_badly_filled_in_is_not_noted_and_nothing_is_lost(desk, claire, facts, field):
    file = ProjectFileFactory(adviser=claire)
    answer = act(desk, file, "noter", **{"text": "Rappel promis", "what": "call-in", "minutes": ""} | facts)
    assert list(errors(answer)) == [field]
    assert Event.objects.count() == 0
    assert escape(facts.get("text", "Rappel promis")) in answer.content.decode()


def test_a_task_is_added_done_and_put_off(desk, claire, sophie):
    file = ProjectFileFactory(adviser=claire)
    answer = act(desk, file, "echeance", title="Devis", due_on=in_days(3).isoformat(), assignee=sophie.pk)
    assert "Devis" in texts(answer)
    task = Task.objects.get()
    assert (task.due_on, task.assignee, task.created_by) == (in_days(3), sophie, claire)
    desk.post(f"{TASKS}{task.pk}/reporter/", {"to": in_days(9).isoformat()})
    task.refresh_from_db()
    assert (task.due_on, task.postponed) == (in_days(9), 1)
    answer = desk.post(f"{TASKS}{task.pk}/fait/", follow=True)
    task.refresh_from_db()
    assert (task.done_by, answer.redirect_chain[-1][0]) == (claire, file.get_admin_url())


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 161}, "title"),
        ({"due_on": ""}, "due_on"),
        ({"due_on": "2027-02-31"}, "due_on"),
        ({"due_on": "2020-01-01"}, "due_on"),
        ({"assignee": ""}, "assignee"),
        ({"assignee": "999999"}, "assignee"),
    ],
)
def test_a_task_badly_filled_in_is_not_added(desk, claire, facts, field):
    file = ProjectFileFactory(adviser=claire)
    given = {"title": "Devis du luthier", "due_on": in_days(3).isoformat(), "assignee": claire.pk}
    answer = act(desk, file, "echeance", **given | facts)
    assert (list(errors(answer)), Task.objects.count()) == ([field], 0)
    assert facts.get("title", "Devis du luthier") in answer.content.decode()


def test_nobody_outside_the_team_is_given_a_task(desk, claire):
    file = ProjectFileFactory(adviser=claire)
    stranger = UserFactory()
    answer = act(desk, file, "echeance", title="Devis", due_on=in_days(3).isoformat(), assignee=stranger.pk)
    assert (list(errors(answer)), Task.objects.count()) == (["assignee"], 0)


@pytest.mark.parametrize("to", ["", "2020-01-01", "31/02/2027", "demain"])
def test_a_task_is_put_off_to_a_day_to_come(desk, claire, to):
    task = TaskFactory(assignee=claire)
    answer = desk.post(f"{TASKS}{task.pk}/reporter/", {"to": to})
    assert list(errors(answer)) == ["to"]
    task.refresh_from_db()
    assert (task.due_on, task.postponed) == (today(), 0)


def test_a_task_is_given_to_a_colleague_and_its_day_stays(desk, claire, sophie):
    task = TaskFactory(assignee=claire, due_on=in_days(3))
    desk.post(f"{TASKS}{task.pk}/change/", {"title": "Devis", "assignee": sophie.pk, "due_on": "2020-01-01", "postponed": "0"})
    task.refresh_from_db()
    assert (task.title, task.assignee, task.due_on) == ("Devis", sophie, in_days(3))


# ---- Several at once -------------------------------------------------------------------------------------------------


def choose(desk, page, action, *rows, **facts):
    return desk.post(page, {"action": action, "_selected_action": [row.pk for row in rows], **facts}, follow=True)


def test_several_files_are_taken_and_what_is_refused_is_said(desk, claire, sophie):
    free, hers, deputised = ProjectFileFactory(), ProjectFileFactory(adviser=sophie), ProjectFileFactory(deputy=claire)
    said = texts(choose(desk, FILES, "take_selected", free, hers, deputised))
    advisers = {file.pk: file.adviser for file in ProjectFile.objects.select_related("adviser")}
    assert advisers == {free.pk: claire, hers.pk: sophie, deputised.pk: claire}
    assert "2 dossiers sont maintenant les vôtres." in said
    assert f"Le dossier {hers.reference} est déjà suivi par Sophie Dupuy." in said


def test_several_files_are_closed_after_their_reason_was_asked_for(desk, claire):
    one, two, closed = ProjectFileFactory(), ProjectFileFactory(supported=True), ProjectFileFactory(closed=True)
    asked = choose(desk, FILES, "close_selected", one, two, closed)
    assert {row.pk for row in asked.context["rows"]} == {one.pk, two.pk, closed.pk}
    assert (ProjectFile.objects.filter(stage=Stage.CLOSED).count(), Transition.objects.count()) == (1, 0)
    again = choose(desk, FILES, "close_selected", one, two, closed, confirmed="1", reason="")
    assert (list(errors(again)), Transition.objects.count()) == (["reason"], 0)
    said = texts(choose(desk, FILES, "close_selected", one, two, closed, confirmed="1", reason="Trois appels sans réponse"))
    assert "2 dossiers sont clos." in said
    assert f"Le dossier {closed.reference} est déjà à cette étape." in said
    closings = Transition.objects.values_list("file", "to_stage", "reason", "by")
    assert set(closings) == {(file.pk, "closed", "Trois appels sans réponse", claire.pk) for file in (one, two)}
    assert set(ProjectFile.objects.values_list("closing_reason", flat=True)) == {"no_news", "gave_up"}


def test_several_tasks_are_done_at_once(desk, claire, sophie):
    tasks = [TaskFactory(assignee=claire), TaskFactory(assignee=sophie)]
    assert "2 échéances sont faites." in texts(choose(desk, TASKS, "finish_selected", *tasks))
    assert set(Task.objects.values_list("done_by", flat=True)) == {claire.pk}


def test_several_tasks_are_put_off_after_their_new_day_was_asked_for(desk, claire):
    one, two = TaskFactory(assignee=claire), TaskFactory(assignee=claire, due_on=in_days(7))
    choose(desk, TASKS, "postpone_selected", one, two)
    again = choose(desk, TASKS, "postpone_selected", one, two, confirmed="1", to="hier")
    assert list(errors(again)) == ["to"]
    assert set(Task.objects.values_list("postponed", flat=True)) == {0}
    said = texts(choose(desk, TASKS, "postpone_selected", one, two, confirmed="1", to=in_days(7).isoformat()))
    assert "1 échéance a son nouveau jour." in said
    assert "L’échéance est déjà à ce jour" in said
    assert dict(Task.objects.values_list("pk", "postponed")) == {one.pk: 1, two.pk: 0}


def test_nothing_can_be_deleted_in_bulk(desk):
    file = ProjectFileFactory()
    choose(desk, FILES, "delete_selected", file, post="yes")
    assert ProjectFile.objects.filter(pk=file.pk).exists()
    assert "delete_selected" not in desk.get(FILES).content.decode()


def test_the_holder_is_looked_up_as_one_types(desk):
    holder = HolderFactory(last_name="Castéra")
    HolderFactory(last_name="Rey")
    query = {"term": "castera", "app_label": "projects", "model_name": "projectfile", "field_name": "holder"}
    found = desk.get(reverse("admin:autocomplete"), query).json()["results"]
    assert [row["id"] for row in found] == [str(holder.pk)]


def test_a_holder_nobody_asked_about_is_looked_up_by_the_team_only(client):
    HolderFactory(last_name="Castéra")
    client.force_login(UserFactory(is_staff=True))
    query = {"term": "castera", "app_label": "projects", "model_name": "projectfile", "field_name": "holder"}
    assert client.get(reverse("admin:autocomplete"), query).status_code == 403


def test_the_household_is_corrected_on_its_file(desk, claire):
    household = HouseholdFactory(file=ProjectFileFactory(adviser=claire))
    facts = HOUSEHOLD | {"household-INITIAL_FORMS": "1", "household-0-id": household.pk, "household-0-file": household.file_id}
    desk.post(household.file.get_admin_url(), correct(household.file) | facts)
    assert Household.objects.get().school_levels == ["college"]
