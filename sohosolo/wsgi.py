"""What gunicorn serves."""

import os
import re
from collections.abc import Callable, Iterable

from django.core.wsgi import get_wsgi_application

from sohosolo import logs, prepared

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sohosolo.settings")

CHARSET = re.compile(r"\s*;\s*charset\s*=[^;]*", re.IGNORECASE)
portal = get_wsgi_application()
logs.take_over()
prepared.check_prepared()


def application(environ: dict, start_response: Callable) -> Iterable[bytes]:
    """The portal, which reads UTF-8 whatever encoding a request names: Django fails on « rot13 » before our code is asked."""
    if "charset" in environ.get("CONTENT_TYPE", "").lower():
        environ["CONTENT_TYPE"] = CHARSET.sub("", environ["CONTENT_TYPE"])
    return portal(environ, start_response)
