"""Rows that nobody ordered come last first in tests, so that whoever shows or compares them as they come is found.

PostgreSQL promises no order without ORDER BY and mostly gives that of writing: what looks right in a test is wrong once a row was
updated. Turned around and not shuffled, so that a test fails each time or never. Two uses are refused outright, because the rows
alone would not tell: some of unordered rows (a slice), and several rows locked in no order, for two who lock the same rows in
different orders wait for each other.
"""

from collections.abc import Iterator

import pytest
from django.db.models import QuerySet
from django.db.models.query import MAX_GET_RESULTS

fetch_all, iterate = QuerySet._fetch_all, QuerySet.iterator


def fetch_last_first(rows: QuerySet) -> None:
    is_read_now = rows._result_cache is None
    fetch_all(rows)
    if is_read_now:
        rows._result_cache = last_first(rows, rows._result_cache)


def iterate_last_first(rows: QuerySet, chunk_size: int | None = None) -> Iterator:
    found = iterate(rows, chunk_size)
    return found if rows.ordered else iter(last_first(rows, list(found)))


def last_first(rows: QuerySet, found: list) -> list:
    query = rows.query
    is_of_get = (query.low_mark, query.high_mark) == (0, MAX_GET_RESULTS)  # which looks whether its row is alone
    are_some = query.is_sliced and not is_of_get
    if len(found) < (1 if are_some else 2) or rows.ordered:
        return found
    if are_some:
        pytest.fail(f"Some of unordered rows, which of them is chance: {query}")
    if query.select_for_update and not query.select_for_update_skip_locked:
        pytest.fail(f"Rows are locked in no order: {query}")
    return found[::-1]


def install() -> None:
    QuerySet._fetch_all, QuerySet.iterator = fetch_last_first, iterate_last_first
