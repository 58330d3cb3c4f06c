"""The site and a few pages that break, each where something could hide it from a walk: whoever walks must find these."""

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path

from sohosolo import urls as site

handler500 = site.handler500

FORM = '<form method="post"><input name="count" value="1"><input name="town" value="Auch"><input name="year" value="2026"></form>'


class Order(forms.Form):
    count = forms.IntegerField(max_value=9)
    town = forms.CharField(max_length=20)
    year = forms.CharField(max_length=10_000)


@login_not_required
def behind_other_fields(request: HttpRequest) -> HttpResponse:
    """Breaks only where all fields are accepted, of which most refuse what nobody types."""
    form = Order(request.POST or None)
    if form.is_valid():
        int(form.cleaned_data["year"])
        return redirect("home")
    return HttpResponse(FORM)


@login_not_required
def behind_another_parameter(request: HttpRequest) -> HttpResponse:
    """Breaks only where nothing stops the request before."""
    if request.GET.get("a_stop"):
        return HttpResponse("")
    return HttpResponse(int(request.GET.get("page") or 1))


@login_not_required
def beside_another_fault(request: HttpRequest) -> HttpResponse:
    first = int(request.GET.get("first") or 1)
    second = int(request.GET.get("second") or 1)
    return HttpResponse(first + second)


@login_not_required
def behind_a_field_that_the_view_reads_too(request: HttpRequest) -> HttpResponse:
    """Its form refuses the value; what breaks reads it past the form, unless another field stops it."""
    form = Order(request.POST or None)
    if request.method == "POST" and "\n" not in request.POST["town"] and len(request.POST["town"]) < 10:
        int(request.POST["count"])
    return HttpResponse(FORM, status=200 if form.is_valid() else 422)


@login_not_required
def for_one_alone(request: HttpRequest) -> HttpResponse:
    if request.user.pk == settings.BREAKS_FOR:
        return HttpResponse(int(request.GET.get("page") or 1))
    return HttpResponse("")


PLANTED = [behind_other_fields, behind_another_parameter, beside_another_fault, behind_a_field_that_the_view_reads_too]
urlpatterns = [path(f"planted/{view.__name__}/", view, name=view.__name__) for view in (*PLANTED, for_one_alone)] + site.urlpatterns
