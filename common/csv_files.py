"""Tables as text files: one shape for the people who open them in a spreadsheet, one for the programs that read them.

For people: UTF-8 with a mark, semicolons and decimal commas, which is what spreadsheets of the territory expect; the caller gives
headings and words in the reader's language. For programs: RFC 4180 (commas, CRLF, decimal points), UTF-8 without a mark, a header
for good. In neither is a cell ever a formula.
"""

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator
from decimal import Decimal

from django.http import HttpResponse, StreamingHttpResponse

MARK = "\ufeff"  # by which spreadsheets know UTF-8
FORMULA = frozenset("=+-@＝＋－＠")  # what a spreadsheet would compute
TELEPHONE = re.compile(r"\+[0-9]{6,15}", re.ASCII)  # of a checked field: computed, it is a number and nothing else

FOR_PEOPLE = "text/csv; charset=utf-8"
FOR_PROGRAMS = "text/csv; charset=utf-8; header=present"


class _Echo:
    """What csv.writer writes to: `write` returns the line instead of keeping it, so that it can be sent at once."""

    def write(self, line: str) -> str:
        return line


def lines_for_people(header: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """The text, line by line, so that any number of rows takes the same memory."""
    writer = csv.writer(_Echo(), delimiter=";")
    yield MARK + writer.writerow([harmless(str(cell)) for cell in header])
    for row in rows:
        yield writer.writerow([harmless(with_decimal_comma(cell)) for cell in row])


def lines_for_programs(header: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """As lines_for_people, in the shape that programs read. A telephone number keeps its plus: a schema may ask for it."""
    writer = csv.writer(_Echo())
    yield writer.writerow(header)
    for row in rows:
        yield writer.writerow([cell if is_telephone(cell) else harmless(cell) for cell in row])


def sent_to_people(header: Iterable[str], rows: Iterable[Iterable[object]], *, name: str) -> HttpResponse:
    """A file of one reader's own, to keep as `name`.csv; no cache may. Written at once, in the language of the request."""
    response = HttpResponse("".join(lines_for_people(header, rows)), content_type=FOR_PEOPLE)
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response["Cache-Control"] = "private, no-cache"
    return response


def sent_to_programs(lines: Iterable[str], *, name: str) -> StreamingHttpResponse:
    """Open data: anybody's program may read it, and caches may keep it for five minutes."""
    response = StreamingHttpResponse(lines, content_type=FOR_PROGRAMS)
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response["Cache-Control"] = "public, max-age=300"
    response["Access-Control-Allow-Origin"] = "*"
    return response


def harmless(cell: object) -> object:
    """A text that a spreadsheet would take for a formula stands behind an apostrophe."""
    return f"'{cell}" if isinstance(cell, str) and would_compute(cell) else cell


def would_compute(text: str) -> bool:
    """Whether a spreadsheet might: it looks past spaces, tabs, line ends and signs that nobody sees."""
    first = next((sign for sign in text if not is_unseen(sign)), "")
    return first in FORMULA or text[:1] in ("\t", "\r", "\n")


def is_unseen(sign: str) -> bool:
    """Spaces of every width, controls, and what has no shape of its own."""
    return sign.isspace() or unicodedata.category(sign)[0] in "ZC"


def is_telephone(cell: object) -> bool:
    return isinstance(cell, str) and TELEPHONE.fullmatch(cell) is not None


def with_decimal_comma(cell: object) -> object:
    return str(cell).replace(".", ",") if isinstance(cell, Decimal | float) else cell
