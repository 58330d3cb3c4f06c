from django.urls import path

from villages import matching_views, views
from villages.landscape import BANNER_WIDTH

app_name = "villages"
# These stand before the page of a village, whose name could be any word.
named = [
    path("", views.villages, name="villages"),
    path("trouver/", matching_views.find, name="find"),
    path("trouver/resultats/", matching_views.matches, name="matches"),
]
urlpatterns = [*named, path("<slug:slug>/", views.village, name="village")]

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
