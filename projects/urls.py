"""What people who carry a project, and villages, reach without the admin."""

from django.urls import path

from projects.views import links

app_name = "projects"
urlpatterns = [
    path("accord/<str:token>/", links.consent, name="consent"),
    path("mise-en-relation/<str:token>/", links.introduction, name="introduction"),
    path("prise-de-contact/<str:token>/", links.contact, name="contact"),
]
