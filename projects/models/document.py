"""Papers of a file: asked for, received, kept in private, and gone on their day."""

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.personal_data import ROW, Ground, PersonalData
from members.access import Act
from projects.models.people import HOLDERS


def document_path(document: "Document", filename: str) -> str:
    """A name nobody can guess, and nothing of the name the file came with."""
    return f"documents/{uuid.uuid4()}"


class DocumentQuerySet(models.QuerySet["Document"]):
    def visible_to(self, user) -> Self:
        """Advisers, and the holder of the file."""
        return self if user.may(Act.WORK_ON_FILES) else self.for_holders().filter(file__holder__user=user.pk)

    def for_holders(self) -> Self:
        """Those that the holder was asked for, sent, or is shown; not what an adviser keeps beside."""
        return self.filter(for_holder=True)

    def awaited(self) -> Self:
        return self.filter(received_at__isnull=True)


class Document(models.Model):
    """A paper. The content is served through a permission check only; its type is what its first bytes say."""

    file = models.ForeignKey("projects.ProjectFile", models.CASCADE, related_name="documents", verbose_name=_("project file"))
    label = models.CharField(_("which paper"), max_length=120)
    asked_at = models.DateTimeField(_("asked for at"), null=True, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("asked for by")
    )
    received_at = models.DateTimeField(_("received at"), null=True, blank=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("sent by")
    )
    content = models.FileField(_("content"), upload_to=document_path, blank=True)
    name = models.CharField(_("file name"), max_length=160, blank=True)
    type = models.CharField(_("type"), max_length=80, blank=True)
    size = models.PositiveIntegerField(_("size, in bytes"), null=True, blank=True)
    for_holder = models.BooleanField(_("shown to the holder"), default=False)
    created_at = models.DateTimeField(_("entered at"), default=timezone.now)

    objects = DocumentQuerySet.as_manager()

    personal_data = PersonalData(
        of=HOLDERS,
        purpose=_("to complete their requests for money and housing"),
        ground=Ground.CONSENT,
        kept=_("six months after their file was closed"),
        told=["label", "asked_at", "received_at", "content", "name", "type", "size", "for_holder", "created_at"],
        erased=ROW,
        facts=["file", "asked_by", "sent_by"],
    )

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        indexes = [models.Index(fields=["asked_at"], name="document_awaited", condition=Q(received_at__isnull=True))]
        constraints = [
            models.CheckConstraint(
                name="document_received_has_content",
                condition=Q(received_at__isnull=True, content="") | (Q(received_at__isnull=False) & ~Q(content="")),
            )
        ]

    def __str__(self) -> str:
        return self.label
