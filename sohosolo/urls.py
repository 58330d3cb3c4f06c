"""The table of contents of the site."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

import members.urls
import telecentres.urls
import villages.urls
from sohosolo import legal, register, safety, views

# What a page of the villages shows of other apps is brought by a function of the roof's.
welcome = (
    [
        path("villages/", include(villages.urls.village_pages(matches=views.files_beside, village=views.desks_beside))),
        *villages.urls.housing_pages(is_qualified=views.is_qualified),
        *villages.urls.committee_pages(beside=views.introductions_beside),
        path("alertes/", include(villages.urls.alerts)),
    ],
    "villages",
)
pictures, name_space = villages.urls.data
village_data = ([*pictures, *villages.urls.housing_photos(is_qualified=views.is_qualified)], name_space)

urlpatterns = [
    path("livez", views.livez, name="livez"),
    path("readyz", views.readyz, name="readyz"),
    path(".well-known/security.txt", safety.security_txt, name="security-txt"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", views.sitemap, name="sitemap"),
    path("sitemap-<slug:section>.xml", views.sitemap_section, name="sitemap-section"),
    path("", include(village_data)),
    path("", include(telecentres.urls.data)),
    *i18n_patterns(
        path("", views.home, name="home"),
        path("villages/trouver/joindre/", views.join_answers, name="join-answers"),
        path("", include(welcome)),
        path("mon-espace/", views.my_space, name="my-space"),
        path("reprendre/", views.take_up_again, name="take-up-again"),
        path("mentions-legales/", legal.notice, name="legal-notice"),
        path("accessibilite/", legal.accessibility, name="accessibility"),
        path("registre/", register.register_page, name="register"),
        path("registre.csv", register.register_csv, name="register-csv"),
        path("projets/<str:reference>/essai/", views.grant_trial_page, name="grant-trial"),
        path("", include("projects.urls")),
        path("", include("telecentres.urls")),
        path("comptes/", include(members.urls.before_allauth)),
        path("comptes/", include("allauth.urls")),
        path("courrier/", include("outbox.urls")),
        path("", include("members.urls")),
        path("admin/", admin.site.urls),
        prefix_default_language=False,
    ),
]

handler500 = views.server_error
