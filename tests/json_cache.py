"""The tests' cache: in the process, and as choosy as the portal's own about what it can hold."""

from django.core.cache.backends.locmem import LocMemCache

from sohosolo.cache import JsonSerializer

SERIALIZER = JsonSerializer()


class JsonCache(LocMemCache):
    def add(self, key, value, *arguments, **options):
        return super().add(key, as_kept(value), *arguments, **options)

    def set(self, key, value, *arguments, **options):
        return super().set(key, as_kept(value), *arguments, **options)


def as_kept(value):
    stored = SERIALIZER.dumps(value)
    return SERIALIZER.loads(stored if isinstance(stored, bytes) else str(stored).encode())
