import datetime as dt

import factory
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.utils import timezone
from factory.django import DjangoModelFactory

from members.enums import MeansOfPayment, PaymentStatus, Role, Visibility
from members.models import Member, Payment, User

PASSWORD = "une phrase longue et simple"
TOTP_SECRET = "JBSWY3DPEHPK3PXP"  # of whoever has a second step


class UserFactory(DjangoModelFactory):
    """Somebody with a verified address. Their password is PASSWORD, and whoever is of the team has a second step."""

    class Meta:
        model = User

    class Params:
        adviser = factory.Trait(role=Role.ADVISER, is_staff=True)
        lead = factory.Trait(role=Role.LEAD, is_staff=True)
        admin = factory.Trait(is_staff=True, is_superuser=True)
        host = factory.Trait(second_step=True)  # then named by `place.hosts.add`

    email = factory.Sequence(lambda n: f"somebody{n}@example.org")
    first_name = "Camille"
    last_name = factory.Sequence(lambda n: f"Roux {n}")
    password = factory.django.Password(PASSWORD)
    is_staff = False
    role = None
    second_step = factory.LazyAttribute(lambda user: bool(user.is_staff or user.role))  # the team has it, as the settings ask
    verified = True

    @classmethod
    def _create(cls, model_class: type[User], *args, role: Role | None, second_step: bool, verified: bool, **facts) -> User:
        user = super()._create(model_class, *args, **facts)
        EmailAddress.objects.create(user=user, email=user.email, verified=verified, primary=True)
        if second_step:
            Authenticator.objects.create(
                user=user, type=Authenticator.Type.TOTP, data={"secret": get_adapter().encrypt(TOTP_SECRET)}
            )
        if role:
            user.groups.add(Group.objects.get_or_create(name=role)[0])
        return user


class MemberFactory(DjangoModelFactory):
    """A member of whom nothing is shown; `shown` shows all to everybody, `for_members` all to members."""

    class Meta:
        model = Member

    class Params:
        level = Visibility.NOBODY
        shown = factory.Trait(level=Visibility.PUBLIC)
        for_members = factory.Trait(level=Visibility.MEMBERS)

    user = factory.SubFactory(UserFactory)
    slug = factory.Sequence(lambda n: f"membre-{n}")
    commune = factory.SubFactory("tests.factories.villages.CommuneFactory")
    activity = "Traductrice"
    joined_on = dt.date(2025, 1, 8)
    name_visibility = factory.SelfAttribute("level")
    commune_visibility = factory.SelfAttribute("level")
    bio_visibility = factory.SelfAttribute("level")
    website_visibility = factory.SelfAttribute("level")
    email_visibility = factory.SelfAttribute("level")
    phone_visibility = factory.SelfAttribute("level")
    photo_visibility = factory.SelfAttribute("level")
    visibility_agreed_at = factory.LazyFunction(timezone.now)


class PaymentFactory(DjangoModelFactory):
    """48 euros that somebody owes since today; `settled`, in cash."""

    class Meta:
        model = Payment

    class Params:
        settled = factory.Trait(
            status=PaymentStatus.SETTLED, means=MeansOfPayment.CASH, ended_on=factory.SelfAttribute("owed_since")
        )

    payer = factory.SubFactory(UserFactory)
    amount = 48
    what = "Carnet de 10 demi-journées"
    owed_since = factory.LazyFunction(timezone.localdate)
