"""The admin as this house opens it: through the portal's own sign-in, and for staff with a second step."""

import re
from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import TO_FIELD_VAR
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from members.access import Act

KEY = re.compile(r"[0-9]{1,18}")  # of a row: every model here has a number
PARTS_OF_DAYS = ("__year", "__month", "__day")


class AdminSite(admin.AdminSite):
    site_header = settings.TERRITORY.network
    site_title = settings.TERRITORY.network
    index_title = _("The advisers' desk")
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_authenticated and request.user.may(Act.ENTER_ADMIN)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict]:
        """Every model asked who may what: only where the list is shown. Django asks on each page, for the sidebar."""
        return SimpleLazyObject(partial(super().get_app_list, request, app_label))

    def admin_view(self, view: Callable[..., HttpResponse], cacheable: bool = False) -> Callable[..., HttpResponse]:
        """Django takes some of what its own pages send for granted, and breaks on what they never do: that is nowhere."""

        @wraps(view)
        def looked_at_first(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not could_come_from_a_page(request):
                raise Http404
            return view(request, *args, **kwargs)

        return super().admin_view(looked_at_first, cacheable)

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """Never Django's own form, which would let a password alone sign in."""
        if super().has_permission(request):
            if not self.has_permission(request):
                messages.info(request, _("The admin holds people's files. Before it opens, give your account a second step."))
                return redirect("mfa_index")
            return redirect("admin:index")
        return secure_admin_login(super().login)(request, extra_context)

    def password_change(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        return redirect("account_change_password")


def could_come_from_a_page(request: HttpRequest) -> bool:
    """The rows ticked are keys, a column that is named has a name, the parts of a day are short, nothing is « saved as new »."""
    columns = [sent[TO_FIELD_VAR] for sent in (request.GET, request.POST) if TO_FIELD_VAR in sent]
    parts_of_days = [value for name, value in request.GET.items() if name.endswith(PARTS_OF_DAYS)]
    return (
        all(map(KEY.fullmatch, request.POST.getlist(ACTION_CHECKBOX_NAME)))
        and all(columns)
        and all(len(value) <= 4 for value in parts_of_days)
        and "_saveasnew" not in request.POST  # no page here offers it
    )
