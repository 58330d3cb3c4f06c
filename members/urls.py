from django.urls import path

from members import views

app_name = "members"
urlpatterns = [
    path("membres/", views.members, name="members"),
    path("membres/<slug:slug>/", views.member, name="member"),
    path("membres/<slug:slug>/photo/", views.photo, name="photo"),
    path("mon-profil/", views.my_profile, name="my-profile"),
    path("mon-profil/photo/", views.my_photo, name="my-photo"),
    path("mon-profil/visibilite/", views.my_visibility, name="my-visibility"),
]
