from django.urls import path

from telecentres import views

app_name = "telecentres"
urlpatterns = [
    path("telecentres/", views.telecentres, name="telecentres"),
    path("telecentres/<slug:slug>/", views.telecentre, name="telecentre"),
    path("telecentres/<slug:slug>/reserver/", views.week, name="week"),
    path("mes-reservations/", views.my_bookings, name="my-bookings"),
    path("mes-reservations/<int:pk>/annuler/", views.cancel, name="cancel"),
    path("places-gardees/<str:token>/", views.held, name="held"),
]

# What is not a page has one address, in no language: the roof includes it outside of the languages.
data = ([path("telecentres.geojson", views.geojson, name="geojson")], "telecentres-data")
