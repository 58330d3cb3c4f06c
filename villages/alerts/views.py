"""Saved searches on the site: asked for by anybody, confirmed, changed and ended by whoever holds the link of a letter."""

import datetime as dt

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from common.rate_limits import may_be_written_to, too_often, visitor_network
from villages.alerts import lists, services
from villages.alerts.forms import AlertForm, RhythmForm
from villages.models import SavedSearch

AN_HOUR = 3_600  # seconds
LETTERS_A_DAY = 3  # to one address that has not been asked for by its owner, for all we know
ASKED_AN_HOUR = 20  # from one place
LONGEST_QUERY = SavedSearch._meta.get_field("query").max_length


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_search(request: HttpRequest) -> HttpResponse:
    """Ask for the news of a search: `of` and the address of its list. The answer is the same whoever's the address is."""
    posted = request.method == "POST"
    of = (request.POST if posted else request.GET).get("of", SavedSearch.Of.VILLAGES)
    if of not in lists.WATCHED:
        raise Http404
    reading = lists.read_search(of, request.POST.get("query", "") if posted else query_of(request), timezone.localdate())
    email = request.user.email if request.user.is_authenticated else ""
    form = AlertForm(request.POST if posted else None, initial={"email": email})
    status = 200
    if posted and form.is_valid():
        if len(reading.query) > LONGEST_QUERY:
            form.add_error(None, _("This search asks for too much at once to be kept. Take some of its answers away."))
        elif too_often("alert-from", visitor_network(request), most=ASKED_AN_HOUR, seconds=AN_HOUR):
            form.add_error(None, _("Many alerts were asked for from here within the hour. Try again a little later."))
            status = 429
        else:
            note_alert(form, of, reading.query, now=timezone.now())
            return render(request, "villages/_alert_asked.html") if request.htmx else redirect("villages:search-asked")
    context = {"form": form, "of": of, "query": reading.query, "words": reading.words, "list_url": reading.list_url}
    if request.htmx:
        return render(request, "villages/_alert_form.html", context)
    return render(request, "villages/new_search.html", context, status=status)


def query_of(request: HttpRequest) -> str:
    """The address of the list, as the page was asked with it."""
    query = request.GET.copy()
    query.pop("of", None)
    return query.urlencode()


def note_alert(form: AlertForm, of: str, query: str, *, now: dt.datetime) -> None:
    """Note the search and owe its confirmation letter. Beyond LETTERS_A_DAY to one address nothing is done, and the page says
    the same: nobody learns here which addresses are known."""
    email = form.cleaned_data["email"]
    if may_be_written_to(email, most=LETTERS_A_DAY):
        services.ask_for_news(
            email=email,
            of=of,
            query=query,
            rhythm=form.cleaned_data["rhythm"],
            language=get_language(),
            now=now,
        )


@login_not_required
@require_safe
def search_asked(request: HttpRequest) -> HttpResponse:
    return render(request, "villages/search_asked.html")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def search(request: HttpRequest, token: str) -> HttpResponse:
    """The page a letter leads to. It shows the search; a press confirms it, or changes its rhythm."""
    found = SavedSearch.objects.known_by(token).first()
    if found is None:
        return search_is_gone(request)
    form = RhythmForm(request.POST if request.method == "POST" else None, initial={"rhythm": found.rhythm})
    if form.is_valid():
        return confirm_or_change_rhythm(request, token, rhythm=form.cleaned_data["rhythm"], confirm="confirm" in request.POST)
    reading = lists.read_search(found.of, found.query, timezone.localdate())
    context = {"search": found, "token": token, "form": form, "words": reading.words, "list_url": reading.list_url}
    return render(request, "villages/search.html", context)


def confirm_or_change_rhythm(request: HttpRequest, token: str, *, rhythm: str, confirm: bool) -> HttpResponse:
    now = timezone.now()
    try:
        if confirm:
            services.confirm_search(token=token, rhythm=rhythm, now=now)
            messages.success(request, _("Your alert is running."))
        else:
            services.change_rhythm(token=token, rhythm=rhythm, now=now)
            messages.success(request, _("The new rhythm is noted."))
    except services.SearchGone:  # ended in another window, just now
        return search_is_gone(request)
    return HttpResponseRedirect(request.path)


@csrf_exempt  # mail programs post here by themselves (RFC 8058), without our cookies: the token in the address is the proof
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def end_search(request: HttpRequest, token: str) -> HttpResponse:
    """The address of List-Unsubscribe. GET shows one button; POST ends the search and says so, without a redirect."""
    if request.method == "POST":
        services.end_search(token=token)
        return render(request, "villages/search_ended.html")
    found = SavedSearch.objects.known_by(token).first()
    if found is None:
        return search_is_gone(request)
    reading = lists.read_search(found.of, found.query, timezone.localdate())
    return render(request, "villages/end_search.html", {"search": found, "token": token, "words": reading.words})


def search_is_gone(request: HttpRequest) -> HttpResponse:
    return render(request, "villages/search_gone.html", status=404)
