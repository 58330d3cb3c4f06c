"""What people who carry a project, and villages, reach without the admin."""

from django.urls import path

from projects.follow_up import views as follow_up
from projects.holders import views as holders
from projects.intake import views as intake
from projects.introductions import views as introductions
from projects.own_page import views as own_page

app_name = "projects"
urlpatterns = [
    path("projets/deposer/", intake.lay_down, name="lay-down"),
    path("projets/deposer/brouillon/", intake.draft, name="draft"),
    path("projets/deposer/merci/", intake.laid_down, name="laid-down"),
    path("mon-projet/<str:token>/", own_page.own_file, name="own-file"),
    path("mon-projet/<str:token>/agir/", own_page.act_on_own_file, name="own-file-act"),
    path("mon-projet/<str:token>/documents/<int:pk>/", own_page.paper, name="own-paper"),
    path("mes-projets/<str:reference>/", own_page.my_file, name="mine"),
    path("mon-adresse/<str:token>/", holders.confirm_address, name="confirm-address"),
    path("accord/<str:token>/", introductions.consent, name="consent"),
    path("mise-en-relation/<str:token>/", introductions.introduction, name="introduction"),
    path("nouvelles/<str:token>/", follow_up.news, name="news"),
    path("prise-de-contact/<str:token>/", introductions.contact, name="contact"),
]
