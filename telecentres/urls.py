from django.urls import path

from telecentres.booking.views import at_desk, changes, mine, week
from telecentres.calendars import views as calendars
from telecentres.encounters import views as encounters
from telecentres.figures import views as figures
from telecentres.hosting import views as hosting
from telecentres.passes import views as passes
from telecentres.places import views as places
from telecentres.series import views as series
from telecentres.waiting import views as waiting

app_name = "telecentres"
urlpatterns = [
    path("telecentres/", places.telecentres, name="telecentres"),
    path("telecentres/<slug:slug>/", places.telecentre, name="telecentre"),
    path("telecentres/<slug:slug>/reserver/", week.week, name="week"),
    path("telecentres/<slug:slug>/attendre/", waiting.wait, name="wait"),
    path("telecentres/<slug:slug>/chaque-semaine/", series.new_series, name="series-new"),
    path("telecentres/<slug:slug>/occupation/", figures.occupancy, name="occupancy"),
    path("telecentres/<slug:slug>/accueil/", hosting.day, name="day"),
    path("telecentres/<slug:slug>/ecran/", hosting.wall, name="wall"),
    path("telecentres/<slug:slug>/codes/", at_desk.codes, name="codes"),
    path("telecentres/<slug:slug>/calendrier/", calendars.place_calendar, name="place-calendar"),
    path("telecentres/<slug:slug>/plan/", hosting.plan, name="plan"),
    path("postes/<str:code>/", at_desk.at_desk, name="at-desk"),
    path("telecentres/<slug:slug>/accueil/reserver/", hosting.book_for, name="book-for"),
    path("telecentres/<slug:slug>/accueil/carnet/", hosting.sell, name="sell-pass"),
    path("telecentres/<slug:slug>/accueil/<int:pk>/arrivee/", hosting.check_in_by_host, name="arrival"),
    path("telecentres/<slug:slug>/accueil/<int:pk>/annuler/", hosting.call_off, name="call-off"),
    path("telecentres/<slug:slug>/fermer/", hosting.close, name="close"),
    path("telecentres/<slug:slug>/fermetures/<int:pk>/rouvrir/", hosting.reopen, name="reopen"),
    path("mes-reservations/", mine.my_bookings, name="my-bookings"),
    path("mes-reservations/<int:pk>/reponse/", waiting.answer, name="answer"),
    path("mes-reservations/<int:pk>/arrivee/", mine.check_in_by_member, name="arrive"),
    path("mes-reservations/<int:pk>/deplacer/", changes.move, name="move"),
    path("mes-reservations/attente/<int:pk>/", waiting.leave_line, name="leave-line"),
    path("mes-reservations/semaines/<int:pk>/", series.series, name="series"),
    path("mes-carnets/", passes.my_passes, name="my-passes"),
    path("mes-releves/", figures.my_statement, name="my-statement"),
    path("accueils-entre-communes/", figures.who_hosted_whom, name="hosting"),
    # Spreadsheets for people, with headings in the language of the page they come from.
    path("telecentres/<slug:slug>/occupation.csv", figures.occupancy_csv, name="occupancy-csv"),
    path("occupation.csv", figures.network_occupancy_csv, name="network-occupancy-csv"),
    path("mes-releves.csv", figures.my_statement_csv, name="my-statement-csv"),
    path("accueils-entre-communes.csv", figures.who_hosted_whom_csv, name="hosting-csv"),
    path("mon-calendrier/", calendars.my_calendar, name="my-calendar"),
    path("mes-reservations/<int:pk>/annuler/", changes.cancel, name="cancel"),
    path("mes-reservations/presentations/", encounters.be_introduced, name="be-introduced"),
    path("places-gardees/<str:token>/", waiting.held, name="held"),
]

# What is not a page has one address, in no language: the roof includes it outside of the languages.
data = (
    [
        path("telecentres.geojson", places.geojson, name="geojson"),
        path("telecentres.csv", places.csv, name="csv"),
        path("calendrier/<str:token>.ics", calendars.feed, name="feed"),
        path("mes-reservations/<int:pk>.ics", calendars.booking_file, name="booking-ics"),
    ],
    "telecentres-data",
)
