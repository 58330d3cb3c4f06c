"""What one viewer sees of one member: the only thing that the directory's pages are given."""

from dataclasses import dataclass
from typing import Self

from django.urls import reverse
from django.utils.translation import gettext
from phonenumber_field.phonenumber import PhoneNumber

from members.models import Member
from villages.models import Commune


@dataclass(frozen=True)
class Profile:
    """What may not be seen is empty here, whatever the database holds: a page cannot show it by mistake."""

    slug: str
    name: str
    activity: str
    commune: Commune | None
    bio: str
    skills: tuple[str, ...]
    website: str
    email: str
    phone: PhoneNumber | str
    photo: str  # its address on this site

    @classmethod
    def of(cls, member: Member) -> Self:
        """`member` comes from `MemberQuerySet.shown_to` or `shown_at`, which say what may be seen."""
        return cls(
            slug=member.slug,
            name=member.user.get_full_name() or gettext("A member"),
            activity=member.activity,
            commune=member.commune if member.sees_commune else None,
            bio=member.bio if member.sees_bio else "",
            skills=tuple(member.skills) if member.sees_bio else (),
            website=member.website if member.sees_website else "",
            email=member.user.email if member.sees_email else "",
            phone=member.phone if member.sees_phone else "",
            photo=reverse("members:photo", args=[member.slug]) if member.sees_photo and member.photo else "",
        )

    def get_absolute_url(self) -> str:
        return reverse("members:member", args=[self.slug])
