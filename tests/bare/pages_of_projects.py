"""The pages on which rows of projects are seen."""

import datetime as dt

from projects import links
from projects.models import Document, FollowUp, FundingLine, Introduction, ProjectFile, Task
from tests.bare.page import Page, boss, changed, seat_in, to
from tests.bare.rows import bare

ACTS = ("move", "assign", "note", "add_task", "choose", "consent", "oral_consent", "needs", "add_line", "ask_document")


def of_file(file: ProjectFile) -> list[Page]:
    team = boss()
    pages = [
        *to(team, *(f"admin:projects_projectfile_{act}" for act in (*ACTS, "put_document", "brief")), args=[file.pk]),
        *to(team, "admin:index", "admin:projects_figures", "admin:projects_figures_xlsx", "admin:projects_letters_week"),
        *to(team, "admin:projects_hand_over", "my-space"),
        *to(team, "grant-trial", args=[file.reference]),
        *changed(file),
    ]
    if file.stage != "anonymised":
        pages.append(Page(None, links.file_link(file)))
    return pages


def through_file(row) -> list[Page]:
    team = boss()
    return [
        *to(team, "admin:projects_projectfile_change", "admin:projects_projectfile_history", args=[row.file_id]),
        *to(team, "admin:projects_projectfile_brief", args=[row.file_id]),
        *to(team, "admin:index", "admin:projects_projectfile_changelist", "admin:projects_figures", "admin:projects_letters_week"),
        Page(None, links.file_link(row.file)),
        *changed(row),
    ]


def of_holder(holder) -> list[Page]:
    other = bare(type(holder))
    merging = to(boss(), "admin:projects_holder_merge", args=[holder.pk, other.pk])
    return [*of_file(bare(ProjectFile, holder=holder)), *merging, *changed(holder)]


def of_task(task: Task) -> list[Page]:
    return [*to(boss(), "admin:projects_task_postpone", args=[task.pk]), *through_file(task)]


def of_document(document: Document) -> list[Page]:
    document.for_holder = True
    document.save()
    return [
        *to(boss(), "admin:projects_projectfile_remove_document", args=[document.file_id, document.pk]),
        *through_file(document),
    ]


def of_money(line: FundingLine) -> list[Page]:
    return [*to(boss(), "admin:projects_projectfile_line", args=[line.file_id, line.pk]), *through_file(line)]


def of_scheme(scheme) -> list[Page]:
    return [*of_money(bare(FundingLine, scheme=scheme)), *changed(scheme)]


def of_introduction(introduction: Introduction) -> list[Page]:
    seat = seat_in(introduction.village)
    pages = to(boss(), *(f"admin:projects_introduction_{act}" for act in ("answer", "visit", "outcome")), args=[introduction.pk])
    pages += [Page(None, links.contact_link(introduction)), Page(None, links.answer_link(introduction, seat))]
    if introduction.request:
        pages.append(Page(None, links.consent_link(introduction.request)))
    return [*pages, *to(seat.user, "villages:committee-village", args=[introduction.village.slug]), *through_file(introduction)]


def of_consent_request(request) -> list[Page]:
    introduction = bare(Introduction, file=request.file, request=request, state="awaiting_consent")
    return of_introduction(introduction)


def of_news(follow_up: FollowUp) -> list[Page]:
    ProjectFile.objects.filter(pk=follow_up.file_id).update(stage="settled", settled_on=dt.date(2026, 1, 5))
    follow_up.file.refresh_from_db()
    return [Page(None, links.news_link(follow_up)), *through_file(follow_up)]


def of_merge(merge) -> list[Page]:
    """Who was found to be the other's second record leads to the first."""
    return changed(merge.kept)
