"""What people who carry a project, and villages, reach without the admin."""

from django.urls import path

from projects.follow_up import views as follow_up
from projects.holders import views as holders
from projects.views import intake, links, own_file

app_name = "projects"
urlpatterns = [
    path("projets/deposer/", intake.lay_down, name="lay-down"),
    path("projets/deposer/brouillon/", intake.draft, name="draft"),
    path("projets/deposer/merci/", intake.laid_down, name="laid-down"),
    path("mon-projet/<str:token>/", own_file.own_file, name="own-file"),
    path("mon-projet/<str:token>/agir/", own_file.act, name="own-file-act"),
    path("mon-projet/<str:token>/documents/<int:pk>/", own_file.paper, name="own-paper"),
    path("mes-projets/<str:reference>/", own_file.mine, name="mine"),
    path("mon-adresse/<str:token>/", holders.confirm_address, name="confirm-address"),
    path("accord/<str:token>/", links.consent, name="consent"),
    path("mise-en-relation/<str:token>/", links.introduction, name="introduction"),
    path("nouvelles/<str:token>/", follow_up.news, name="news"),
    path("prise-de-contact/<str:token>/", links.contact, name="contact"),
]
