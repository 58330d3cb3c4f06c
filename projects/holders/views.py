"""« This address is mine », behind the link of a letter. No account is needed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from projects import links
from projects.holders import addresses
from projects.links import opened_by_link


@opened_by_link
def confirm_address(request: HttpRequest, token: str) -> HttpResponse:
    """« This address is mine. » GET asks, and shows nothing of the file; POST writes it down and opens the holder's own page."""
    file = links.file_to_confirm_of(token)
    if request.method == "POST":
        addresses.confirm_address(file=file, now=timezone.now())
        messages.success(request, _("Thank you: from now on our letters may speak of your project."))
    elif not file.holder.address_is_confirmed:
        return render(request, "projects/confirm_address.html", {"file": file})
    return redirect(links.file_link(file))
