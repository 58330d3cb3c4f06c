from django.http import Http404


def telecentres(request, **kwargs):
    raise Http404


telecentre = geojson = week = my_bookings = cancel = telecentres
