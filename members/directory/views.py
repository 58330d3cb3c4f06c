"""The directory, a member's page, and their photo."""

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from common import pictures
from members.directory.forms import DirectoryForm
from members.models import Member
from members.profiles.reading import Profile

PEOPLE_A_PAGE = 24


@login_not_required
@require_safe
def members(request: HttpRequest) -> HttpResponse:
    form = DirectoryForm(request.GET)
    form.is_valid()  # what was not understood is said beside its field; the rest still narrows
    shown = Member.objects.shown_to(request.user).with_person()
    found = Paginator(form.narrow(shown), PEOPLE_A_PAGE)
    if not found.count:
        found = Paginator(form.come_near(shown), PEOPLE_A_PAGE)
    page = found.get_page(request.GET.get("page"))
    people = [Profile.of(member) for member in page]
    return render(request, "members/directory.html", {"form": form, "page": page, "people": people})


@login_not_required
@require_safe
def member(request: HttpRequest, slug: str) -> HttpResponse:
    shown = Member.objects.shown_to(request.user).select_related("user", "commune__village")
    found = get_object_or_404(shown, slug=slug)
    own = request.user.is_authenticated and found.user_id == request.user.pk
    return render(request, "members/member.html", {"person": Profile.of(found), "own": own})


@login_not_required
@require_safe
def photo(request: HttpRequest, slug: str) -> HttpResponse:
    """Photos have no address of their own on the disk's side: each look asks again who may see this one."""
    allowed = Q(pk__in=Member.objects.shown_to(request.user).filter(sees_photo=True).values("pk"))
    if request.user.is_authenticated:
        allowed |= Q(user=request.user)
    found = get_object_or_404(Member.objects.filter(allowed).exclude(photo=""), slug=slug)
    return pictures.served(request, found.photo)
