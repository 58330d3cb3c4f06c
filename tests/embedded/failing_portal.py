"""Settings of a portal that fails where a test asks it to: the header `X-Fail` says how, and what came in is in every fault."""

import logging
import threading
import warnings

from celery import shared_task
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from sohosolo.settings import *  # noqa: F403 -- settings are completed, as in tests/settings.py

CELERY_IMPORTS = ["tests.embedded.failing_portal"]
MIDDLEWARE.insert(  # noqa: F405
    MIDDLEWARE.index("django.contrib.auth.middleware.AuthenticationMiddleware") + 1,  # noqa: F405 -- any page fails for anybody
    "tests.embedded.failing_portal.FailAsAsked",
)


@shared_task(name="tests.fail")
def fail(*, words: str) -> None:
    raise ValueError(words)


@shared_task(name="tests.fail_carelessly")
def fail_carelessly(*, words: str) -> None:
    write_carelessly(ValueError(words))


class FailAsAsked:
    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view, args, kwargs) -> HttpResponse | None:
        if how := request.headers.get("X-Fail"):
            words = f"{request.build_absolute_uri()} {kwargs} {request.body.decode()} {dict(request.headers)}"
            return getattr(self, how)(words, request)
        return None

    def enter(self, words: str, request: HttpRequest) -> HttpResponse:
        """Signs in somebody who may open every page."""
        from django.contrib.auth import login

        from members.models import User

        login(request, User.objects.create_superuser(email=request.GET["email"]))
        return HttpResponse(request.session.session_key)

    def exception(self, words: str, request: HttpRequest) -> None:
        try:
            raise KeyError(words)
        except KeyError as error:
            raise RuntimeError(words) from error

    def duplicate(self, words: str, request: HttpRequest) -> None:
        from members.models import User

        for _ in range(2):
            User.objects.create(email=request.POST["email"])

    def statement(self, words: str, request: HttpRequest) -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT %s::integer, to_tsquery(%s)", [words, words])

    def template(self, words: str, request: HttpRequest) -> HttpResponse:
        from django.template import Context, engines

        engines["django"].engine.from_string("{% include words %}").render(Context({"words": words}))

    def stream(self, words: str, request: HttpRequest) -> HttpResponse:
        """Fails after Django has answered, in gunicorn's hands."""

        def parts():
            yield b"a beginning"
            raise RuntimeError(words)

        return StreamingHttpResponse(parts())

    def beside(self, words: str, request: HttpRequest) -> HttpResponse:
        """What Python prints by itself: a warning, a thread that ends in an exception."""

        def fail_in_a_thread():
            raise RuntimeError(words)

        warnings.warn(words, RuntimeWarning, stacklevel=1)
        thread = threading.Thread(target=fail_in_a_thread, name=words)
        thread.start()
        thread.join()
        logging.getLogger("portal").warning("%s and %s", words, words)
        logging.getLogger("portal").warning(f"{words} once more")
        return HttpResponse()

    def tasks(self, words: str, request: HttpRequest) -> HttpResponse:
        from sohosolo.celery import app

        fail.delay(words=words)
        app.send_task("tests.unknown", args=[words], kwargs={"words": words})
        app.send_task("tests.fail", args=[words], kwargs={"surplus": words})
        fail_carelessly.delay(words=request.GET["control"])
        return HttpResponse()

    def carelessly(self, words: str, request: HttpRequest) -> HttpResponse:
        write_carelessly(ValueError(request.GET["control"]))
        return HttpResponse()


def write_carelessly(error: ValueError) -> None:
    """As a log without our formatter does: so that whoever looks for secrets is seen to find one."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter())
    handler.emit(logging.LogRecord("careless", logging.ERROR, __file__, 1, "it failed: %s", (error,), None))
