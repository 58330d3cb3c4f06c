"""The portal's settings, with what a test needs otherwise: the only star import of the project."""

import os

os.environ.setdefault("SECRET_KEY", "of the tests only, and long enough to be taken")
os.environ.setdefault("DATABASE_URL", "postgresql://app@/app")
os.environ.setdefault("REDIS_URL", "redis://127.0.0.1:1/0")
os.environ["DEMO"] = "0"

from sohosolo.settings import *  # noqa: F403 -- the environment must be set first

SERVER_TIMING = True
STATIC_MANIFEST = False
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True  # else each test client looks through all static files before its first request
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
CACHES = {"default": {"BACKEND": "tests.json_cache.JsonCache"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
SECURE_SSL_REDIRECT = False
ALLOWED_HOSTS = ["*"]
CELERY_BROKER_URL = "memory://"
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
ACCOUNT_RATE_LIMITS = False
BOOKING_WAIT_SECONDS = 300  # a race ends by who comes first, and not by how slow the machine is
