"""/courrier/: the demonstration's mailbox. Everybody may read it there, and it does not exist anywhere else."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from outbox import mailbox

LETTERS_A_PAGE = 25
SANDBOX = "allow-popups allow-popups-to-escape-sandbox"  # a letter's links open in a tab of their own; nothing in it runs


def demonstration_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return login_not_required(never_cache(require_safe(guarded)))


@demonstration_only
def letters(request: HttpRequest) -> HttpResponse:
    page = Paginator(mailbox.letter_names(), LETTERS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "outbox/letters.html", {"page": page, "letters": [mailbox.read_envelope(name) for name in page]})


@demonstration_only
def letter(request: HttpRequest, name: str) -> HttpResponse:
    return render(request, "outbox/letter.html", {"letter": letter_or_404(name), "sandbox": SANDBOX})


@demonstration_only
@xframe_options_sameorigin
def letter_html(request: HttpRequest, name: str) -> HttpResponse:
    """The letter as a mail program would draw it, for the frame on its page.

    Its policy allows the styles that stand in it, each by its hash, and nothing else: no script, no picture, no form.
    """
    found = letter_or_404(name)
    response = HttpResponse(found.html.replace("<head>", '<head><base target="_blank">', 1))
    styles = " ".join(["'unsafe-hashes'", *mailbox.Styles(found.html).hashes])
    response["Content-Security-Policy"] = (
        f"default-src 'none'; style-src {styles}; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox {SANDBOX}"
    )
    return response


def letter_or_404(name: str) -> mailbox.FoundLetter:
    try:
        return mailbox.read_letter(name)
    except FileNotFoundError as missing:
        raise Http404 from missing
