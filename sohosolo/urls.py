"""The table of contents of the site."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

import telecentres.urls
import villages.urls
from sohosolo import views

# The roof's own page of a village stands before the app's: it joins the free desks nearby.
village_pages = (
    [
        path("villages/", include([*villages.urls.named, path("<slug:slug>/", views.village, name="village")])),
        path("alertes/", include(villages.urls.alerts)),
    ],
    "villages",
)

urlpatterns = [
    path("livez", views.livez, name="livez"),
    path("readyz", views.readyz, name="readyz"),
    path("", include(villages.urls.data)),
    path("", include(telecentres.urls.data)),
    *i18n_patterns(
        path("", views.home, name="home"),
        path("", include(village_pages)),
        path("mon-espace/", views.my_space, name="my-space"),
        path("", include("telecentres.urls")),
        path("comptes/", include("allauth.urls")),
        path("courrier/", include("outbox.urls")),
        path("", include("members.urls")),
        path("admin/", admin.site.urls),
        prefix_default_language=False,
    ),
]
