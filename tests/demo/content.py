"""What a loaded demonstration says, row by row and without the numbers a database gives: to compare two of them.

Run as `python -m tests.demo.content <name of an empty database>`, it loads the small demonstration there, prints a digest of
what it says, and leaves the database as it was.
"""

import datetime as dt
import hashlib
import json
import os
import sys

NOW = dt.datetime(2026, 11, 24, 9, 40, tzinfo=dt.UTC)


def content() -> dict[str, list]:
    from members.models import Member, User
    from outbox.models import Letter
    from projects.models import Event, Household, ProjectFile, Task, Transition
    from telecentres.models import Booking, Closure, Desk, OpeningHours, Pass, Rate, Telecentre, WaitingEntry
    from villages.housing.services import HousingFacts
    from villages.models import CommitteeMember, Housing, Journey, Village

    said = {
        User: "email first_name last_name is_staff is_superuser date_joined absent_from absent_until groups__name",
        Village: "slug tagline description partner_since monthly_capacity reviewed_on reviewed_by telecentre_km",
        CommitteeMember: "village__slug name role about email user__email",
        Journey: "village__slug place__kind place__name kilometres minutes",
        Housing: " ".join(["village__slug added_on confirmed_on confirmed_by withdrawn_on", *HousingFacts.__annotations__]),
        Member: "slug commune__insee_code activity skills bio website phone joined_on name_visibility commune_visibility"
        " bio_visibility website_visibility email_visibility phone_visibility photo_visibility visibility_agreed_at changed_at",
        Telecentre: "slug name tagline address phone access_notes on_the_spot hosts__email",
        OpeningHours: "telecentre__slug weekday half opens_at closes_at",
        Desk: "telecentre__slug position kind name note seats",
        Rate: "telecentre__slug kind unit public price",
        Closure: "telecentre__slug desk__name period reason",
        Booking: "desk__telecentre__slug desk__name member__slug period stretch status price created_at cancelled_at reminded_at",
        ProjectFile: "reference title summary stage origin convention business_track settling_track opened_at paused_until"
        " pause_reason closing_reason adviser__email deputy__email holder__first_name holder__last_name holder__email"
        " holder__phone holder__lives_in holder__user__email last_contact_in_at last_contact_out_at stage_since",
        Household: "file__reference adults children school_levels partner_job wished_on wished_grain seeks housing_budget",
        Transition: "file__reference from_stage to_stage reason by__email at",
        Event: "file__reference kind direction at text minutes author__email",
        Task: "file__reference title due_on assignee__email done_at done_by__email postponed created_at due_set_at",
        Pass: "member__slug kind half_days balance price valid_from valid_until sold_at__slug key created_at",
        WaitingEntry: "member__slug telecentre__slug kind period stretch status joined_at",
        Letter: "to subject send_after useless_after state",
    }
    return {
        model.__name__: sorted(json.dumps(row, default=str) for row in model.objects.values_list(*fields.split()))
        for model, fields in said.items()
    }


def main(database: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = database
    settings.STAFF_MFA_REQUIRED = False  # as in the demonstration
    django.setup()
    import time_machine
    from django.db import transaction

    from sohosolo.demo.load import load_network
    from tests.demo.small import small_material

    with transaction.atomic(), time_machine.travel(NOW, tick=False):
        load_network(now=NOW, material=small_material())
        print(hashlib.sha256(json.dumps(content()).encode()).hexdigest())  # noqa: T201 -- what the test that started us reads
        transaction.set_rollback(True)


if __name__ == "__main__":
    main(sys.argv[1])
