"""The papers of a file: asked for, put in, read, taken away."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from projects.documents import papers, services
from projects.documents.forms import AskForm, PutForm
from projects.models import Document


class DocumentPages:
    """The pages of a file about its papers."""

    def document_pages(self) -> list:
        return [
            ("documents/demander", "ask_document", self.ask_document),
            ("documents/ajouter", "put_document", self.put_document),
            ("documents/<int:document_pk>", "document", self.document),
            ("documents/<int:document_pk>/enlever", "remove_document", self.remove_document),
        ]

    def paper_of(self, request: HttpRequest, pk: int, document_pk: int) -> Document:
        document = Document.objects.filter(file=self.object_or_404(request, pk), pk=document_pk).first()
        if document is None:
            raise Http404
        return document

    def ask_document(self, request: HttpRequest, pk: int) -> HttpResponse:
        file = self.object_or_404(request, pk)

        def act(values):
            asked = services.ask_document(file=file, by=request.user, now=timezone.now(), **values)
            return _("“%(paper)s” is asked for on the holder’s own page.") % {"paper": asked.label}

        form = AskForm(request.POST or None)
        return self.act_page(request, file, form, title=_("Ask for a paper"), button=_("Ask for it"), act=act)

    def put_document(self, request: HttpRequest, pk: int) -> HttpResponse:
        file = self.object_or_404(request, pk)

        def act(values):
            name = values["upload"].name
            kept = services.receive_document(file=file, name=name, by=request.user, now=timezone.now(), **values)
            return _("“%(paper)s” is in the file.") % {"paper": kept.label}

        form = PutForm(request.POST or None, request.FILES or None)
        return self.act_page(request, file, form, title=_("Add a paper"), button=_("Add it"), act=act)

    def document(self, request: HttpRequest, pk: int, document_pk: int) -> HttpResponse | FileResponse:
        document = self.paper_of(request, pk, document_pk)
        if request.method == "POST":
            return HttpResponseNotAllowed(["GET", "HEAD"])
        if not document.content:
            raise Http404
        return papers.served(document)

    def remove_document(self, request: HttpRequest, pk: int, document_pk: int) -> HttpResponse:
        document = self.paper_of(request, pk, document_pk)
        if request.method == "POST":
            services.remove_document(document=document, by=request.user)
            self.message_user(request, _("“%(paper)s” is gone.") % {"paper": document.label}, messages.SUCCESS)
            return redirect(f"{document.file.get_admin_url()}#documents")
        form = AskForm(None)
        form.fields.clear()
        title = _("Take “%(paper)s” away") % {"paper": document.label}
        return self.act_page(request, document.file, form, title=title, button=_("Take it away"), act=lambda _values: "")
