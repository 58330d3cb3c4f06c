from django.urls import include, path

from villages import committee_views, matching_views, views
from villages.landscape import BANNER_WIDTH

app_name = "villages"
# These stand before the page of a village, whose name could be any word.
named = [
    path("", views.villages, name="villages"),
    path("trouver/", matching_views.find, name="find"),
    path("trouver/resultats/", matching_views.matches, name="matches"),
]
urlpatterns = [*named, path("<slug:slug>/", views.village, name="village")]

# Under /comite/<village>/.
committee = [
    path("page/", committee_views.page, name="committee-page"),
    path("page/toujours-vraie/", committee_views.page_confirm, name="committee-page-confirm"),
    path("faits/<slug:topic>/", committee_views.fact, name="committee-fact"),
    path("faits/<slug:topic>/toujours-vrai/", committee_views.fact_confirm, name="committee-fact-confirm"),
    path("projets/ajouter/", committee_views.project_add, name="committee-project-add"),
    path("projets/<int:pk>/", committee_views.project, name="committee-project"),
    path("projets/<int:pk>/toujours-vrai/", committee_views.project_confirm, name="committee-project-confirm"),
    path("projets/<int:pk>/retirer/", committee_views.project_remove, name="committee-project-remove"),
    path("debits/ajouter/", committee_views.speed_add, name="committee-speed-add"),
    path("debits/<int:pk>/retirer/", committee_views.speed_remove, name="committee-speed-remove"),
    path("absences/<int:pk>/", committee_views.absence, name="committee-absence"),
    path("absences/<int:pk>/terminer/", committee_views.absence_end, name="committee-absence-end"),
    path("reprise/", committee_views.resume, name="committee-resume"),
]


def committee_pages(*, introductions: committee_views.Introductions = None) -> list:
    """What stands beside /villages/ in the same name space; the roof may join `introductions`."""
    roof = {"introductions": introductions}
    return [
        path("comite/", committee_views.committee, name="committee"),
        path("comite/<slug:slug>/", committee_views.village, roof, name="committee-village"),
        path("comite/<slug:slug>/capacite/", committee_views.capacity, roof, name="committee-capacity"),
        path("comite/<slug:slug>/pause/", committee_views.pause, roof, name="committee-pause"),
        path("comite/<slug:slug>/", include(committee)),
    ]


# What is not a page has one address, in no language: the roof includes it outside of the languages.
data = (
    [
        path("villages.geojson", views.geojson, name="geojson"),
        path("paysages/accueil-large.svg", views.banner, {"width": BANNER_WIDTH}, name="wide-banner"),
        path("paysages/accueil.svg", views.banner, name="banner"),
        path("paysages/<slug:insee_code>-large.svg", views.landscape, {"width": BANNER_WIDTH}, name="wide-landscape"),
        path("paysages/<slug:insee_code>.svg", views.landscape, name="landscape"),
    ],
    "villages-data",
)
