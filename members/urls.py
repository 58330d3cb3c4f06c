"""The directory, one's own profile, and the doors of accounts."""

from django.urls import path

from members.accounts import entry, spare_codes
from members.directory import views as directory
from members.profiles import views as profiles

app_name = "members"
urlpatterns = [
    path("membres/", directory.members, name="members"),
    path("membres/<slug:slug>/", directory.member, name="member"),
    path("membres/<slug:slug>/photo/", directory.photo, name="photo"),
    path("mon-profil/", profiles.my_profile, name="my-profile"),
    path("mon-profil/photo/", profiles.my_photo, name="my-photo"),
    path("mon-profil/visibilite/", profiles.my_visibility, name="my-visibility"),
    path("entree/<str:token>/", entry.entry, name="entry"),
]
# The addresses and names of allauth's own pages, which these stand before.
before_allauth = [
    path("2fa/recovery-codes/", spare_codes.show_codes, name="mfa_view_recovery_codes"),
    path("2fa/recovery-codes/generate/", spare_codes.make_codes, name="mfa_generate_recovery_codes"),
    path("2fa/recovery-codes/download/", spare_codes.download_codes, name="mfa_download_recovery_codes"),
]
