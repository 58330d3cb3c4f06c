"""The way to a second step, for whoever has a role that opens only with one."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from members.access import SecondStepNeeded


class LeadToSecondStep:
    """Middleware: where a page raises SecondStepNeeded, its reader is told so on the page where a second step is set up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, SecondStepNeeded):
            return None
        messages.info(
            request, _("This page opens to your role once your account has a second step: set it up here, then come back.")
        )
        return redirect("mfa_index")
