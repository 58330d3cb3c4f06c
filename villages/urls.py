from django.urls import include, path

from villages import alert_views, favourite_views, views
from villages.landscape import BANNER_WIDTH

app_name = "villages"
# These stand before the page of a village, whose name could be any word.
named = [
    path("", views.villages, name="villages"),
    path("favoris/", favourite_views.favourites_page, name="favourites"),
    path("<slug:slug>/garder/", favourite_views.keep, name="keep"),
]
alerts = [
    path("nouvelle/", alert_views.new_search, name="new-search"),
    path("demandee/", alert_views.search_asked, name="search-asked"),
    path("<slug:token>/", alert_views.search, name="search"),
    path("<slug:token>/fin/", alert_views.end_search, name="end-search"),
]
urlpatterns = [
    path("villages/", include([*named, path("<slug:slug>/", views.village, name="village")])),
    path("alertes/", include(alerts)),
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
