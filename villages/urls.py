from django.urls import include, path

from villages.alerts import views as alerts_views
from villages.catalogue import compare_views
from villages.catalogue import views as catalogue_views
from villages.committee import views as committee_views
from villages.drawings.landscape import BANNER_WIDTH
from villages.favourites import views as favourites_views
from villages.housing import committee_views as committee_housing_views
from villages.housing import views as housing_views
from villages.matching import views as matching_views

# Where a page shows, or asks about, what another app knows, the roof hands its view a function: `beside` brings context with a
# template to include, `is_qualified` says who may see leads. The views work without, and then show less.

# These stand before the page of a village, whose name could be any word.
named = [
    path("", catalogue_views.villages, name="villages"),
    path("comparer/", compare_views.compare_villages, name="compare"),
    path("trouver/", matching_views.find, name="find"),
    path("favoris/", favourites_views.favourites_page, name="favourites"),
    path("<slug:slug>/garder/", favourites_views.keep, name="keep"),
]


def village_pages(*, matches: matching_views.Beside, village: catalogue_views.Beside) -> list:
    """Under /villages/. `matches` and `village` bring what stands beside the results and on a village's page."""
    return [
        path("trouver/resultats/", matching_views.matches, {"beside": matches}, name="matches"),
        *named,
        path("<slug:slug>/", catalogue_views.village, {"beside": village}, name="village"),
    ]


# Under /alertes/.
alerts = [
    path("nouvelle/", alerts_views.new_search, name="new-search"),
    path("demandee/", alerts_views.search_asked, name="search-asked"),
    path("<slug:token>/", alerts_views.search, name="search"),
    path("<slug:token>/fin/", alerts_views.end_search, name="end-search"),
]

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
    path("telephone/", committee_views.telephone, name="committee-telephone"),
    path("reprise/", committee_views.resume, name="committee-resume"),
]


def committee_pages(*, beside: committee_views.Beside) -> list:
    """What stands beside /villages/ in the same name space."""
    roof = {"beside": beside}
    return [
        path("comite/", committee_views.committee, name="committee"),
        path("comite/<slug:slug>/", committee_views.village, roof, name="committee-village"),
        path("comite/<slug:slug>/capacite/", committee_views.capacity, roof, name="committee-capacity"),
        path("comite/<slug:slug>/pause/", committee_views.pause, roof, name="committee-pause"),
        path("comite/<slug:slug>/", include(committee)),
    ]


# Under /logements/, beside the list and the pages of `housing_pages`.
housing = [
    path("<int:pk>/toujours-libre/<str:token>/", housing_views.still_free, name="housing-still-free"),
]

# Under /comite/<village>/logements/.
committee_housing = [
    path("", committee_housing_views.housings, name="committee-housings"),
    path("ajouter/", committee_housing_views.add, name="committee-housing-add"),
    path("<int:pk>/", committee_housing_views.housing, name="committee-housing"),
    path("<int:pk>/toujours-libre/", committee_housing_views.confirm, name="committee-housing-confirm"),
    path("<int:pk>/retirer/", committee_housing_views.withdraw, name="committee-housing-withdraw"),
    path("<int:pk>/photos/", committee_housing_views.add_photo, name="committee-housing-photos"),
    path("<int:pk>/photos/<int:photo_pk>/retirer/", committee_housing_views.remove_photo, name="committee-housing-photo-remove"),
]


def housing_pages(*, is_qualified: housing_views.IsQualified) -> list:
    """What stands beside /villages/ in the same name space."""
    roof = {"is_qualified": is_qualified}
    return [
        path("logements/", housing_views.housings, roof, name="housings"),
        path("logements/<int:pk>/", housing_views.housing, roof, name="housing"),
        path("logements/", include(housing)),
        path("comite/<slug:slug>/logements/", include(committee_housing)),
    ]


def housing_photos(*, is_qualified: housing_views.IsQualified) -> list:
    """To stand beside `data`."""
    roof = {"is_qualified": is_qualified}
    return [
        path("logements/photos/<int:pk>-petite.jpg", housing_views.photo, {"small": True, **roof}, name="housing-small-photo"),
        path("logements/photos/<int:pk>.jpg", housing_views.photo, roof, name="housing-photo"),
    ]


# What is not a page has one address, in no language: the roof includes it outside of the languages.
data = (
    [
        path("villages.geojson", catalogue_views.geojson, name="geojson"),
        path("villages.csv", catalogue_views.csv, name="csv"),
        path("paysages/accueil-large.svg", catalogue_views.banner, {"width": BANNER_WIDTH}, name="wide-banner"),
        path("paysages/accueil.svg", catalogue_views.banner, name="banner"),
        path("paysages/<slug:insee_code>-large.svg", catalogue_views.landscape, {"width": BANNER_WIDTH}, name="wide-landscape"),
        path("paysages/<slug:insee_code>.svg", catalogue_views.landscape, name="landscape"),
        path("logements/nouveautes.xml", housing_views.new_housing, name="new-housing"),
        path("logements/dessins/<slug:shape>-<int:number>.svg", housing_views.house, name="house"),
    ],
    "villages-data",
)
