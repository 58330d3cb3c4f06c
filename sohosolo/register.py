"""The register of what is kept of people (GDPR, article 30), made from what each table declares: a page and a file."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from common.csv_files import sent_to_people
from common.personal_data import ROW, PersonalData, name_of, names_of, register
from members.access import Act, require_or_404

COLUMNS = (
    gettext_lazy("What is kept"),
    gettext_lazy("Of whom"),
    gettext_lazy("What for"),
    gettext_lazy("Legal ground"),
    gettext_lazy("Until when"),
    gettext_lazy("What it says of them"),
    gettext_lazy("What erasure does"),
)


@dataclass(frozen=True)
class RegisterLine:
    """One table, in words, in the language of the moment."""

    table: str
    of: str
    purpose: str
    ground: str
    kept: str
    told: str
    erasure: str

    @property
    def cells(self) -> tuple[str, ...]:
        return self.table, self.of, self.purpose, self.ground, self.kept, self.told, self.erasure


def lines() -> Iterator[RegisterLine]:
    for model, declared in register():
        yield RegisterLine(
            table=capfirst(name_of(model)),
            of=str(declared.of),
            purpose=str(declared.purpose),
            ground=_("%(ground)s (GDPR, article 6.1 %(letter)s)") % {"ground": declared.ground.label, "letter": declared.ground},
            kept=str(declared.kept),
            told=", ".join(names_of(model, declared.told)),
            erasure=erasure_in_words(model, declared),
        )


def erasure_in_words(model: type[models.Model], declared: PersonalData) -> str:
    """What goes, and what stays of their words and why."""
    if declared.erased == ROW:
        return _("All of it goes.")
    gone = ", ".join(names_of(model, declared.erased))
    said = [_("Goes: %(fields)s.") % {"fields": gone} if gone else _("Only the link with their name goes.")]
    for name, why in declared.stays.items():
        said.append(_("Stays: %(field)s (%(why)s).") % {"field": names_of(model, [name])[0], "why": why})
    return " ".join(said)


@require_safe
def register_page(request: HttpRequest) -> HttpResponse:
    """For the team and the data protection officer."""
    require_or_404(request.user, Act.READ_REGISTER)
    return render(request, "register.html", {"columns": COLUMNS, "lines": list(lines())})


@require_safe
def register_csv(request: HttpRequest) -> HttpResponse:
    require_or_404(request.user, Act.READ_REGISTER)
    return sent_to_people(COLUMNS, (line.cells for line in lines()), name="registre-des-traitements")
