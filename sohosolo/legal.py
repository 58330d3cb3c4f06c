"""The pages that the law asks of every site: who is behind it, and how far it is accessible."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def notice(request: HttpRequest) -> HttpResponse:
    """The legal notice (LCEN, article 1-1). Its gaps are told to whoever can fill them, and to nobody else."""
    gaps = settings.TERRITORY.legal.gaps if request.user.is_authenticated and request.user.is_superuser else []
    cookies = {  # their names begin otherwise where the site has https
        "csrf": settings.CSRF_COOKIE_NAME,
        "session": settings.SESSION_COOKIE_NAME,
        "favourites": settings.FAVOURITES_COOKIE_NAME,
        "known_browser": settings.KNOWN_BROWSER_COOKIE_NAME,
        "messages": settings.MESSAGES_COOKIE_NAME,
    }
    return render(request, "legal/notice.html", {"gaps": gaps, "cookies": cookies})


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """The declaration (law 2005-102, article 47; decree 2019-768). Without an audit a site is not compliant."""
    return render(request, "legal/accessibility.html")
