"""Project holders: who they are and how to reach them."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from projects.admin.advisers import AdvisersOnly
from projects.forms.desk import HolderForm
from projects.models import Holder


@admin.register(Holder)
class HolderAdmin(AdvisersOnly):
    form = HolderForm
    add_words = _("Add a project holder")
    list_display = ["last_name", "first_name", "email", "phone", "lives_in"]
    list_display_links = ["last_name", "first_name"]
    ordering = ["last_name", "first_name", "pk"]
    search_fields = ["words"]  # read by get_search_results, which forgives accents
    search_help_text = _("Name, e-mail or telephone")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Holder], search_term: str):
        return queryset.matching(search_term), False
