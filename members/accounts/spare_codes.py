"""allauth's pages of spare codes, for codes that can no longer be read too: new ones are made."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.mfa.recovery_codes import views
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from members.accounts.second_step import SecretUnreadable


def or_make_new_codes(page: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    @wraps(page)
    def answer(request: HttpRequest) -> HttpResponse:
        try:
            return page(request)
        except SecretUnreadable:
            messages.warning(
                request, _("Your spare codes can no longer be read: the portal’s secret key was changed. Make new ones.")
            )
            return redirect("mfa_generate_recovery_codes")

    return answer


class NewSpareCodes(views.GenerateRecoveryCodesView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        try:
            return super().get_context_data(**kwargs)
        except SecretUnreadable:  # none of those is left that could be used
            return super(views.GenerateRecoveryCodesView, self).get_context_data(**kwargs) | {"unused_code_count": 0}


show_codes, download_codes, make_codes = (
    or_make_new_codes(views.view_recovery_codes),
    or_make_new_codes(views.download_recovery_codes),
    NewSpareCodes.as_view(),
)
