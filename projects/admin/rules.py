"""The rules as the lead sets them, and the letters of the week before they leave."""

import datetime as dt
import re

from django import forms
from django.contrib import admin, messages
from django.contrib.postgres.forms import SimpleArrayField
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from members.access import Act
from projects.admin.advisers import AdvisersOnly, works_on_files
from projects.models import Hold, RuleSetting
from projects.models.reminder import target_of
from projects.reminders import holding, nudges
from projects.reminders.rules import OUTSIDERS, RULES

MOST_DAYS, MOST_STEPS = 365, 10


class RuleForm(forms.ModelForm):
    delays = SimpleArrayField(
        forms.IntegerField(min_value=0, max_value=MOST_DAYS),
        max_length=MOST_STEPS,
        label=_("Delays, in days"),
        help_text=_("With commas, in the order of the steps."),
    )

    class Meta:
        model = RuleSetting
        fields = ["delays", "is_active"]

    def clean_delays(self) -> list[int]:
        delays, usual = self.cleaned_data["delays"], RULES[self.instance.rule].delays
        if len(delays) != len(usual):
            raise forms.ValidationError(
                _("This rule has %(count)d steps: as many delays, for instance %(usual)s.")
                % {"count": len(usual), "usual": ", ".join(map(str, usual))}
            )
        return delays


@admin.register(RuleSetting)
class RuleSettingAdmin(AdvisersOnly):
    """One row for each rule, made when the lead first looks. Advisers read, the lead changes."""

    form = RuleForm
    list_display = ["rule", "delays", "unit", "is_active"]
    readonly_fields = ["rule", "unit"]
    fields = ["rule", "unit", "delays", "is_active"]
    ordering = ["pk"]

    def get_queryset(self, request: HttpRequest):
        return RuleSetting.objects.filter(rule__in=RULES) if works_on_files(request.user) else RuleSetting.objects.none()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: RuleSetting | None = None) -> bool:
        return request.user.is_authenticated and request.user.may(Act.LEAD_FILES)

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        if self.has_change_permission(request):
            known = set(RuleSetting.objects.values_list("rule", flat=True))
            RuleSetting.objects.bulk_create(
                RuleSetting(rule=slug, delays=list(rule.delays)) for slug, rule in RULES.items() if slug not in known
            )
        return super().changelist_view(request, extra_context)

    @admin.display(description=_("counted in"))
    def unit(self, row: RuleSetting) -> str:
        """Of each delay in turn; once where all are counted alike."""
        units = RULES[row.rule].units
        return ", ".join(str(unit.label) for unit in (units if len(set(units)) > 1 else units[:1]))


@admin.register(Hold)
class HoldAdmin(AdvisersOnly):
    """What is held back; and the preview of the week, on which one holds."""

    list_display = ["rule", "target", "until", "by", "at"]
    ordering = ["-at", "-pk"]
    fields = readonly_fields = ["rule", "target", "until", "by", "at"]

    def get_queryset(self, request: HttpRequest):
        return Hold.objects.select_related("by") if works_on_files(request.user) else Hold.objects.none()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_urls(self):
        own = [
            path("semaine/", self.admin_site.admin_view(require_safe(self.week)), name="projects_letters_week"),
            path("retenir/", self.admin_site.admin_view(require_POST(self.hold)), name="projects_letters_hold"),
        ]
        return own + super().get_urls()

    def week(self, request: HttpRequest) -> HttpResponse:
        """What will leave within seven days to holders and villages, and what is held back."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        today = timezone.localdate()
        held = Hold.objects.filter(Q(until__isnull=True) | Q(until__gt=today), rule__in=[rule.slug for rule in OUTSIDERS])
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("The letters of the week"),
            "letters": nudges.nudges_of_the_week(today),
            "held": list(held.select_related("by").order_by("-at", "-pk")),
        }
        return TemplateResponse(request, "admin/projects/letters_of_the_week.html", context)

    def hold(self, request: HttpRequest) -> HttpResponse:
        """`what`: hold for a week, skip for good, or let go again."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        rule, target, what = (request.POST.get(name, "") for name in ("rule", "target", "what"))
        if rule not in {outsider_rule.slug for outsider_rule in OUTSIDERS} or not re.fullmatch(target_of(rule, r"\d+"), target):
            raise Http404
        match what:
            case "hold" | "skip":
                until = timezone.localdate() + dt.timedelta(days=7) if what == "hold" else None
                holding.hold_letter(rule=rule, target=target, by=request.user, until=until)
                self.message_user(request, _("Held back."), messages.SUCCESS)
            case "go":
                holding.let_letter_go(rule=rule, target=target)
                self.message_user(request, _("It will leave on its day."), messages.SUCCESS)
            case _unknown:
                raise Http404
        return redirect(reverse("admin:projects_letters_week"))
