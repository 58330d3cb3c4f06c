"""A candidate introduced to villages: agreed to, sent, answered, met. Every step is a move that is kept."""

import datetime as dt
import secrets
from collections.abc import Collection, Iterable, Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from common.working_days import working_days_after
from members.models import User
from projects import notifications
from projects.activity.ball import pass_ball, pass_ball_and_show_note
from projects.activity.kept_words import in_first_language
from projects.activity.refusals import IntroductionRefused
from projects.enums import Ball, IntroductionState, SettlingTrack, Via
from projects.introductions import sharing
from projects.introductions.choosing import refuse_if_closed, refuse_once_chosen, villages_locked
from projects.introductions.leaving import obstacle_of, with_facts_of_leaving
from projects.introductions.visit_calendar import visit_event
from projects.models import AT_ONCE, ConsentRequest, Introduction, IntroductionMove, ProjectFile, Task
from projects.models.file import locked
from villages.committee.readers import first_reader

State = IntroductionState


@transaction.atomic
def ask_consent(*, file: ProjectFile, by: User, now: dt.datetime | None = None) -> ConsentRequest:
    """Keep what would be shared of the file as it is now, and ask its holder by letter. Raises IntroductionRefused."""
    now = now or timezone.now()
    file = locked(file)
    drafts = file.introductions.filter(state=State.DRAFT).select_related("village__commune").order_by("pk")
    drafts = list(drafts.select_for_update(of=("self",), no_key=True))
    if not drafts:
        raise IntroductionRefused(_("Choose at least one village first."))
    refuse_once_chosen(file)
    refuse_if_closed([draft.village for draft in drafts], timezone.localdate(now))
    snapshot, words = sharing.snapshot_of(file), sharing.words_of_sharing()
    request = ConsentRequest.objects.create(
        file=file,
        snapshot=snapshot,
        words=words,
        version=sharing.SHARING_VERSION,
        fingerprint=sharing.fingerprint_of(snapshot, words),
        nonce=secrets.token_hex(16),
        asked_at=now,
        asked_by=by,
    )
    for draft in drafts:
        draft.request = request
        draft.save(update_fields=["request"])
        move_locked(draft, State.AWAITING_CONSENT, by=by, now=now)
    pass_ball_and_show_note(file=file, to=Ball.HOLDER, note=in_first_language(gettext_noop("agree to be introduced")), now=now)
    if file.holder.email:
        notifications.consent_asked(request, drafts, at=now)
    return request


@transaction.atomic
def answer_consent(
    *,
    request: ConsentRequest,
    agreed_to: Collection[int],
    via: Via,
    by: User | None = None,
    now: dt.datetime | None = None,
) -> ConsentRequest:
    """The holder agrees to the villages of these keys; to none, it is a no. Answered twice, the first answer stands.

    Raises IntroductionRefused where it was taken back meanwhile.
    """
    now = now or timezone.now()
    file = locked(request.file)
    request = ConsentRequest.objects.select_for_update(of=("self",), no_key=True).get(pk=request.pk)
    if request.answered_at:
        return request
    asked = list(
        request.introductions.filter(state=State.AWAITING_CONSENT)
        .order_by("pk")
        .select_for_update(of=("self",), no_key=True)
        .select_related("village__commune")
    )
    if not asked:
        raise IntroductionRefused(_("This was taken back: there is nothing to answer any more."))
    request.answered_at, request.via = now, via
    request.agreed = any(introduction.village_id in agreed_to for introduction in asked)
    request.save(update_fields=["answered_at", "via", "agreed"])
    said_by = str(file.holder)
    for introduction in asked:
        if introduction.village_id in agreed_to:
            move_locked(introduction, State.READY, by=by, by_name=said_by, via=via, now=now)
        else:
            move_locked(
                introduction,
                State.WITHDRAWN,
                by=by,
                by_name=said_by,
                via=via,
                reason=in_first_language(gettext_noop("The holder did not agree.")),
                now=now,
            )
    if request.agreed:
        pass_ball(file=file, to=Ball.VILLAGE, note=in_first_language(gettext_noop("answer the introduction")), now=now)
    else:
        pass_ball(
            file=file,
            to=Ball.ADVISER,
            note=in_first_language(gettext_noop("the holder does not wish these introductions")),
            now=now,
        )
    return request


def send_ready(*, now: dt.datetime) -> int:
    """Write to the villages that have somebody to be introduced: one letter for each, with all of them. Returns how many letters.

    A village gets one such letter a day at most: who is ready later that day waits for the next. Two of these at once share the
    work. Where nobody of the committee can be written to, the adviser gets a task to telephone. What has an obstacle now (the file
    or the village is paused, the family has chosen, the village has all its families of the month) stays ready, and the morning
    says so.
    """
    today = timezone.localdate(now)
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    ready = Introduction.objects.filter(state=State.READY)
    written_today = Introduction.objects.filter(sent_at__gte=midnight).values("village")
    letters = 0
    for village in ready.exclude(village__in=written_today).order_by("village").values_list("village", flat=True).distinct():
        with transaction.atomic():
            files = ready.filter(village=village).values("file")
            locked_files = list(ProjectFile.objects.filter(pk__in=files).select_for_update(no_key=True).order_by("pk"))
            villages_locked([village])  # so that its pause, its capacity and what it was sent are those of this moment
            found = (
                with_facts_of_leaving(ready.filter(village=village, file__in=locked_files), now)
                .with_people()
                .select_for_update(of=("self",), no_key=True, skip_locked=True)
                .order_by("pk")
            )
            due = leaving_now(found, today)
            if not due:
                continue
            reader = first_reader(due[0].village.committee.in_order(), today)
            for introduction in due:
                introduction.sent_at, introduction.reader_name = now, reader.name if reader else ""
                introduction.save(update_fields=["sent_at", "reader_name"])
                move_locked(introduction, State.SENT, now=now)
                if reader is None:
                    add_task_to_telephone(introduction, now=now)
            if reader:
                notifications.introductions_sent(due, reader, at=now)
                letters += 1
    return letters


def leaving_now(found: Iterable[Introduction], today: dt.date) -> list[Introduction]:
    """Those of one village's introductions that may leave today, in their order: each takes a place of the month from the next."""
    due: list[Introduction] = []
    for introduction in found:
        introduction.places_taken += len(due)
        if obstacle_of(introduction, today) is None:
            due.append(introduction)
    return due


def add_task_to_telephone(introduction: Introduction, *, now: dt.datetime) -> None:
    """Nobody answers by letter: a task for whoever follows the file, once."""
    assignee = introduction.file.adviser or introduction.created_by
    if assignee and not Task.objects.to_do().filter(introduction=introduction).exists():
        Task.objects.create(
            file=introduction.file,
            introduction=introduction,
            title=in_first_language(
                gettext_noop("Telephone %(village)s about %(holder)s"),
                village=introduction.village,
                holder=introduction.file.holder,
            ),
            due_on=working_days_after(timezone.localdate(now), 1),
            due_set_at=now,
            assignee=assignee,
            created_at=now,
        )


ANSWERS = {
    "yes": State.ACCEPTED,
    "later": State.LATER,
    "no": State.DECLINED,
    "known": State.CONTACT_MADE,  # they are in touch already
}


@transaction.atomic
def answer_introduction(
    *,
    introduction: Introduction,
    answer: str,
    by_name: str,
    via: Via,
    words: str = "",
    later_on: dt.date | None = None,
    by: User | None = None,
    now: dt.datetime | None = None,
) -> Introduction:
    """What the village says: a key of ANSWERS. A late answer is taken; a second one is refused and changes nothing.

    Raises IntroductionRefused: withdrawn, answered before, a no without a reason, a later without a coming day.
    """
    now = now or timezone.now()
    file, introduction = lock_both(introduction)
    to, words = ANSWERS[answer], words.strip()
    if introduction.state == State.WITHDRAWN:
        raise IntroductionRefused(_("This introduction was taken back: nothing is asked of you any more."))
    if to not in introduction.stands_at.next_states or introduction.state not in State.asked():
        raise IntroductionRefused(_("This was answered already: %(state)s.") % {"state": introduction.get_state_display()})
    if to == State.DECLINED and not words:
        raise IntroductionRefused(_("Say in a few words why not: the family is told kindly."), "words")
    if to == State.LATER and (later_on is None or later_on <= timezone.localdate(now)):
        raise IntroductionRefused(_("Say from which coming day on."), "later_on")
    introduction.answered_at, introduction.answered_by, introduction.answer = now, by_name, words
    introduction.later_on = later_on if to == State.LATER else None
    said = ("answered_at", "answered_by", "answer", "later_on")
    move_locked(introduction, to, by=by, by_name=by_name, via=via, reason=words, now=now, fields=said)
    Task.objects.to_do().filter(introduction=introduction).update(done_at=now, done_by=by)
    if to in State.before_visit():
        advance_file(file, SettlingTrack.INTRODUCED)
    pass_ball(
        file=file,
        to=Ball.ADVISER,
        note=in_first_language(
            gettext_noop("%(village)s has answered: %(answer)s"),
            village=introduction.village,
            answer=IntroductionState(introduction.state).label,
        ),
        now=now,
    )
    if to == State.ACCEPTED:
        notifications.introduction_accepted(introduction, at=now)
    return introduction


@transaction.atomic
def confirm_contact(
    *, introduction: Introduction, via: Via, by: User | None = None, by_name: str = "", now: dt.datetime | None = None
) -> Introduction:
    """The candidate and the village have spoken. Confirmed twice is confirmed once. Raises IntroductionRefused."""
    now = now or timezone.now()
    file, introduction = lock_both(introduction)
    if introduction.state in State.in_touch():
        return introduction
    move_or_refuse(introduction, State.CONTACT_MADE, by=by, by_name=by_name or str(file.holder), via=via, now=now)
    pass_ball_and_show_note(
        file=file,
        to=Ball.ADVISER,
        note=in_first_language(gettext_noop("plan a visit of %(village)s"), village=introduction.village),
        now=now,
    )
    return introduction


@transaction.atomic
def plan_visit(*, introduction: Introduction, at: dt.datetime, by: User, now: dt.datetime | None = None) -> Introduction:
    """A day and hour for the visit, told to both with a calendar file. Planned anew, both are told again."""
    now = now or timezone.now()
    file, introduction = lock_both(introduction)
    if introduction.state not in State.before_visit():
        raise IntroductionRefused(_("A visit is planned once the village has said yes."))
    if at <= now:
        raise IntroductionRefused(_("This hour has passed: choose a coming one."), "at")
    introduction.visit_at = at
    introduction.save(update_fields=["visit_at"])
    advance_file(file, SettlingTrack.VISITING)
    pass_ball_and_show_note(
        file=file, to=Ball.HOLDER, note=in_first_language(gettext_noop("visit %(village)s"), village=introduction.village), now=now
    )
    reader = first_reader(introduction.village.committee.in_order(), timezone.localdate(now))
    notifications.visit_planned(introduction, visit_event(introduction, planned_at=now), reader=reader, at=now)
    return introduction


@transaction.atomic
def move_introduction(
    *, introduction: Introduction, to: IntroductionState, by: User | None, reason: str = "", now: dt.datetime | None = None
) -> Introduction:
    """Visited, chosen, not chosen, withdrawn, or without an answer. Raises IntroductionRefused for what has its own service."""
    now, to = now or timezone.now(), State(to)
    file, introduction = lock_both(introduction)
    if to not in State.outcomes() and to != State.NO_ANSWER:
        raise IntroductionRefused(_("This is said in another way: an answer, a consent, a letter."))
    move_or_refuse(introduction, to, by=by, via=Via.ORAL if by else Via.PORTAL, reason=reason, now=now)
    if to in State.ends_the_call():
        Task.objects.to_do().filter(introduction=introduction).update(done_at=now, done_by=by)
    if to == State.NO_ANSWER:
        note = in_first_language(gettext_noop("%(village)s has not answered"), village=introduction.village)
        pass_ball(file=file, to=Ball.ADVISER, note=note, now=now)
    return introduction


@transaction.atomic
def withdraw_all(
    *, file: ProjectFile, by: User | None, reason: str, by_holder: bool = False, now: dt.datetime | None = None
) -> int:
    """Every introduction that runs is taken back and its link dead: as the holder wishes, on their own page, or because the file
    is closed. Returns how many there were."""
    now = now or timezone.now()
    file = locked(file)
    said = {"by_name": str(file.holder), "via": Via.SPACE} if by_holder else {"via": Via.ORAL if by else Via.PORTAL}
    open_ones = file.introductions.filter(state__in=State.that_may_become(State.WITHDRAWN))
    withdrawn = list(open_ones.order_by("pk").select_for_update(of=("self",), no_key=True))
    for introduction in withdrawn:
        move_locked(introduction, State.WITHDRAWN, by=by, reason=reason, now=now, **said)
    Task.objects.to_do().filter(introduction__in=withdrawn).update(done_at=now, done_by=by)
    if withdrawn and by_holder:
        pass_ball(
            file=file,
            to=Ball.ADVISER,
            note=in_first_language(gettext_noop("the holder has withdrawn from the introductions")),
            now=now,
        )
    return len(withdrawn)


# ---- The one way a state changes ---------------------------------------------------------------------------------------


def lock_both(introduction: Introduction) -> tuple[ProjectFile, Introduction]:
    file = locked(introduction.file)
    introduction = Introduction.objects.select_for_update(of=("self",), no_key=True).with_people().get(pk=introduction.pk)
    introduction.file = file
    return file, introduction


def move_or_refuse(introduction: Introduction, to: IntroductionState, **facts) -> None:
    if to not in introduction.stands_at.next_states:
        raise IntroductionRefused(
            _("This introduction cannot go from “%(since)s” to “%(to)s”.")
            % {"since": introduction.get_state_display(), "to": to.label}
        )
    move_locked(introduction, to, **facts)


def move_locked(
    introduction: Introduction,
    to: IntroductionState,
    *,
    now: dt.datetime,
    by: User | None = None,
    by_name: str = "",
    via: Via = Via.PORTAL,
    reason: str = "",
    fields: Sequence[str] = (),
) -> None:
    """Call it with the file and the introduction locked. What is live no more gives its place back.

    `fields` were set on `introduction` and are saved with the state: the constraints look at both.
    """
    since = introduction.stands_at
    if not to.is_live:
        introduction.slot = None
    elif introduction.slot is None:
        introduction.slot = free_slot(introduction)
    introduction.move(to, state_since=now, slot=introduction.slot, **{name: getattr(introduction, name) for name in fields})
    IntroductionMove.objects.create(
        introduction=introduction, from_state=since, to_state=to, at=now, by=by, by_name=by_name, via=via, reason=reason[:500]
    )


def free_slot(introduction: Introduction) -> int:
    """For a late answer, whose place may have gone to another village. Raises IntroductionRefused."""
    taken = set(Introduction.objects.live().filter(file=introduction.file_id).values_list("slot", flat=True))
    for slot in range(1, AT_ONCE + 1):
        if slot not in taken:
            return slot
    raise IntroductionRefused(_("The family is with three other villages by now. Call us: we will see together."))


def advance_file(file: ProjectFile, to: SettlingTrack) -> None:
    """Forward only: a second village does not send a family back to the start."""
    order = list(SettlingTrack)
    if order.index(to) > order.index(SettlingTrack(file.settling_track)):
        file.settling_track = to
        file.save(update_fields=["settling_track"])
