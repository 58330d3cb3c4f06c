from django.urls import path

from villages import views
from villages.landscape import BANNER_WIDTH

app_name = "villages"
urlpatterns = [
    path("", views.villages, name="villages"),
    path("<slug:slug>/", views.village, name="village"),
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
