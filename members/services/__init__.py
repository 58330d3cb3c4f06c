"""What happens to people."""

from members.services.accounts import make_account
from members.services.membership import MembershipRefused, end_trial, free_slug, make_member
from members.services.profiles import agree_encounters, agree_visibility, change_photo, rename, tidy_skills, update_profile

__all__ = [
    "MembershipRefused",
    "agree_encounters",
    "agree_visibility",
    "change_photo",
    "end_trial",
    "free_slug",
    "make_account",
    "make_member",
    "rename",
    "tidy_skills",
    "update_profile",
]
