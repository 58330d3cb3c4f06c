"""The dwellings of a village, for its committee: anybody else finds nothing here."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from villages.housing import services
from villages.housing.display import Home
from villages.housing.forms import HousingForm, HousingPhotoForm
from villages.models import ASKED_AFTER_DAYS, BELIEVED_DAYS, CommitteeMember, Housing, Village


def village_of_reader(request: HttpRequest, slug: str) -> Village:
    return get_object_or_404(Village.objects.kept_by(request.user).with_commune(), slug=slug)


def housing_of_village(village: Village, pk: int) -> Housing:
    return get_object_or_404(Housing.objects.filter(village=village).with_village().with_photos(), pk=pk)


def seat_name(request: HttpRequest, village: Village) -> str:
    """Who confirms, as the site names them: their name on the committee."""
    return CommitteeMember.objects.filter(village=village, user=request.user).in_order().values_list("name", flat=True)[0]


@require_safe
def housings(request: HttpRequest, slug: str) -> HttpResponse:
    """All it keeps: what waits for a word first, then what is offered, then what was withdrawn."""
    village, today = village_of_reader(request, slug), timezone.localdate()
    kept = village.housings.with_village().with_photos().order_by("confirmed_on", "pk")
    homes = [Home.of(housing, today) for housing in kept]
    context = {
        "village": village,
        "commune": village.commune,
        "to_confirm": [home for home in homes if home.to_confirm],
        "offered": [home for home in homes if not home.to_confirm and not home.housing.withdrawn_on],
        "withdrawn": [home for home in homes if home.housing.withdrawn_on],
        "believed_days": BELIEVED_DAYS,
    }
    return render(request, "villages/committee_housings.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, slug: str) -> HttpResponse:
    village = village_of_reader(request, slug)
    form = HousingForm(request.POST or None, instance=Housing(village=village))
    if form.is_valid():
        try:
            housing = services.add_housing(
                village=village, facts=form.facts, by=seat_name(request, village), on=timezone.localdate()
            )
        except services.HousingRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("“%(title)s” is on the list. A photo helps: add one here.") % {"title": housing})
            return redirect("villages:committee-housing", slug, housing.pk)
    return render(
        request,
        "villages/committee_housing_add.html",
        {"village": village, "commune": village.commune, "form": form, "asked_after_days": ASKED_AFTER_DAYS},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def housing(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One dwelling: its state, its facts to change, its photos."""
    village = village_of_reader(request, slug)
    found = housing_of_village(village, pk)
    form = HousingForm(request.POST or None, instance=housing_of_village(village, pk))
    if form.is_valid():
        try:
            services.change_housing(housing=found, facts=form.facts)
        except services.HousingRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("“%(title)s” says what you wrote.") % {"title": form.cleaned_data["title"]})
            return redirect("villages:committee-housing", slug, pk)
    return _page(request, village, found, form, HousingPhotoForm())


@require_POST
def confirm(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    village = village_of_reader(request, slug)
    found = services.confirm_housing(
        housing=housing_of_village(village, pk), by=seat_name(request, village), on=timezone.localdate()
    )
    messages.success(
        request,
        _("“%(title)s” is still free: the list shows it for another %(days)s days.") % {"title": found, "days": BELIEVED_DAYS},
    )
    return redirect("villages:committee-housings", slug)


@require_POST
def withdraw(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    village = village_of_reader(request, slug)
    found = services.withdraw_housing(housing=housing_of_village(village, pk), on=timezone.localdate())
    messages.success(request, _("“%(title)s” is off the list. It can come back in one press.") % {"title": found})
    return redirect("villages:committee-housings", slug)


@require_POST
def add_photo(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    village = village_of_reader(request, slug)
    found = housing_of_village(village, pk)
    form = HousingPhotoForm(request.POST, request.FILES, by=request.user)
    if form.is_valid():
        try:
            services.add_photo(housing=found, picture=form.cleaned_data["photo"], alt=form.cleaned_data["alt"])
        except services.HousingRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The photo is here."))
            return redirect("villages:committee-housing", slug, pk)
    return _page(request, village, found, HousingForm(instance=found), form)


@require_POST
def remove_photo(request: HttpRequest, slug: str, pk: int, photo_pk: int) -> HttpResponse:
    village = village_of_reader(request, slug)
    found = housing_of_village(village, pk)
    services.remove_photo(photo=get_object_or_404(found.photos.all(), pk=photo_pk))
    messages.success(request, _("The photo is gone."))
    return redirect("villages:committee-housing", slug, pk)


def _page(request: HttpRequest, village: Village, found: Housing, form: HousingForm, photo_form: HousingPhotoForm) -> HttpResponse:
    context = {
        "village": village,
        "commune": village.commune,
        "housing": found,
        "home": Home.of(found, timezone.localdate()),
        "form": form,
        "photo_form": photo_form,
        "photos_full": len(found.photos.all()) >= services.MOST_PHOTOS,
    }
    return render(request, "villages/committee_housing.html", context)
