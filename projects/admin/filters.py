"""The filters of the admin's lists."""

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from members.models import User
from projects.enums import Stage
from projects.models import ProjectFile, Task


class OneOf(admin.SimpleListFilter):
    """A filter whose choices each are a condition; an unknown choice in the address filters nothing."""

    def conditions(self, request: HttpRequest) -> dict[str, tuple[str, Q]]:
        """value: (label, condition)"""
        raise NotImplementedError

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        self._conditions = self.conditions(request)
        return [(value, label) for value, (label, _condition) in self._conditions.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        _label, condition = self._conditions.get(self.value(), (None, Q()))
        return queryset.filter(condition)


class StageFilter(OneOf):
    title = _("stage")
    parameter_name = "stage"

    def conditions(self, request):
        return {"open": (_("open, whatever the stage"), Q(stage__in=Stage.open()))} | {
            stage.value: (stage.label, Q(stage=stage)) for stage in Stage
        }


class AdviserFilter(OneOf):
    title = _("adviser")
    parameter_name = "adviser"

    def conditions(self, request):
        me = request.user
        return {
            "mine": (_("my files"), Q(adviser=me)),
            "deputy": (_("I am the deputy"), Q(deputy=me)),
            "team": (_("the team's"), Q(adviser__isnull=False) & ~Q(adviser=me)),
            "unassigned": (_("without adviser"), Q(adviser__isnull=True)),
        } | {str(user.pk): (str(user), Q(adviser=user)) for user in colleagues_of(me)}


class LateTaskFilter(OneOf):
    title = _("late task")
    parameter_name = "late"

    def conditions(self, request):
        late = ProjectFile.objects.with_late_task(timezone.localdate())
        return {"yes": (_("with a late task"), Q(pk__in=late.values("pk")))}


class AssigneeFilter(OneOf):
    title = pgettext_lazy("task", "person")
    parameter_name = "assignee"

    def conditions(self, request):
        me = request.user
        return {"mine": (_("my tasks"), Q(assignee=me)), "team": (pgettext_lazy("task", "the team's"), ~Q(assignee=me))} | {
            str(user.pk): (str(user), Q(assignee=user)) for user in colleagues_of(me)
        }


class WhenFilter(OneOf):
    """To do, unless another choice is made: what is done is looked up, not worked on."""

    title = _("day")
    parameter_name = "when"

    def conditions(self, request):
        today, live = timezone.localdate(), Q(pk__in=Task.objects.live().values("pk"))
        return {
            "late": (pgettext_lazy("task", "late"), live & Q(due_on__lt=today)),
            "today": (_("for today"), live & Q(due_on=today)),
            "coming": (_("to come"), live & Q(due_on__gt=today)),
            "done": (pgettext_lazy("task", "done"), Q(done_at__isnull=False)),
            "all": (pgettext_lazy("task", "all"), Q()),
        }

    def queryset(self, request, queryset):
        if self.value() not in self._conditions:
            return queryset.filter(done_at__isnull=True, file__stage__in=Stage.open())
        return super().queryset(request, queryset)

    def choices(self, changelist):
        everything, *others = super().choices(changelist)
        return [everything | {"display": pgettext_lazy("task", "to do")}, *others]


def colleagues_of(user: User) -> QuerySet[User]:
    return User.objects.advisers().exclude(pk=user.pk).order_by("sort_name", "pk")
