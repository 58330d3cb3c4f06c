"""The addresses that search engines should know, in every language."""

from collections.abc import Sequence

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import QuerySet
from django.urls import reverse

from telecentres.models import Telecentre
from villages.models import Village


class InEveryLanguage(Sitemap):
    i18n = alternates = x_default = True
    protocol = settings.SITE_URL.partition("://")[0]
    limit = 10_000  # of addresses a part; each is said in every language


class Pages(InEveryLanguage):
    def items(self) -> Sequence[str]:
        return ["home", "villages:villages", "villages:find", "villages:housings", "telecentres:telecentres", "members:members"]

    def location(self, item: str) -> str:
        return reverse(item)


class Villages(InEveryLanguage):
    def items(self) -> QuerySet[Village]:
        return Village.objects.public().order_by("pk").only("slug", "updated_at")

    def lastmod(self, item: Village):
        return item.updated_at


class Telecentres(InEveryLanguage):
    def items(self) -> QuerySet[Telecentre]:
        return Telecentre.objects.open().order_by("pk")


SITEMAPS = {"pages": Pages, "villages": Villages, "telecentres": Telecentres}
