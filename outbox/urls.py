from django.urls import path, re_path

from outbox import mailbox, views

app_name = "outbox"

urlpatterns = [
    path("", views.letters, name="letters"),
    re_path(rf"^(?P<name>{mailbox.NAME})/$", views.letter, name="letter"),
    re_path(rf"^(?P<name>{mailbox.NAME})/html/$", views.letter_html, name="letter-html"),
]
