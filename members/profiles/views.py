"""What a member says of themselves, and what others see of it."""

from collections.abc import Collection

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from members.enums import Visibility
from members.models import SEEN_BY_ALL, SEEN_BY_MEMBERS, Member
from members.profiles.forms import EncountersForm, NameForm, PhotoForm, ProfileForm, VisibilityForm
from members.profiles.reading import Profile
from members.profiles.services import agree_encounters, agree_visibility, change_photo, rename, update_profile


@require_http_methods(["GET", "HEAD", "POST"])
def my_profile(request: HttpRequest) -> HttpResponse:
    if not request.user.is_member:
        return my_name(request)
    own = own_member(request)
    form = ProfileForm(request.POST or None, member=own)
    if form.is_valid():
        update_profile(member=own, **form.cleaned_data)
        messages.success(request, _("Your profile says what you wrote."))
        return redirect("members:my-profile")
    return render(request, "members/my_profile.html", {"form": form, "photo_form": PhotoForm(), "member": own})


def my_name(request: HttpRequest) -> HttpResponse:
    """Whoever is no member has a name all the same."""
    form = NameForm(request.POST or None, user=request.user)
    if form.is_valid():
        rename(user=request.user, **form.cleaned_data)
        messages.success(request, _("Your profile says what you wrote."))
        return redirect("members:my-profile")
    return render(request, "members/my_name.html", {"form": form})


@require_POST
def my_photo(request: HttpRequest) -> HttpResponse:
    own = own_member(request)
    if "remove" in request.POST:
        change_photo(member=own, photo=None)
        messages.success(request, _("Your photo is gone."))
        return redirect("members:my-profile")
    photo_form = PhotoForm(request.POST, request.FILES, by=request.user)
    if photo_form.is_valid():
        change_photo(member=own, photo=photo_form.cleaned_data["photo"])
        messages.success(request, _("Your photo is here. Choose below who may see it."))
        return redirect("members:my-visibility")
    context = {"form": ProfileForm(member=own), "photo_form": photo_form, "member": own}
    return render(request, "members/my_profile.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def my_visibility(request: HttpRequest) -> HttpResponse:
    own = own_member(request)
    form = VisibilityForm(request.POST or None, member=own)
    encounters = EncountersForm(request.POST or None, member=own)
    if form.is_valid() and encounters.is_valid():
        now = timezone.now()
        agree_visibility(member=own, choices=form.cleaned_data, at=now)
        agree_encounters(member=own, at=now, **encounters.cleaned_data)
        messages.success(request, _("From now on, this is what is seen of you."))
        return redirect("members:my-visibility")
    previews = [
        (_("What everybody sees"), preview(own, SEEN_BY_ALL)),
        (_("What members see"), preview(own, SEEN_BY_MEMBERS)),
    ]
    context = {"form": form, "encounters": encounters, "previews": previews, "member": own}
    return render(request, "members/my_visibility.html", context)


def own_member(request: HttpRequest) -> Member:
    return get_object_or_404(Member.objects.active().with_person(), user=request.user)


def preview(own: Member, levels: Collection[Visibility]) -> Profile | None:
    """Read through the same query as the directory, so that it shows what others really get."""
    seen = Member.objects.shown_at(levels).with_person().filter(pk=own.pk).first()
    return Profile.of(seen) if seen else None
