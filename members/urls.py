from django.urls import path

from members import views
from members.accounts import entry, spare_codes

app_name = "members"
urlpatterns = [
    path("membres/", views.members, name="members"),
    path("membres/<slug:slug>/", views.member, name="member"),
    path("membres/<slug:slug>/photo/", views.photo, name="photo"),
    path("mon-profil/", views.my_profile, name="my-profile"),
    path("mon-profil/photo/", views.my_photo, name="my-photo"),
    path("mon-profil/visibilite/", views.my_visibility, name="my-visibility"),
    path("entree/<str:token>/", entry.entry, name="entry"),
]
# The addresses and names of allauth's own pages, which these stand before.
before_allauth = [
    path("2fa/recovery-codes/", spare_codes.shown, name="mfa_view_recovery_codes"),
    path("2fa/recovery-codes/generate/", spare_codes.made, name="mfa_generate_recovery_codes"),
    path("2fa/recovery-codes/download/", spare_codes.in_a_file, name="mfa_download_recovery_codes"),
]
