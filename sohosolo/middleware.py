"""What a page costs, said by the page itself."""

import time
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import connection
from django.http import HttpRequest, HttpResponse


class QueryClock:
    """Counts the queries run inside it and adds up their time, in seconds."""

    def __init__(self) -> None:
        self.count = 0
        self.seconds = 0.0

    def __call__(self, execute, sql, params, many, context):
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.count += 1
            self.seconds += time.perf_counter() - started


def server_timing(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Adds `Server-Timing: total, db` (milliseconds; the number of queries in db's description) where SERVER_TIMING is on."""
    if not settings.SERVER_TIMING:
        raise MiddlewareNotUsed

    def middleware(request: HttpRequest) -> HttpResponse:
        clock, started = QueryClock(), time.perf_counter()
        with connection.execute_wrapper(clock):
            response = get_response(request)
        total = time.perf_counter() - started
        response["Server-Timing"] = f'total;dur={total * 1000:.1f}, db;dur={clock.seconds * 1000:.1f};desc="{clock.count} queries"'
        return response

    return middleware
